"""How the community is doing: figures of all apps over a quarter, frozen once a month. Nobody is watched.

Only what people chose to do is counted, as aggregates; a figure that fewer than five people make up is not even stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

import library.health
import practice.health
import sessions.health
from feedback.figures import enough, middle, pairs_of, share_of_pairs, spread
from feedback.health import HealthMonth
from members.models import Team

WINDOW = timedelta(days=90)
NEW_WINDOW = timedelta(days=180)  # for what only newcomers do
MONTHS_SHOWN = 12

type Figures = dict[str, Any]


def freeze_health(now: datetime) -> None:
    """Stores the figures of the month that ended last, once; a month that nobody ticked through is left out."""
    month = _month_before(now)
    if HealthMonth.objects.filter(month=month).exists() or not sessions.health.held(sessions.health.LONG_AGO, now):
        return
    end = _start_of(now.date().replace(day=1))
    HealthMonth.objects.bulk_create(
        [HealthMonth(month=month, figures=figures(end), frozen_at=now)], ignore_conflicts=True
    )


def _month_before(now: datetime) -> date:
    return (now.date().replace(day=1) - timedelta(days=1)).replace(day=1)


def _start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def figures(end: datetime) -> Figures:
    """Returns all figures for the time before `end`; None stands for "too few"."""
    start, new_start = end - WINDOW, end - NEW_WINDOW
    return {
        **_voices(start, end),
        "newcomers": _newcomers(new_start, end),
        "materials": _materials(start, end),
        **_teams(start, end),
        "first_answer": _first_answer(new_start, end),
    }


def _voices(start: datetime, end: datetime) -> Figures:
    heard = sessions.health.voices(start, end)
    people = len(heard.counts)
    if not enough(people):
        return {"voices": None, "first_timers": None}
    return {"voices": [spread(heard.counts), people], "first_timers": [heard.first_timers, people]}


def _newcomers(start: datetime, end: datetime) -> list[int] | None:
    came, returned = sessions.health.newcomers(start, end)
    return [returned, came] if enough(came) else None


def _materials(start: datetime, end: datetime) -> int | None:
    materials, people = library.health.old_ones_used(start, end)
    return materials if enough(people) else None


def _teams(start: datetime, end: datetime) -> Figures:
    together = sessions.health.teams_together(start, end) + practice.health.teams_together(start.date(), end.date())
    lately, teams = sessions.health.teams_lately(start, end), Team.objects.count()
    met = len(pairs_of(together))
    return {
        "pairs": [share_of_pairs(met, teams), met, teams] if enough(_people_in(together)) else None,
        "present": [len(set(chain(*lately))), teams] if enough(_people_in(lately)) else None,
    }


def _people_in(groups: list[list[int]]) -> int:
    return max(map(len, groups), default=0)


def _first_answer(start: datetime, end: datetime) -> int | None:
    days = sessions.health.days_to_first_answer(start, end)
    return middle(days) if enough(len(days)) else None


@dataclass(frozen=True)
class Meaning:
    """What one figure is called, what it says, and how its value is written."""

    key: str
    label: Promise
    explained: Promise
    words: Callable[[Any], str]


def _of(value: Any) -> str:
    return _("%(part)s of %(all)s") % {"part": value[0], "all": value[1]}


def _days(value: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", value) % {"n": value}


MEANINGS = (
    Meaning(
        "voices",
        gettext_lazy("Voices"),
        gettext_lazy("Among those who led or presented: how many it would be if all did so equally often."),
        _of,
    ),
    Meaning(
        "first_timers",
        gettext_lazy("First time in front"),
        gettext_lazy("Of those who led or presented, how many did so for the first time."),
        _of,
    ),
    Meaning(
        "newcomers",
        gettext_lazy("Newcomers who returned"),
        gettext_lazy(
            "Of those who came for the first time within half a year, how many came again within three sessions."
        ),
        _of,
    ),
    Meaning(
        "materials",
        gettext_lazy("Old materials in use"),
        gettext_lazy("Materials older than 30 days that somebody else read, discussed or took up."),
        str,
    ),
    Meaning(
        "pairs",
        gettext_lazy("Teams that met"),
        gettext_lazy("Of all pairs of teams, how many met in a session or a coaching group."),
        lambda value: _("%(n)s %%") % {"n": value[0]},
    ),
    Meaning(
        "present",
        gettext_lazy("Teams present"),
        gettext_lazy("Teams of which somebody came to one of the last three sessions."),
        _of,
    ),
    Meaning(
        "first_answer",
        gettext_lazy("From joining to the first yes"),
        gettext_lazy("The middle value for those who joined within half a year."),
        _days,
    ),
)


@dataclass(frozen=True)
class Shown:
    """One figure in words; `value` is empty where too few people make it up."""

    label: str
    explained: str
    value: str


@dataclass(frozen=True)
class MonthShown:
    """One frozen month."""

    label: str
    figures: list[Shown]


def months_shown() -> list[MonthShown]:
    """Returns the last twelve frozen months, newest first; one query."""
    return [_shown(one) for one in HealthMonth.objects.all()[:MONTHS_SHOWN]]


def _shown(month: HealthMonth) -> MonthShown:
    rows = [(meaning, month.figures.get(meaning.key)) for meaning in MEANINGS]
    return MonthShown(
        date_format(month.month, "F Y"),
        [Shown(str(m.label), str(m.explained), "" if value is None else m.words(value)) for m, value in rows],
    )
