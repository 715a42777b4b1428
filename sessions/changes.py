"""What a new rule of a series means for the sessions that stand already. Pure dates, no models.

A session whose day is a date of the new rule keeps it. Of the others each takes the nearest date that is left
within `reach` days. What finds no date goes, and what nobody took is new.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sessions.recurrence import Occurrence

A_WEEK = 7


@dataclass(frozen=True)
class Standing:
    """A session that is still to come: the day its series gave it, when it starts, what may happen to it.

    One that `stays` was changed or cancelled by somebody: it keeps its time and only holds its date.
    One that is `away` gave its date up to an earlier change and comes back only to the very same day.
    """

    key: int
    day: date
    starts_at: datetime
    stays: bool = False
    away: bool = False


@dataclass
class Pairing:
    """Sessions by their keys, with the date of the new rule that each of them gets."""

    kept: dict[int, Occurrence] = field(default_factory=dict)
    moved: dict[int, Occurrence] = field(default_factory=dict)
    back: dict[int, Occurrence] = field(default_factory=dict)
    held: dict[int, Occurrence] = field(default_factory=dict)  # left alone, and no other session that day
    gone: list[int] = field(default_factory=list)
    new: list[Occurrence] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether every session stays as and where it is."""
        return not (self.moved or self.back or self.gone or self.new)


def reach_of(weeks: int, *, before: int) -> int:
    """Returns how many days a session may move: within its week, or within its turn where the rhythm stays."""
    return weeks * A_WEEK - 1 if weeks == before else A_WEEK - 1


def pair(standing: Iterable[Standing], wanted: Sequence[Occurrence], *, reach: int) -> Pairing:
    """Returns what becomes of each session under the dates `wanted`, both in any order.

    A closed date (`skipped`) is kept by a session that stands on it already; nobody moves there.
    """
    found, left = Pairing(), {one.day: one for one in sorted(wanted, key=lambda one: one.day)}
    waiting = []
    for session in sorted(standing, key=lambda one: (one.day, one.key)):
        exact = left.pop(session.day, None) if not _cannot_return(session, left) else None
        if exact:
            _place(found, session, exact)
        else:
            waiting.append(session)
    for session in waiting:
        near = None if session.away else _nearest(session.day, left, reach)
        if near:
            _place(found, session, left.pop(near.day))
        elif not (session.stays or session.away):
            found.gone.append(session.key)
    found.new = [one for one in left.values() if not one.skipped]
    return found


def _cannot_return(session: Standing, left: dict[date, Occurrence]) -> bool:
    """Nothing comes back to a day that is closed now."""
    return session.away and session.day in left and left[session.day].skipped is not None


def _nearest(day: date, left: dict[date, Occurrence], reach: int) -> Occurrence | None:
    near = [one for one in left.values() if not one.skipped and abs((one.day - day).days) <= reach]
    return min(near, key=lambda one: (abs((one.day - day).days), one.day), default=None)


def _place(found: Pairing, session: Standing, date_: Occurrence) -> None:
    if session.stays:
        found.held[session.key] = date_
    elif session.away:
        found.back[session.key] = date_
    elif session.starts_at == date_.starts_at:
        found.kept[session.key] = date_
    else:
        found.moved[session.key] = date_
