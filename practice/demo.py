"""The practice of the demo community: plans with tries, a private look back, coaching rounds with their groups."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from members.models import Mail, Member
from members.telling import Kind
from practice import coaching_actions, plan_actions, sharing
from practice.drawing import run_draw
from practice.models import Attempt, CheckIn, CoachingRound, Intention, PartnerNote, Plan, Reflection
from practice.prompts import PROMPTS
from sessions.models import Attendance

SEED = 4
VISIBILITY = {"partner": Plan.Visibility.GROUP, "private": Plan.Visibility.ME}
NAMES = {"ask-before-advice": "Ask before advising", "no-in-two-sentences": "No in two sentences"}
type Words = tuple[str, str, str, int, str]  # skill, better, drill, tries planned, who may see it

MORE_PLANS: dict[str, Words] = {
    "mira": (
        "Hand over the outcome, not the steps", "I name what must be true at the end and nothing in between.",
        "One hand-over a week; I write my sentence down before I say it.", 5, Plan.Visibility.GROUP,
    ),
    "hanna": (
        "Ten seconds of silence", "I count to ten after every open question.",
        "In each one-to-one, a dot on paper for each time I broke it.", 4, Plan.Visibility.EVERYONE,
    ),
}  # fmt: skip
# Whose plan: days ago, tried, noticed, and what the partner said.
TRIES = {
    "mira": (
        (19, "Handed the export job to Luis with one sentence.", "I added three steps when he looked unsure.", ""),
        (12, "Said what must be true on Friday, then asked what he needs.", "He asked for a deadline, not for steps.",
         "What would have happened if you had waited once more?"),
        (5, "Wrote the sentence first, and kept to it.", "His way was not mine. It was shorter.", ""),
    ),
    "tomasz": (
        (13, "Four questions in the one-to-one.", "The plan she made was better than the one I had in my pocket.", ""),
        (6, "Lasted two questions.", "The silence after the second one was mine, not hers.",
         "What did you want to say in that silence?"),
    ),
    "hanna": ((8, "Nine dots in half an hour.", "Most of them when somebody was about to say the real thing.", ""),),
    "ravi": ((4, "Wrote the no first, said it once aloud.", "Two options made it easy to hear.", ""),),
}  # fmt: skip
REFLECTION = (
    "In the clinic I gave advice after the second question, and the room went quiet.",
    "I like being useful quickly. It costs the other person their own idea.",
    "Next time I write my advice on paper and leave it there until they ask.",
)
INTENTIONS = ("Ask Dele how his hand-over note looks", "End one meeting five minutes early")


def load_practice(content: Mapping[str, Any], members: Mapping[str, Member], *, now: datetime) -> int:
    """Fills the notebooks and runs two rounds of coaching; returns the number of plans. Run again it does nothing."""
    if Plan.objects.exists():
        return Plan.objects.count()
    _round(members, _today(now) - timedelta(days=60), now - timedelta(days=62), seed=1)
    _open_group(members, _round(members, _today(now) - timedelta(days=9), now - timedelta(days=11), seed=SEED), now)
    plans = {entry["owner"]: _shipped_plan(entry, members, now) for entry in content["practice_plans"]}
    plans |= {key: _plan(members[key], words, now=now) for key, words in MORE_PLANS.items()}
    for key, tries in TRIES.items():
        for one in tries:
            _attempt(plans[key], one, now)
    _look_back(members["mira"], now)
    Intention.objects.bulk_create(
        Intention(member=members["mira"], text=text, noted_on=_today(now) - timedelta(days=3)) for text in INTENTIONS
    )
    coming = CoachingRound(starts_on=_today(now) + timedelta(days=40), weeks=6)
    coming = coaching_actions.open_round(coming, now=now)
    for key in ("tomasz", "ines", "hanna"):
        coaching_actions.join(coming, members[key], now=now)
    return Plan.objects.count()


def _today(now: datetime) -> date:
    return now.date()


def _shipped_plan(entry: Mapping[str, Any], members: Mapping[str, Member], now: datetime) -> Plan:
    words = (NAMES[entry["slug"]], entry["better_looks_like"], entry["drill"], entry["attempts_planned"])
    return _plan(members[entry["owner"]], (*words, VISIBILITY[entry["visibility"]]), now=now)


def _plan(member: Member, words: Words, *, now: datetime) -> Plan:
    skill, better, drill, planned, visibility = words
    until = _today(now) + timedelta(days=23)
    plan = Plan(skill=skill, better=better, drill=drill, attempts_planned=planned, until=until, visibility=visibility)
    return plan_actions.start_plan(plan, by=member, now=now - timedelta(days=21))


def _attempt(plan: Plan, words: tuple[int, str, str, str], now: datetime) -> None:
    days, tried, noticed, said = words
    then = now - timedelta(days=days)
    attempt = Attempt(on=then.date(), tried=tried, noticed=noticed)
    plan_actions.log_attempt(plan, attempt, now=then)
    partner = Member.objects.filter(coaching_groups__group__group_members__member=plan.member).exclude(
        pk=plan.member_id
    )
    if said:
        found = partner.order_by("-coaching_groups__round__number", "pk").first()
        PartnerNote.objects.create(attempt=attempt, by=found, text=said, written_at=then + timedelta(days=1))


def _look_back(mira: Member, now: datetime) -> None:
    """One private reflection on a session she came to, and one answer of another that everyone may read."""
    came = Attendance.objects.filter(member=mira, came=True).order_by("-session__starts_at").first()
    answers = [{"prompt": prompt, "text": text} for prompt, text in zip(PROMPTS["short"], REFLECTION, strict=True)]
    links = {"session": came.session if came else None}
    then = now - timedelta(days=6)
    sharing.write_reflection(answers, links, by=mira, form=Reflection.Form.SHORT, now=then)
    told = [{"prompt": PROMPTS["learning_loop"][1], "text": "Asked for the outcome, people asked me for dates."}]
    shared = sharing.write_reflection(told, {}, by=mira, form=Reflection.Form.LEARNING_LOOP, now=then)
    sharing.share(shared, told, "community", on=then.date(), now=then)


def _round(members: Mapping[str, Member], starts_on: date, now: datetime, *, seed: int) -> CoachingRound:
    """A published round of everyone, drawn here and now: the demo waits for no worker."""
    found = coaching_actions.open_round(CoachingRound(starts_on=starts_on, weeks=6), now=now)
    for member in members.values():
        if not member.is_staff:
            coaching_actions.join(found, member, now=now)
    CoachingRound.objects.filter(pk=found.pk).update(seed=seed, draw_number=1, drawing=CoachingRound.Drawing.WAITING)
    run_draw(found.pk, 1)
    coaching_actions.publish(found, now=now)
    Mail.objects.filter(key__startswith=f"{Kind.COACHING_GROUP}/coaching:{found.pk}/").delete()  # long ago
    found.refresh_from_db()
    return found


def _open_group(members: Mapping[str, Member], running: CoachingRound, now: datetime) -> None:
    """What Mira's group has written so far."""
    mira = members["mira"]
    group = running.groups.get(group_members__member=mira)
    coaching_actions.set_goals(group, mira, ["Let go of one decision a week without looking over a shoulder."])
    for row in group.group_members.exclude(member=mira).select_related("member"):
        coaching_actions.set_goals(group, row.member, ["Ask one more question before I answer."])
        text = "We start each talk with one question that was left over from the last."
        coaching_actions.write_note(group, text, by=row.member, now=now - timedelta(days=4))
    for date_of_group in CheckIn.objects.filter(group__round=running, number=1).exclude(group=group)[:3]:
        coaching_actions.check_in(date_of_group, CheckIn.Outcome.MET, date_of_group.on)
