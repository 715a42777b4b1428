"""What the practice app has of one member, for their export."""

from collections.abc import Iterator

from cop_portal.lib.own_data import Piece
from members.models import Member


def own_data(member: Member) -> Iterator[Piece]:
    """Yields the member's plans, reflections and what they wrote in their coaching groups."""
    yield from ()
