"""How the signed-in member is loaded: with the count under the bell, in the same query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest
from django.utils import timezone

from members.doors import count_sign_in
from members.limits import forgive
from members.models import Member


class MemberBackend(AuthenticationBackend):
    """django-allauth's sign-in; each request then loads the member in one query."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Member | None:
        """Every password passes here, also that of a member who confirms who they are; raises TooManyTries."""
        typed = credentials.get("email") or credentials.get("username") or ""
        counted = count_sign_in(request, typed, now=timezone.now())
        member = super().authenticate(request, **credentials)
        if member is not None:
            forgive(counted)
        return member

    def get_user(self, user_id: int) -> Member | None:
        """Returns the active member with this id, with `unread_count`, or None."""
        return Member.objects.filter(pk=user_id, is_active=True).with_unread_count().first()
