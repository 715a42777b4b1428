"""What teams say about principles: one team's course, everyone's distribution, and the writing of a word."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from cop_portal.lib.charts import BarRow, bar_rows
from feedback.alignment import TeamWord
from feedback.quarters import before, label_of, quarter_of
from library.principles import Principle
from members.models import Member, Team

COURSE = 4  # quarters shown of one's own team
TEAMS_NEEDED = 4  # fewer could be told apart


class MeanwhileError(Exception):
    """A colleague of the same team has written meanwhile; `there` are the words now stored, by principle."""

    def __init__(self, there: Mapping[int, TeamWord]) -> None:
        super().__init__()
        self.there = there


@dataclass(frozen=True)
class Word:
    """What is to be stored about one principle; `seen` is when the word that it replaces was written."""

    choice: str
    note: str
    seen: datetime | None


@dataclass(frozen=True)
class Standing:
    """One principle as the page shows it: the team's earlier words, and all teams' of the last finished quarter."""

    principle: Principle
    word: TeamWord | None
    course: list[tuple[str, str]]
    bars: list[BarRow]
    teams: int


def standings(team: Team | None, *, today: date) -> list[Standing]:
    """Returns every principle in order; three queries, two without a team."""
    quarter = quarter_of(today)
    course = _course_of(team, quarter) if team else {}
    counts = _counts(before(quarter))
    return [
        Standing(
            principle,
            course.get((principle.pk, quarter)),
            _earlier(principle, quarter, course),
            _bars(counts.get(principle.pk, Counter())),
            counts.get(principle.pk, Counter()).total(),
        )
        for principle in Principle.objects.all()
    ]


def _course_of(team: Team, quarter: date) -> dict[tuple[int, date], TeamWord]:
    rows = TeamWord.objects.filter(team=team, quarter__gte=before(quarter, COURSE)).select_related("written_by")
    return {(row.principle_id, row.quarter): row for row in rows}


def _earlier(principle: Principle, quarter: date, course: Mapping[tuple[int, date], TeamWord]) -> list[tuple[str, str]]:
    """Oldest first; a quarter without a word is left out."""
    quarters = [before(quarter, count) for count in range(COURSE, 0, -1)]
    told = [(one, course.get((principle.pk, one))) for one in quarters]
    return [(label_of(one), str(word.get_choice_display())) for one, word in told if word]


def _counts(quarter: date) -> dict[int, Counter[str]]:
    counts: dict[int, Counter[str]] = {}
    for principle, choice in TeamWord.objects.filter(quarter=quarter).values_list("principle", "choice"):
        counts.setdefault(principle, Counter())[choice] += 1
    return counts


def _bars(counts: Counter[str]) -> list[BarRow]:
    """Nothing below four teams. Only a finished quarter is counted: watching one fill up would name teams."""
    if counts.total() < TEAMS_NEEDED:
        return []
    rows = [(str(choice.label), counts[choice.value]) for choice in TeamWord.Choice]
    return bar_rows(rows, total=counts.total())


@transaction.atomic
def write_words(team: Team, words: Mapping[int, Word], *, by: Member, now: datetime) -> int:
    """Stores what changed of `words`, by principle, for the quarter of `now`; returns how many changed.

    Raises MeanwhileError, and stores nothing, where a colleague wrote something else after `seen`.
    """
    Team.objects.select_for_update().get(pk=team.pk)
    quarter = quarter_of(by.local_time(now).date())
    there = {word.principle_id: word for word in TeamWord.objects.of(team, quarter).select_related("written_by")}
    changed = {pk: word for pk, word in words.items() if _differs(word, there.get(pk))}
    overtaken = {pk: there[pk] for pk, word in changed.items() if pk in there and there[pk].written_at != word.seen}
    if overtaken:
        raise MeanwhileError(overtaken)
    for pk, word in changed.items():
        TeamWord.objects.update_or_create(
            team=team,
            principle_id=pk,
            quarter=quarter,
            defaults={"choice": word.choice, "note": word.note, "written_by": by, "written_at": now},
        )
    return len(changed)


def _differs(word: Word, stored: TeamWord | None) -> bool:
    return stored is None or (stored.choice, stored.note) != (word.choice, word.note)
