"""Rows of the practice app for tests."""

from datetime import UTC, date, datetime, timedelta

from practice.coaching_actions import open_round
from practice.models import (
    Attempt,
    CheckIn,
    CoachingGroup,
    CoachingRound,
    GroupMember,
    GroupNote,
    Intention,
    Plan,
    Reflection,
    SharedReflection,
)

LONG_AGO = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECRET = "marzipan-elephant"


def plan_of(member, *, attempts=0, **fields):
    facts = {"skill": "Asking before advising", "better": "Three questions first.", "drill": "One talk a week."}
    plan = Plan.objects.create(member=member, started_at=LONG_AGO, **(facts | fields))
    for number in range(attempts):
        attempt_of(plan, tried=f"Try {number}")
    return plan


def attempt_of(plan, **fields):
    facts = {"on": date(2026, 11, 3), "tried": "Asked twice.", "noticed": "Silence helped.", "written_at": LONG_AGO}
    return Attempt.objects.create(plan=plan, **(facts | fields))


def intention_of(member, text="Wait before I answer"):
    return Intention.objects.create(member=member, text=text, noted_on=date(2026, 11, 3))


def reflection_of(member, text="I spoke too soon.", **fields):
    answers = [{"prompt": "What happened?", "text": text}, {"prompt": "What does it tell me?", "text": ""}]
    return Reflection.objects.create(member=member, answers=answers, written_at=LONG_AGO, changed_at=LONG_AGO, **fields)


def shared_of(reflection, audience="community", **fields):
    answers = [one for one in reflection.answers if one["text"]]
    return SharedReflection.objects.create(
        reflection=reflection, audience=audience, answers=answers, shared_at=LONG_AGO, **fields
    )


def round_of(*groups, starts_on=None, state=CoachingRound.State.PUBLISHED, weeks=6):
    """A round that runs now, with these groups of members and their check-ins."""
    starts_on = starts_on or datetime.now(UTC).date() - timedelta(days=7)
    found = open_round(CoachingRound(starts_on=starts_on, weeks=weeks), now=LONG_AGO)
    found.state = state
    found.save()
    for members in groups:
        group = CoachingGroup.objects.create(round=found)
        GroupMember.objects.bulk_create(GroupMember(group=group, round=found, member=one) for one in members)
        CheckIn.objects.bulk_create(
            CheckIn(group=group, number=number, on=day) for number, day in enumerate(found.check_in_days(), 1)
        )
    return found


def note_of(group, member):
    return GroupNote.objects.create(group=group, by=member, text="We begin with the queue.", written_at=LONG_AGO)
