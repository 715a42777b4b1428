"""What others may do to an account: give it one."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest

from members.models import Member

BY_CODE = "account_confirm_login_code"


def note_address(member: Member) -> None:
    """Gives a new member their address, which they still have to confirm: the first code they sign in with does it."""
    EmailAddress.objects.get_or_create(user=member, email=member.email, defaults={"verified": False, "primary": True})


@transaction.atomic
def confirm_address(member: Member) -> None:
    """Makes the address of a new member count without a code: whoever gave them the account vouches for it."""
    EmailAddress.objects.update_or_create(user=member, email=member.email, defaults={"verified": True, "primary": True})


def on_confirmed(sender: object, request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """Receives django-allauth's `email_confirmed`.

    Whoever signs in by code for the first time need not be the one who joined with this address: a stranger may
    have typed it, and would have their password still. So it opens nothing any more; the owner sets their own.
    """
    member, match = email_address.user, request.resolver_match
    if match is not None and match.url_name == BY_CODE and member.has_usable_password():
        member.set_unusable_password()
        member.save(update_fields=["password"])
