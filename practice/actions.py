"""What the portal asks of the practice app when somebody wants their data, or leaves.

The writes themselves stand by their nouns: `plan_actions`, `sharing`, `coaching_actions`.
"""

from typing import Any

from django.db import transaction

from members.models import Member
from practice.models import (
    Attempt,
    CoachingPreferences,
    Goal,
    GroupMember,
    GroupNote,
    Intention,
    OptIn,
    PartnerNote,
    Plan,
    Reflection,
)


def own_data(member: Member) -> dict[str, Any]:
    """Returns all that `member` wrote here, as plain values for JSON; nothing that others wrote."""
    return {
        "plans": [_plan(plan) for plan in Plan.objects.filter(member=member).prefetch_related("attempts")],
        "said_to_partners": _texts(PartnerNote.objects.filter(by=member), "written_at"),
        "to_try": [
            {"text": one.text, "noted_on": _iso(one.noted_on), "done_on": _iso(one.done_on)}
            for one in Intention.objects.filter(member=member)
        ],
        "reflections": [_reflection(one) for one in _reflections(member)],
        "coaching": _coaching(member),
    }


@transaction.atomic
def forget(member: Member) -> None:
    """Deletes what is private to `member`, and what the matcher knows of them.

    Deleting the account does the same through its foreign keys; what they wrote into a group or said to a
    partner then stands there as a former member's.
    """
    Plan.objects.filter(member=member).delete()
    Intention.objects.filter(member=member).delete()
    Reflection.objects.filter(member=member).delete()
    Goal.objects.filter(member=member).delete()
    OptIn.objects.filter(member=member).delete()
    CoachingPreferences.objects.filter(member=member).delete()
    CoachingPreferences.objects.filter(manager=member).update(manager=None)
    CoachingPreferences.reports.through.objects.filter(member=member).delete()
    CoachingPreferences.not_with.through.objects.filter(member=member).delete()
    PartnerNote.objects.filter(by=member).update(by=None)
    GroupNote.objects.filter(by=member).update(by=None)


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "skill": plan.skill,
        "better": plan.better,
        "drill": plan.drill,
        "attempts_planned": plan.attempts_planned,
        "until": _iso(plan.until),
        "visibility": plan.visibility,
        "started_at": _iso(plan.started_at),
        "ended_at": _iso(plan.ended_at),
        "ending": plan.ending,
        "attempts": [_attempt(one) for one in plan.attempts.all()],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {"on": _iso(attempt.on), "tried": attempt.tried, "noticed": attempt.noticed}


def _reflections(member: Member) -> Any:
    rows = Reflection.objects.filter(member=member).select_related("session", "plan", "insight", "principle")
    return rows.prefetch_related("shared").order_by("written_at")


def _reflection(reflection: Reflection) -> dict[str, Any]:
    return {
        "form": reflection.form,
        "written_at": _iso(reflection.written_at),
        "answers": reflection.answers,
        "about": [one.get_absolute_url() for one in reflection.about],
        "shared": [
            {"audience": one.audience, "answers": one.answers, "shared_at": _iso(one.shared_at)}
            for one in reflection.shared.all()
        ],
    }


def _coaching(member: Member) -> dict[str, Any]:
    said = CoachingPreferences.objects.filter(member=member).select_related("manager").first()
    groups = GroupMember.objects.published().filter(member=member).select_related("round")
    return {
        "rounds_joined": sorted(OptIn.objects.filter(member=member).values_list("round__number", flat=True)),
        "groups": [{"round": one.round.number, "starts_on": _iso(one.round.starts_on)} for one in groups],
        "goals": list(Goal.objects.filter(member=member).values_list("text", flat=True)),
        "notes": _texts(GroupNote.objects.filter(by=member), "written_at"),
        "paused_until": _iso(said.paused_until) if said else None,
        "manager": said.manager.name if said and said.manager else None,
        "reports": [one.name for one in said.reports.all()] if said else [],
        "not_with": [one.name for one in said.not_with.all()] if said else [],
    }


def _texts(rows: Any, moment: str) -> list[dict[str, Any]]:
    return [{"text": one.text, moment: _iso(getattr(one, moment))} for one in rows]


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
