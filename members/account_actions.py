"""What others may do to an account: give it one."""

from allauth.account.models import EmailAddress
from django.db import transaction

from members.models import Member


def note_address(member: Member) -> None:
    """Gives a new member their address, which they still have to confirm: the first code they sign in with does it."""
    EmailAddress.objects.get_or_create(user=member, email=member.email, defaults={"verified": False, "primary": True})


@transaction.atomic
def confirm_address(member: Member) -> None:
    """Makes the address of a new member count without a code: whoever gave them the account vouches for it."""
    EmailAddress.objects.update_or_create(user=member, email=member.email, defaults={"verified": True, "primary": True})
