"""How the signed-in member is loaded: with the count under the bell, in the same query."""

from allauth.account.auth_backends import AuthenticationBackend

from members.models import Member


class MemberBackend(AuthenticationBackend):
    """django-allauth's sign-in; each request then loads the member in one query."""

    def get_user(self, user_id: int) -> Member | None:
        """Returns the active member with this id, with `unread_count`, or None."""
        return Member.objects.filter(pk=user_id, is_active=True).with_unread_count().first()
