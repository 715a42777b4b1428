"""What the practice app has of one member, for their export: nothing that a partner wrote is among it."""

from collections.abc import Iterator

from cop_portal.lib.own_data import Piece, as_json, as_markdown, file_name
from members.models import Member
from practice.coaching import CoachingPreferences, Goal, GroupMember, GroupNote
from practice.plans import Attempt, Intention, PartnerNote, Plan
from practice.reflections import Reflection


def own_data(member: Member) -> Iterator[Piece]:
    """Yields the member's plans, intentions and reflections, and their part of their coaching groups."""
    for plan in Plan.objects.filter(member=member).order_by("pk"):
        yield as_json(f"plans/{file_name(plan.pk, plan.skill, 'json')}", _plan(plan))
    intentions = Intention.objects.filter(member=member).order_by("noted_on", "pk")
    yield as_json("intentions.json", list(intentions.values("text", "noted_on", "done_on")))
    for reflection in Reflection.objects.filter(member=member).order_by("pk"):
        day = f"{reflection.written_at:%Y-%m-%d}"
        parts = (f"## {answer['prompt']}\n\n{answer['text']}" for answer in reflection.answers if answer["text"])
        yield as_markdown(f"reflections/{file_name(reflection.pk, day, 'md')}", day, *parts)
    notes = PartnerNote.objects.filter(by=member).order_by("written_at")
    yield as_json("notes-to-partners.json", list(notes.values("text", "written_at")))
    yield as_json("coaching.json", _coaching(member))


def _plan(plan: Plan) -> dict[str, object]:
    attempts = Attempt.objects.filter(plan=plan).order_by("on", "pk")
    return {
        "skill": plan.skill,
        "what_better_looks_like": plan.better,
        "drill": plan.drill,
        "attempts_planned": plan.attempts_planned,
        "until": plan.until,
        "who_may_see_it": plan.visibility,
        "started": plan.started_at,
        "ended": plan.ended_at,
        "ending": plan.ending,
        "attempts": list(attempts.values("on", "tried", "noticed", "written_at")),
    }


def _coaching(member: Member) -> dict[str, object]:
    chosen = CoachingPreferences.objects.filter(member=member).first()
    rounds = GroupMember.objects.filter(member=member).order_by("round__number")
    goals = Goal.objects.filter(member=member).order_by("group", "position")
    notes = GroupNote.objects.filter(by=member).order_by("written_at")
    return {
        "paused_until": chosen.paused_until if chosen else None,
        "manager": chosen.manager.name if chosen and chosen.manager else None,
        "reports": [person.name for person in chosen.reports.all()] if chosen else [],
        "rather_not_with": [person.name for person in chosen.not_with.all()] if chosen else [],
        "rounds": list(rounds.values("round__number", "round__starts_on")),
        "goals": list(goals.values_list("text", flat=True)),
        "notes": list(notes.values("text", "written_at")),
    }
