"""What calendars are told of a change: RFC 5545 asks for a SEQUENCE that rises and for the time of the change."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sessions.models import Session

# When, where, and whether it takes place: what a calendar must be told of by a higher SEQUENCE.
SCHEDULING_FIELDS = frozenset({"starts_at", "ends_at", "minutes", "zone", "place", "state"})


def is_scheduling(changed: Collection[str]) -> bool:
    """Whether a change of the fields named is one of start, end, place or status."""
    return not SCHEDULING_FIELDS.isdisjoint(changed)


def touch(session: "Session", *, now: datetime, scheduled: bool) -> None:
    """Notes that members see something new in `session` since `now`; `scheduled`: in start, end, place or status.

    Sets `changed_at` and raises `sequence`, on the object and, where the row is stored already, in the row.
    Call it in the transaction of the change, with the row locked. Its `uid` is as old as the row and never changes.
    """
    session.changed_at = now
    session.sequence += scheduled
    if session.pk:
        stored = type(session)._default_manager.filter(pk=session.pk)
        stored.update(sequence=session.sequence, changed_at=session.changed_at)
