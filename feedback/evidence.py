"""What a proposal of a rhythm rests on: released answers and attendance of one series, as plain numbers."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from feedback.models import Poll, Tally
from feedback.proposals import RhythmProposal
from feedback.reports import RHYTHM, five
from feedback.rhythm import LESS, MORE, Attendance, Proposal, propose
from sessions.series import Series

COMPARED = 3  # sessions on either side


@dataclass(frozen=True)
class Evidence:
    """The arguments of `feedback.rhythm.propose`, as they are stored with a proposal."""

    units: list[list[int]]
    weeks: int
    last_change: str | None
    units_since_stop: int | None
    attendance: list[list[int]] | None

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Evidence":
        return cls(**stored)

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    def proposal(self) -> Proposal:
        """Returns what follows, with its reasons in the reader's language."""
        return propose(
            self.units,
            weeks=self.weeks,
            last_change=self.last_change,
            units_since_stop=self.units_since_stop,
            attendance=self._attendance(),
        )

    def _attendance(self) -> Attendance | None:
        """JSON knows lists only."""
        if self.attendance is None:
            return None
        (came, invited), (came_lately, invited_lately) = self.attendance
        return (came, invited), (came_lately, invited_lately)


def evidence_of(series: Series) -> Evidence:
    """Returns what the closed polls of `series` say; five queries."""
    closed = list(Poll.objects.closed().filter(session__series=series, weeks__isnull=False).order_by("closes_at", "pk"))
    present = _of_present_rhythm(closed, series.every_weeks)
    units = _units(present)
    return Evidence(
        units=_said(units),
        weeks=series.every_weeks,
        last_change=_last_change(closed, present, series.every_weeks),
        units_since_stop=_since_stop(series, units),
        attendance=_attendance(present),
    )


def _of_present_rhythm(closed: list[Poll], weeks: int) -> list[Poll]:
    """The newest polls that were all held under `weeks`; none before a change counts."""
    found: list[Poll] = []
    for poll in reversed(closed):
        if poll.weeks != weeks:
            break
        found.insert(0, poll)
    return found


def _units(polls: list[Poll]) -> list[list[Poll]]:
    """What was released together, in the order of completion: other sums would tell of what still waits."""
    found: dict[int, list[Poll]] = {poll.pk: [] for poll in polls if poll.unit_id == poll.pk}
    for poll in polls:
        if poll.unit_id in found:
            found[poll.unit_id].append(poll)
    return list(found.values())


def _said(units: list[list[Poll]]) -> list[list[int]]:
    """How often each of the five steps was chosen in each unit."""
    unit_of = {poll.pk: place for place, unit in enumerate(units) for poll in unit}
    counts: list[Counter[str]] = [Counter() for _unit in units]
    for tally in Tally.objects.filter(poll__in=unit_of, question=RHYTHM):
        counts[unit_of[tally.poll_id]][tally.value] += tally.count
    return [five(said) for said in counts]


def _last_change(closed: list[Poll], present: list[Poll], weeks: int) -> str | None:
    before = closed[: len(closed) - len(present)]
    if not before or before[-1].weeks is None or before[-1].weeks == weeks:
        return None
    return LESS if weeks > before[-1].weeks else MORE


def _since_stop(series: Series, units: list[list[Poll]]) -> int | None:
    """How many units were complete only after the last proposal was declined or ran out."""
    stopped = RhythmProposal.objects.filter(
        series=series, state__in=(RhythmProposal.State.DECLINED, RhythmProposal.State.RAN_OUT)
    ).first()
    if stopped is None or stopped.decided_at is None:
        return None
    return sum(_completed_at(unit) > stopped.decided_at for unit in units)


def _completed_at(unit: list[Poll]) -> datetime:
    return max(poll.closes_at for poll in unit)


def _attendance(present: list[Poll]) -> list[list[int]] | None:
    """(came, invited) of the three sessions before and of the last three; None where fewer were noted down."""
    polls = Poll.objects.filter(pk__in=[poll.pk for poll in present]).order_by("closes_at", "pk")
    counted = polls.annotate(came=Count("session__attendances", filter=Q(session__attendances__came=True)))
    numbers = counted.values_list("came", "invited")
    noted = [(came, invited) for came, invited in numbers if came and invited][-2 * COMPARED :]
    if len(noted) < 2 * COMPARED:
        return None
    return [[sum(column) for column in zip(*part, strict=True)] for part in (noted[:COMPARED], noted[COMPARED:])]
