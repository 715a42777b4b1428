"""Who could show a newcomer around: somebody of another team, suggested to facilitators and to nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from members.models import Member

NEW_FOR = timedelta(days=30)
MOST = 10
FAR_APART = 4  # hours between two clocks
SETTLED_FIRST = 200  # of so many others a buddy is chosen


@dataclass(frozen=True)
class Match:
    """A newcomer and the one who fits best; `helps_with` names what the buddy offers and the newcomer seeks."""

    newcomer: Member
    buddy: Member | None
    helps_with: tuple[str, ...] = ()


def newcomers_with_buddies(*, now: datetime) -> list[Match]:
    """Returns the members of the last 30 days, newest first, each with a buddy; six queries whatever their number."""
    people = Member.objects.in_directory().for_cards()
    newcomers = list(people.filter(joined_at__gt=now - NEW_FOR).order_by("-joined_at", "-pk")[:MOST])
    if not newcomers:
        return []
    settled = list(people.filter(joined_at__lte=now - NEW_FOR).order_by("joined_at", "pk")[:SETTLED_FIRST])
    return [match_for(one, settled, now=now) for one in newcomers]


def match_for(newcomer: Member, others: Iterable[Member], *, now: datetime) -> Match:
    """Returns the one of another team who offers most of what is sought, on the nearest clock, in the same role."""
    fit = [other for other in others if other.pk != newcomer.pk and _is_of_another_team(newcomer, other)]
    if not fit:
        return Match(newcomer, None)
    best = max(fit, key=lambda other: _fitness(newcomer, other, now))
    return Match(newcomer, best, tuple(_helps(newcomer, best)))


def _is_of_another_team(one: Member, other: Member) -> bool:
    return one.team_id is None or one.team_id != other.team_id


def _helps(newcomer: Member, other: Member) -> list[str]:
    sought = {skill.pk for skill in newcomer.seeks.all()}
    return [skill.name for skill in other.offers.all() if skill.pk in sought]


def _fitness(newcomer: Member, other: Member, now: datetime) -> tuple[bool, int, bool, float, int]:
    apart = hours_apart(newcomer, other, now)
    return (
        apart <= FAR_APART,
        len(_helps(newcomer, other)),
        newcomer.role == other.role,
        -apart,
        -other.pk,
    )


def hours_apart(one: Member, other: Member, now: datetime) -> float:
    """Returns how many hours lie between the clocks of two members."""
    offsets = [now.astimezone(ZoneInfo(member.time_zone)).utcoffset() or timedelta() for member in (one, other)]
    return abs((offsets[0] - offsets[1]).total_seconds()) / 3600
