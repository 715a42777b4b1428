"""The writes of coaching rounds and groups, each a verb."""

import secrets
from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import partial
from itertools import combinations

from django.db import transaction
from django.db.models import F, Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from members.models import Member
from members.telling import Kind, Letter, notify_many
from practice.drawing import Pool, pool_of
from practice.matching import may_meet, pairs_of
from practice.models import (
    CheckIn,
    CoachingGroup,
    CoachingPreferences,
    CoachingRound,
    Goal,
    GroupMember,
    GroupNote,
    OptIn,
    Unmatched,
)
from practice.tasks import draw_round

SEEDS = 2**31
BY_HAND = gettext_noop("A facilitator changed the groups by hand.")


class RoundClosedError(Exception):
    """The round is published: nobody joins or leaves, and nothing is drawn any more."""


class AgainstTheRulesError(Exception):
    """The rules keep two of these people apart; which one is nobody's business."""


class StaleDraftError(Exception):
    """Since the draft was made, somebody left or a rule changed."""


class EmptyDraftError(Exception):
    """There is no group to publish, or the draw is not done."""


@transaction.atomic
def open_round(coaching_round: CoachingRound, *, now: datetime) -> CoachingRound:
    """Stores a new round that people can join; returns it with its number."""
    last = CoachingRound.objects.aggregate(last=Max("number"))["last"] or 0
    coaching_round.number, coaching_round.created_at, coaching_round.seed = last + 1, now, secrets.randbelow(SEEDS)
    coaching_round.save()
    return coaching_round


@transaction.atomic
def join(coaching_round: CoachingRound, member: Member, *, now: datetime) -> None:
    """Raises RoundClosedError when its groups are published."""
    _held(coaching_round)
    OptIn.objects.get_or_create(round=coaching_round, member=member, defaults={"at": now})


@transaction.atomic
def leave(coaching_round: CoachingRound, member: Member) -> None:
    """Raises RoundClosedError when its groups are published."""
    _held(coaching_round)
    OptIn.objects.filter(round=coaching_round, member=member).delete()


def _held(coaching_round: CoachingRound) -> CoachingRound:
    """Returns the round, locked until the transaction ends."""
    held = CoachingRound.objects.select_for_update().get(pk=coaching_round.pk)
    if held.is_published:
        raise RoundClosedError
    return held


@transaction.atomic
def start_draw(coaching_round: CoachingRound, *, seed: int | None = None) -> None:
    """Has the worker draw the groups with a new seed, or with this one; whatever it is at, it starts anew."""
    held = _held(coaching_round)
    held.seed = secrets.randbelow(SEEDS) if seed is None else seed
    held.draw_number, held.drawing = F("draw_number") + 1, CoachingRound.Drawing.WAITING
    held.steps_done = held.steps_total = 0
    held.save(update_fields=["seed", "draw_number", "drawing", "steps_done", "steps_total"])
    held.refresh_from_db()
    transaction.on_commit(partial(draw_round.enqueue, held.pk, held.draw_number))


@transaction.atomic
def stop_draw(coaching_round: CoachingRound) -> None:
    """The draft before it stays."""
    held = _held(coaching_round)
    held.draw_number = F("draw_number") + 1
    held.drawing = CoachingRound.Drawing.DONE if held.state == CoachingRound.State.DRAFT else CoachingRound.Drawing.IDLE
    held.save(update_fields=["draw_number", "drawing"])


@transaction.atomic
def delete_round(coaching_round: CoachingRound) -> None:
    """Deletes a round that nobody has been told of; raises RoundClosedError for a published one."""
    _held(coaching_round).delete()


@transaction.atomic
def swap(coaching_round: CoachingRound, first: Member, second: Member) -> None:
    """Two people change places in a draft; one of them may be without a group.

    Raises AgainstTheRulesError where a rule keeps people of a new group apart, and where nothing would change.
    """
    held = _held(coaching_round)
    rows = {row.member_id: row for row in held.group_members.filter(member__in=[first, second])}
    here, there = rows.get(first.pk), rows.get(second.pk)
    if held.is_being_drawn or (here and here.group_id) == (there and there.group_id):
        raise AgainstTheRulesError
    _free_one(held, first, second)
    GroupMember.objects.filter(pk__in=[row.pk for row in (here, there) if row]).delete()
    for row, newcomer in ((here, second), (there, first)):
        if row:
            GroupMember.objects.create(group_id=row.group_id, round=held, member=newcomer)
    changed = [row.group_id for row in (here, there) if row]
    _must_be_legal(held, _ids_of(held, changed))


def _free_one(held: CoachingRound, first: Member, second: Member) -> None:
    """Who had no group changes places with who has one."""
    for one, other in ((first, second), (second, first)):
        if Unmatched.objects.filter(round=held, member=one).exists():
            Unmatched.objects.filter(round=held, member=one).update(member=other, reason=BY_HAND)
            return


def _ids_of(held: CoachingRound, groups: Collection[int]) -> list[set[int]]:
    found: dict[int, set[int]] = {}
    for group, member in held.group_members.filter(group__in=groups).values_list("group", "member"):
        found.setdefault(group, set()).add(member)
    return list(found.values())


def _must_be_legal(held: CoachingRound, groups: Iterable[Collection[int]]) -> None:
    """Raises AgainstTheRulesError unless all pairs of these groups are allowed, in the window of the draft."""
    pool = pool_of(held)
    recent = set(pairs_of(group for past in _last(pool, held.window or 0) for group in past))
    for group in groups:
        for a, b in combinations(sorted(group), 2):
            one, other = pool.person(a), pool.person(b)
            if not one or not other or (a, b) in recent or not may_meet(one, other, on=pool.on):
                raise AgainstTheRulesError


def _last(pool: Pool, window: int) -> list[list[frozenset[int]]]:
    return pool.history[-window:] if window else []


@transaction.atomic
def publish(coaching_round: CoachingRound, *, now: datetime) -> None:
    """Everyone learns their own group. Raises EmptyDraftError, StaleDraftError, RoundClosedError."""
    held = _held(coaching_round)
    groups = list(held.groups.prefetch_related("group_members__member"))
    if held.is_being_drawn or not groups:
        raise EmptyDraftError
    try:
        _must_be_legal(held, [{one.member_id for one in group.group_members.all()} for group in groups])
    except AgainstTheRulesError:
        raise StaleDraftError from None
    if any(len(group.group_members.all()) < 2 for group in groups):  # noqa: PLR2004
        raise StaleDraftError
    held.state, held.published_at = CoachingRound.State.PUBLISHED, now
    held.save(update_fields=["state", "published_at"])
    days = list(enumerate(held.check_in_days(), 1))
    CheckIn.objects.bulk_create(CheckIn(group=one, number=number, on=day) for one in groups for number, day in days)
    for group in groups:
        _tell_group(held, group, now)
    _tell_unmatched(held, now)


def _tell_group(held: CoachingRound, group: CoachingGroup, now: datetime) -> None:
    people = [one.member for one in group.group_members.all()]

    def names(member: Member) -> str:
        others = [one.name for one in people if one.pk != member.pk]
        return _(" and ").join(others)

    def text(member: Member) -> str:
        return _("You are in a coaching group with %(names)s.") % {"names": names(member)}

    def letter(member: Member) -> Letter:
        words = _("%(round)s runs from %(first)s to %(last)s. Say hello and find a first time to talk.")
        facts = {"round": str(held), "first": _day(held.starts_on), "last": _day(held.ends_on)}
        return Letter(_("Your coaching group"), f"{text(member)}\n\n{words % facts}")

    notify_many(
        people,
        kind=Kind.COACHING_GROUP,
        about=f"coaching:{held.pk}",
        version="published",
        text=text,
        url=group.get_absolute_url(),
        mail=letter,
        now=now,
    )


def _day(day: date) -> str:
    return date_format(day, _("j F Y"))


def _tell_unmatched(held: CoachingRound, now: datetime) -> None:
    rows = {row.member_id: row for row in held.unmatched.select_related("member")}

    def text(member: Member) -> str:
        return _("This time there is no coaching group for you: %(reason)s You come first in the next round.") % {
            "reason": _(rows[member.pk].reason)
        }

    notify_many(
        [row.member for row in rows.values()],
        kind=Kind.COACHING_GROUP,
        about=f"coaching:{held.pk}",
        version="published",
        text=text,
        url=held.get_absolute_url(),
        now=now,
    )


@transaction.atomic
def save_preferences(
    member: Member,
    *,
    paused_until: date | None,
    manager: Member | None,
    reports: Iterable[Member],
    not_with: Iterable[Member],
) -> None:
    """Stores what the matcher reads."""
    facts = {"paused_until": paused_until, "manager": manager}
    said, _is_new = CoachingPreferences.objects.update_or_create(member=member, defaults=facts)
    said.reports.set(reports)
    said.not_with.set(not_with)


@transaction.atomic
def rather_not_again(group: CoachingGroup, member: Member, others: Collection[int]) -> None:
    """Stores with whom of this group `member` would rather not be again; those not named are taken off."""
    said, _is_new = CoachingPreferences.objects.get_or_create(member=member)
    partners = set(group.group_members.exclude(member=member).values_list("member", flat=True))
    said.not_with.remove(*(partners - set(others)))
    said.not_with.add(*(partners & set(others)))


@transaction.atomic
def set_goals(group: CoachingGroup, member: Member, texts: Collection[str]) -> None:
    """Replaces a member's goals by at most two."""
    CoachingGroup.objects.select_for_update().get(pk=group.pk)  # sent twice at once is sent once
    Goal.objects.filter(group=group, member=member).delete()
    Goal.objects.bulk_create(
        Goal(group=group, member=member, position=number, text=text) for number, text in enumerate(texts, 1)
    )


def check_in(row: CheckIn, outcome: str, on: date) -> None:
    """Says what became of a check-in."""
    CheckIn.objects.filter(pk=row.pk).update(outcome=outcome, on=on)


def write_note(group: CoachingGroup, text: str, *, by: Member, now: datetime) -> GroupNote:
    return GroupNote.objects.create(group=group, by=by, text=text, written_at=now)
