"""Joining with an identity provider: the same questions, and the same answers, as with a password."""

from datetime import datetime
from typing import Any

from allauth.socialaccount.forms import SignupForm
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from members.models import Invitation, Member
from members.sign_in_forms import PlainFields


def invitation_of(login: SocialLogin, *, now: datetime) -> Invitation | None:
    """Returns the invitation of an address that the provider has verified; an unverified one may be anybody's."""
    verified = [address.email.lower() for address in login.email_addresses if address.verified]
    return Invitation.objects.usable(now=now).filter(email__in=verified).first()


class SocialSignUpForm(PlainFields, SignupForm):
    """Name, address and role of somebody who comes from an identity provider."""

    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Another address would count without its code, since the provider vouches for one of this account.
        self.fields["email"].disabled = bool(self.initial.get("email"))

    def find_invitation(self, now: datetime) -> Invitation | None:
        """The one of the address that the provider vouches for."""
        return invitation_of(self.sociallogin, now=now)

    def try_save(self, request: HttpRequest) -> tuple[Member | None, HttpResponse | None]:
        """Returns the new member, or the answer where there is none."""
        if self.is_request:
            return None, self.wait(is_known=self.account_already_exists)
        answer: tuple[Any, Any] = super().try_save(request)
        return answer

    @transaction.atomic
    def save(self, request: HttpRequest) -> Member:
        """Stores member, address and account elsewhere together."""
        member: Member = super().save(request)
        return member
