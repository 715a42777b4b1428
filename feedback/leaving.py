"""What becomes of a member's part of the feedback when they go."""

from django.db import transaction

from feedback.proposals import ProposalComment
from members.leaving import Writings
from members.models import Member


@transaction.atomic
def let_go(member: Member, *, writings: str) -> None:
    """Deletes what they said about proposals, or leaves it without a name. No count of any poll changes."""
    if writings == Writings.REMOVE:
        ProposalComment.objects.filter(by=member).delete()
