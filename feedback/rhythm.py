"""Whether to meet less or more often, from what people said in their last feedback; pure, no model is imported.

A unit is what was released together (`feedback.results.release_units`): how many said much too rare, a bit rare,
about right, a bit often, much too often. LESS means fewer meetings, so more weeks between them. All shares are
compared as whole numbers, never as rounded ones. Nothing happens by itself: the outcome is a proposal at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

STEPS = (1, 2, 3, 4, 6, 8)  # weeks
LESS, MORE, KEEP, SPLIT = "LESS", "MORE", "KEEP", "SPLIT"
NO_DATA, COOLDOWN, AT_END = "NO_DATA", "COOLDOWN", "AT_END"

UNITS = 3  # that are looked at
VOICES = 2  # units that must agree; one more to turn back the last change
PEOPLE = 3  # below, a share is chance
SPLIT_SHARE, LESS_SHARE, MORE_SHARE, BACK_MORE = 30, 40, 60, 10  # percent of a unit
STEADY = 10  # percent more that are needed to turn back the last change
ALARM_SHARE = 50  # percent of "much too often" in the newest unit: not to be waited out
DROP_COUNTS, DROP_FORBIDS = 20, 10  # points of attendance lost
COOLING = 2  # new units before anything is proposed again

type Unit = Sequence[int]
type Attendance = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Proposal:
    """What follows from the units; `weeks` is the present rhythm unless the verdict is LESS or MORE."""

    verdict: str
    weeks: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """One unit, added up."""

    rare: int
    often: int
    much_too_often: int
    total: int

    @classmethod
    def of(cls, unit: Unit) -> "Said":
        """Returns the sums of a unit; raises ValueError unless it has five counts, none of them below zero."""
        if len(unit) != 5 or min(unit) < 0:  # noqa: PLR2004 -- the five steps of the question
            raise ValueError("a unit has five counts")
        return cls(unit[0] + unit[1], unit[3] + unit[4], unit[4], sum(unit))

    def says(self, *, less: int = LESS_SHARE, more: int = MORE_SHARE) -> str:
        """Returns SPLIT, LESS, MORE or KEEP; `less` and `more` are the percentages that are needed."""
        if not self.total:
            return KEEP
        if self._is(self.often, SPLIT_SHARE) and self._is(self.rare, SPLIT_SHARE):
            return SPLIT
        if self.often >= PEOPLE and self._is(self.often, less):
            return LESS
        nobody_minds = self.often * 100 <= BACK_MORE * self.total and not self.much_too_often
        return MORE if self.rare >= PEOPLE and self._is(self.rare, more) and nobody_minds else KEEP

    @property
    def is_alarm(self) -> bool:
        return self.much_too_often >= PEOPLE and self._is(self.much_too_often, ALARM_SHARE)

    def _is(self, part: int, percent: int) -> bool:
        return part * 100 >= percent * self.total


def propose(
    units: Sequence[Unit],
    *,
    weeks: int,
    last_change: str | None = None,
    units_since_stop: int | None = None,
    attendance: Attendance | None = None,
) -> Proposal:
    """Returns what to propose under the present rhythm of `weeks`.

    `units` are those of this rhythm, oldest first. `last_change` is LESS, MORE or None. `units_since_stop` counts
    units since a proposal was declined or ran out, None if none did. `attendance` is (came, invited) of the three
    sessions before and of the last three.
    """
    said = [Said.of(unit) for unit in units][-UNITS:]
    is_cooling = units_since_stop is not None and units_since_stop < COOLING
    if said and not is_cooling and said[-1].is_alarm:
        newest = said[-1]
        reason = _("%(n)s of %(total)s said much too often.")
        return _step(LESS, weeks, (reason % {"n": newest.much_too_often, "total": newest.total},))
    if len(said) < UNITS:
        return Proposal(NO_DATA, weeks, (_("Three units of feedback are needed for a proposal."),))
    if is_cooling:
        words = _("A proposal was declined or ran out; nothing is proposed before two new units of feedback.")
        return Proposal(COOLDOWN, weeks, (words,))
    return _weigh(said, weeks, last_change, attendance)


def _weigh(said: Sequence[Said], weeks: int, last_change: str | None, attendance: Attendance | None) -> Proposal:
    drop, back_to_less, back_to_more = drop_of(attendance), last_change == MORE, last_change == LESS
    verdicts = [
        one.says(less=LESS_SHARE + STEADY * back_to_less, more=MORE_SHARE + STEADY * back_to_more) for one in said
    ]
    less, more = verdicts.count(LESS), verdicts.count(MORE)
    if less and less + (drop >= DROP_COUNTS) >= VOICES + back_to_less and verdicts[-1] != MORE:
        return _step(LESS, weeks, (*_often(said), *_lost(drop)))
    if more >= VOICES + back_to_more and verdicts[-1] == MORE and drop < DROP_FORBIDS:
        return _step(MORE, weeks, _rare(said))
    if verdicts.count(SPLIT) >= VOICES:
        return Proposal(SPLIT, weeks, (_("Views differ: talk about it."), *_often(said), *_rare(said)))
    return Proposal(KEEP, weeks, (_("Most find it about right, or too few say otherwise."),))


def drop_of(attendance: Attendance | None) -> int:
    """Returns the points of attendance lost, rounded down; 0 where nobody was invited or nothing is known."""
    if attendance is None:
        return 0
    (came_before, invited_before), (came, invited) = attendance
    if not invited_before or not invited:
        return 0
    return 100 * (came_before * invited - came * invited_before) // (invited_before * invited)


def _step(verdict: str, weeks: int, reasons: tuple[str, ...]) -> Proposal:
    """One step in the direction of the verdict; past the last one there is nothing to propose."""
    further = [step for step in STEPS if step > weeks] if verdict == LESS else [step for step in STEPS if step < weeks]
    if not further:
        return Proposal(AT_END, weeks, (*reasons, _("There is no further step in that direction.")))
    return Proposal(verdict, min(further) if verdict == LESS else max(further), reasons)


def _often(said: Sequence[Said]) -> tuple[str, ...]:
    words = _("%(n)s of %(total)s said too often.")
    return tuple(words % {"n": one.often, "total": one.total} for one in said if one.often)


def _rare(said: Sequence[Said]) -> tuple[str, ...]:
    words = _("%(n)s of %(total)s said too rare.")
    return tuple(words % {"n": one.rare, "total": one.total} for one in said if one.rare)


def _lost(drop: int) -> tuple[str, ...]:
    if drop < DROP_COUNTS:
        return ()
    words = ngettext("Attendance fell by %(n)s point.", "Attendance fell by %(n)s points.", drop)
    return (words % {"n": drop},)
