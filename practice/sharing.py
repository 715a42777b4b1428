"""Sharing a reflection: with whom it can be shared, the copy, and taking it back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from members.models import Member
from practice.coaching import CoachingGroup, GroupMember
from practice.reflections import Reflection, SharedReflection
from sessions.models import Attendance, Session

Audience = SharedReflection.Audience
type Answers = list[dict[str, str]]


class NoSuchAudienceError(Exception):
    """There is nobody of that kind to share it with."""


@dataclass(frozen=True)
class Audiences:
    """With whom one reflection can be shared now."""

    group: CoachingGroup | None
    session: Session | None

    @property
    def offered(self) -> list[str]:
        here = {Audience.GROUP: self.group, Audience.SESSION: self.session}
        return [*(audience.value for audience, there in here.items() if there), Audience.COMMUNITY.value]


def audiences_of(reflection: Reflection, *, on: date) -> Audiences:
    """Its author's group of the round that runs on that day; its session, if the author came to it."""
    mine = GroupMember.objects.filter(member=reflection.member_id).current(on=on).select_related("group").first()
    came = reflection.session_id and Attendance.objects.filter(
        session=reflection.session_id, member=reflection.member_id, came=True
    )
    return Audiences(mine.group if mine else None, reflection.session if came and came.exists() else None)


def write_reflection(answers: Answers, links: dict[str, Any], *, by: Member, form: str, now: datetime) -> Reflection:
    """Returns a new private reflection."""
    return Reflection.objects.create(member=by, form=form, answers=answers, written_at=now, changed_at=now, **links)


def change_reflection(reflection: Reflection, answers: Answers, links: dict[str, Any], *, now: datetime) -> None:
    """Stores other words; what was shared stays as it was shared."""
    Reflection.objects.filter(pk=reflection.pk).update(answers=answers, changed_at=now, **links)


@transaction.atomic
def share(reflection: Reflection, answers: Answers, audience: str, *, on: date, now: datetime) -> SharedReflection:
    """Copies these answers for an audience, in place of an earlier copy for the same; returns the copy.

    Raises NoSuchAudienceError when there is no such group or session.
    """
    Reflection.objects.select_for_update().get(pk=reflection.pk)  # sent twice at once is sent once
    there = audiences_of(reflection, on=on)
    if audience not in there.offered:
        raise NoSuchAudienceError(audience)
    withdraw(reflection.shared.filter(audience=audience))
    return SharedReflection.objects.create(
        reflection=reflection,
        audience=audience,
        answers=answers,
        group=there.group if audience == Audience.GROUP else None,
        session=there.session if audience == Audience.SESSION else None,
        shared_at=now,
    )


def withdraw(shared: Any) -> None:
    """Deletes copies (a row or a queryset): from now on nobody finds them."""
    shared.delete()
