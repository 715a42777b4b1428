"""Drawing the groups of a round: from rows to people and back; the thinking is in `practice.matching`."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from members.models import Member
from practice import matching
from practice.matching import Draw, Person
from practice.models import (
    CoachingGroup,
    CoachingPreferences,
    CoachingRound,
    GroupMember,
    Unmatched,
)

Drawing = CoachingRound.Drawing


class OvertakenError(Exception):
    """Somebody stopped this draw, or asked for another."""


@dataclass(frozen=True)
class Pool:
    """Who takes part in a round, and all rounds before, oldest first."""

    people: list[Person]
    history: list[list[frozenset[int]]]
    on: date

    def person(self, number: int) -> Person | None:
        return next((one for one in self.people if one.id == number), None)


def pool_of(coaching_round: CoachingRound) -> Pool:
    """Returns the pool; a fixed number of queries."""
    history = history_before(coaching_round)
    trios = Counter(one for past in history for group in past if len(group) > 2 for one in group)  # noqa: PLR2004
    waited = _waited(coaching_round)
    members = list(taking_part(coaching_round).prefetch_related("offers", "seeks"))
    said = _preferences({member.pk for member in members})
    people = [_person(member, said.get(member.pk), trios[member.pk], member.pk in waited) for member in members]
    return Pool(people, history, coaching_round.starts_on)


def taking_part(coaching_round: CoachingRound) -> QuerySet[Member]:
    """Who joined and is here: no guests, nobody who has left, nobody who pauses on the first day."""
    joined = Member.objects.in_directory().filter(coaching_opt_ins__round=coaching_round)
    pausing = CoachingPreferences.objects.filter(paused_until__gt=coaching_round.starts_on).values("member")
    found: QuerySet[Member] = joined.exclude(pk__in=pausing).order_by("name", "pk")
    return found


def history_before(coaching_round: CoachingRound) -> list[list[frozenset[int]]]:
    """Returns the groups of all published rounds before this one, oldest first."""
    rows = GroupMember.objects.published().filter(round__number__lt=coaching_round.number)
    rounds: dict[int, dict[int, set[int]]] = {}
    for number, group, member in rows.values_list("round__number", "group", "member").order_by("round__number"):
        rounds.setdefault(number, {}).setdefault(group, set()).add(member)
    empty = CoachingRound.objects.published().filter(number__lt=coaching_round.number).values_list("number", flat=True)
    return [[frozenset(group) for group in rounds.get(number, {}).values()] for number in sorted(empty)]


def _waited(coaching_round: CoachingRound) -> set[int]:
    """Those for whom the last published round had no place."""
    last = CoachingRound.objects.published().filter(number__lt=coaching_round.number).order_by("-number").first()
    return set(Unmatched.objects.filter(round=last).values_list("member", flat=True)) if last else set()


def _preferences(members: set[int]) -> dict[int, tuple[int | None, set[int]]]:
    """Returns by member their manager, and all they are not to be with: by wish, or as a report of theirs."""
    rows = CoachingPreferences.objects.filter(member__in=members).prefetch_related("reports", "not_with")
    return {
        one.member_id: (one.manager_id, {other.pk for other in (*one.reports.all(), *one.not_with.all())})
        for one in rows
    }


def _person(member: Member, said: tuple[int | None, set[int]] | None, trios: int, waited: bool) -> Person:
    manager, avoids = said or (None, set())
    return Person(
        id=member.pk,
        team=member.team_id,
        band=member.band,
        offers=frozenset(skill.pk for skill in member.offers.all()),
        seeks=frozenset(skill.pk for skill in member.seeks.all()),
        zone=member.time_zone,
        manager=manager,
        avoids=frozenset(avoids),
        trios=trios,
        waited=waited,
    )


def run_draw(round_id: int, draw_number: int) -> bool:
    """Draws the groups of a round and stores them; returns whether it did.

    It does nothing where the round is published, was stopped, or is being drawn anew: so a job that runs twice
    or late harms nobody.
    """
    asked = CoachingRound.objects.filter(pk=round_id, draw_number=draw_number).exclude(
        state=CoachingRound.State.PUBLISHED
    )
    if not asked.filter(drawing__in=(Drawing.WAITING, Drawing.RUNNING)).update(drawing=Drawing.RUNNING):
        return False
    coaching_round = asked.get()
    pool = pool_of(coaching_round)

    def report(done: int, total: int) -> None:
        if not asked.filter(drawing=Drawing.RUNNING).update(steps_done=done, steps_total=total):
            raise OvertakenError

    try:
        found = matching.draw(pool.people, history=pool.history, seed=coaching_round.seed, on=pool.on, report=report)
    except OvertakenError:
        return False
    except Exception:
        asked.update(drawing=Drawing.FAILED)
        raise
    return _store(round_id, draw_number, found)


@transaction.atomic
def _store(round_id: int, draw_number: int, found: Draw) -> bool:
    held = CoachingRound.objects.select_for_update().get(pk=round_id)
    if held.draw_number != draw_number or held.is_published or held.drawing != Drawing.RUNNING:
        return False
    held.groups.all().delete()
    held.unmatched.all().delete()
    for ids in found.groups:
        group = CoachingGroup.objects.create(round=held)
        GroupMember.objects.bulk_create(GroupMember(group=group, round=held, member_id=one) for one in ids)
    Unmatched.objects.bulk_create(
        Unmatched(round=held, member_id=one, reason=reason) for one, reason in found.unmatched.items()
    )
    held.state, held.drawing, held.window = CoachingRound.State.DRAFT, Drawing.DONE, found.window
    held.save(update_fields=["state", "drawing", "window"])
    return True
