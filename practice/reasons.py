"""Why two people are in a group, in words: for them, and for the facilitator who looks at a draft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Member, Skill
from practice import matching
from practice.drawing import Pool
from practice.matching import Reasons


@dataclass(frozen=True)
class PairReasons:
    """A pair of a draft."""

    first: Member
    second: Member
    lines: list[str]
    weight: int


def pairs_with_reasons(group: Iterable[Member], pool: Pool, skills: Mapping[int, str]) -> list[PairReasons]:
    """Returns each pair of a group with what speaks for it; a pair whose people have left the pool is left out."""
    members = {one.pk: one for one in group}
    found = []
    for a, b in matching.pairs_of([list(members)]):
        one, other = pool.person(a), pool.person(b)
        if one and other:
            why = matching.reasons(one, other, history=pool.history, on=pool.on)
            worth = matching.weigh(why)  # of every pair: one without would tell that somebody said "not with"
            lines = facts(why, members[a].get_short_name(), members[b].get_short_name(), skills)
            found.append(PairReasons(members[a], members[b], lines, worth))
    return found


def facts(why: Reasons, first: str, second: str, skills: Mapping[int, str]) -> list[str]:
    """Returns short sentences; people are called by their names."""
    helps = _("%(helper)s can help %(other)s with %(skills)s.")
    lines = []
    if why.to_first:
        lines.append(helps % {"helper": second, "other": first, "skills": _named(why.to_first, skills)})
    if why.to_second:
        lines.append(helps % {"helper": first, "other": second, "skills": _named(why.to_second, skills)})
    return [*lines, _bands(why.bands_apart), _hours(why), *([_("They never met.")] if why.never_met else [])]


def _bands(apart: int | None) -> str:
    if apart is None:
        return _("One of them has not said how long they have been leading.")
    if apart == 0:
        return _("They have been leading for about as long.")
    return ngettext(
        "One step of experience lies between them.", "%(n)d steps of experience lie between them.", apart
    ) % {"n": apart}


def _hours(why: Reasons) -> str:
    hours = int(why.shared_hours)
    return ngettext("They share %(n)d working hour.", "They share %(n)d working hours.", hours) % {"n": hours}


def _named(numbers: Iterable[object], skills: Mapping[int, str]) -> str:
    return ", ".join(sorted(skills[number] for number in numbers if isinstance(number, int) and number in skills))


def for_partner(me: Member, partner: Member, *, met_before: bool) -> list[str]:
    """Returns what somebody reads about a partner: what each can help the other with (prefetched skills)."""
    given = _both(me.seeks.all(), partner.offers.all())
    taken = _both(partner.seeks.all(), me.offers.all())
    name, lines = partner.get_short_name(), []
    if given:
        lines.append(_("%(name)s can help with %(skills)s, which you seek.") % {"name": name, "skills": given})
    if taken:
        lines.append(_("You can help with %(skills)s, which %(name)s seeks.") % {"name": name, "skills": taken})
    return [*lines, _("You were in a group before.") if met_before else _("You were never in a group before.")]


def _both(sought: Iterable[Skill], offered: Iterable[Skill]) -> str:
    there = {skill.pk for skill in offered}
    return ", ".join(skill.name for skill in sought if skill.pk in there)
