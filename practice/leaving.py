"""What becomes of a member's part of practice when they go; what is private goes with the account by itself."""

from django.db import transaction

from members.leaving import Writings
from members.models import Member
from practice.coaching import GroupNote
from practice.plans import PartnerNote


@transaction.atomic
def let_go(member: Member, *, writings: str) -> None:
    """Deletes what they wrote to partners and groups, or leaves it there without a name."""
    if writings == Writings.REMOVE:
        PartnerNote.objects.filter(by=member).delete()
        GroupNote.objects.filter(by=member).delete()
