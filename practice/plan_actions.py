"""The writes of plans, attempts and intentions, each a verb."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext

from library.actions import Words, add_insight
from library.models import Insight, Material
from members.models import Member
from members.telling import Kind, notify
from practice.coaching import GroupMember
from practice.plans import MOST, Attempt, Intention, PartnerNote, Plan


class PlanEndedError(Exception):
    """The plan has ended, or all its tries are there."""


class NotAPartnerError(Exception):
    """Only who is in a coaching group with somebody says something about their tries."""


def start_plan(plan: Plan, *, by: Member, now: datetime) -> Plan:
    """Stores a new plan; returns it."""
    plan.member, plan.started_at = by, now
    plan.save()
    return plan


@transaction.atomic
def log_attempt(plan: Plan, attempt: Attempt, *, now: datetime) -> Attempt:
    """Adds a try to a plan. Raises PlanEndedError when it takes none any more."""
    held = Plan.objects.select_for_update().get(pk=plan.pk)
    if not held.is_open or held.attempts.count() >= min(held.attempts_planned, MOST):
        raise PlanEndedError
    attempt.plan, attempt.written_at = held, now
    attempt.save()
    return attempt


@transaction.atomic
def say_about(attempt: Attempt, text: str, *, by: Member, now: datetime) -> None:
    """A partner's sentences on an attempt, instead of those before; without text they are taken back.

    Raises NotAPartnerError for everyone else.
    """
    if not is_partner(by, attempt.plan, on=by.local_time(now).date()):
        raise NotAPartnerError
    if not text:
        PartnerNote.objects.filter(attempt=attempt, by=by).delete()
        return
    PartnerNote.objects.update_or_create(attempt=attempt, by=by, defaults={"text": text, "written_at": now})
    notify(
        attempt.plan.member,
        kind=Kind.REPLY,
        about=f"attempt:{attempt.pk}",
        version=by.pk,
        text=lambda _member: gettext("%(name)s says something about a try of yours.") % {"name": by.name},
        url=attempt.plan.get_absolute_url(),
        now=now,
    )


def is_partner(member: Member, plan: Plan, *, on: date) -> bool:
    """Whether `member` is in a group with the plan's owner on that day, and may see the plan."""
    if plan.member_id == member.pk or plan.visibility == Plan.Visibility.ME:
        return False
    mine = GroupMember.objects.filter(member=member).current(on=on).values("group")
    return GroupMember.objects.filter(group__in=mine, member=plan.member_id).exists()


def end_plan(plan: Plan, ending: str, *, now: datetime) -> None:
    """Ends a running plan; one that has ended stays as it is."""
    Plan.objects.filter(pk=plan.pk, ended_at=None).update(ended_at=now, ending=ending)


def reopen_plan(plan: Plan) -> None:
    """Takes the end back."""
    Plan.objects.filter(pk=plan.pk).update(ended_at=None, ending="")


@transaction.atomic
def draft_insight(plan: Plan, *, now: datetime) -> Material:
    """Returns a draft insight made of a plan, the same one when it was made before.

    What partners said and what its member reflected stays out; so does what they noticed, unless the plan
    was shown to others anyway.
    """
    held = Plan.objects.select_for_update().select_related("member").get(pk=plan.pk)
    known = Material.objects.filter(pk=held.insight_id, binned_at=None).first() if held.insight_id else None
    if known:
        return known
    words = Words(title=held.skill, summary=held.better.partition("\n")[0][:400])
    material = add_insight(
        words,
        nature=Insight.Nature.EXPERIMENT,
        answers=insight_answers(held),
        by=held.member,
        publish=False,
        now=now,
    )
    Plan.objects.filter(pk=held.pk).update(insight=material)
    return material


def insight_answers(plan: Plan) -> dict[str, str]:
    """Returns what a plan says in an insight, by the questions of an experiment."""
    attempts = list(plan.attempts.order_by("on", "pk"))
    told = [] if plan.visibility == Plan.Visibility.ME else [one.noticed for one in attempts if one.noticed]
    tried = [plan.drill, *(f"- {_one_line(one.tried)}" for one in attempts)]
    return {
        "hypothesis": plan.better,
        "tried": "\n".join([tried[0], "", *tried[1:]]).strip(),
        "result": "\n".join(f"- {_one_line(text)}" for text in told),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def note_intention(intention: Intention, *, by: Member, now: datetime) -> Intention:
    """Stores one thing to try, with the day and nothing else; returns it."""
    intention.member, intention.noted_on = by, by.local_time(now).date()
    intention.save()
    return intention


def change_intention(intention: Intention, change: str, *, on: date) -> None:
    """Marks it as tried or not, or removes it."""
    if change == "remove":
        intention.delete()
    else:
        Intention.objects.filter(pk=intention.pk).update(done_on=on if change == "done" else None)
