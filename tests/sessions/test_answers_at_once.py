"""Many answers at once, each from a thread with its own connection: exactly as many seats as there are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from library.models import Grant
from members.models import Mail, Member
from sessions.actions import change_rhythm, generate_sessions, publish_session
from sessions.answers import answer, choose_standing
from sessions.coming import Coming
from sessions.guests import invite_guest
from sessions.invitations import send_invitations
from sessions.models import Session, SessionMaterial
from sessions.reminders import remind_of_sessions
from sessions.series import Series
from sessions.subscriptions import choose_mail
from sessions.topics import Topic
from sessions.votes import NoVotesLeftError, vote
from tests.factories import (
    AttendanceFactory,
    MaterialFactory,
    MemberFactory,
    SeriesFactory,
    SessionFactory,
    TopicFactory,
)

GOING, NO, WAITLISTED = "going", "no", "waitlisted"
pytestmark = pytest.mark.django_db(transaction=True)
LATER, A_DAY = datetime(2030, 5, 2, 9, tzinfo=UTC), timedelta(days=1)


def at_once(act, things):
    """Calls `act` with each of `things` in a thread of its own, all at the same moment; returns what they returned."""
    gate = Barrier(len(things))

    def run(thing):
        try:
            gate.wait()
            return act(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as threads:
        return list(threads.map(run, things))


def counts(session):
    coming = Coming.to(session)
    return len(coming.going), [one.queue_number for one in coming.waiting]


def test_sixteen_ask_for_the_last_seat(now):
    session = SessionFactory(capacity=1)
    members = MemberFactory.create_batch(16)
    seen = at_once(lambda member: answer(session, member, GOING, now=now).of(member), members)
    assert counts(session) == (1, list(range(1, 16)))
    assert sorted((one.answer, one.queue_number or 0) for one in seen) == [
        (GOING, 0), *[(WAITLISTED, number) for number in range(1, 16)],
    ]  # fmt: skip


def test_the_same_click_sixteen_times(now):
    session, member = SessionFactory(capacity=1), MemberFactory()
    at_once(lambda _: answer(session, member, GOING, now=now), range(16))
    assert list(session.attendances.values_list("member", "answer")) == [(member.pk, GOING)]


def test_two_who_leave_at_once_move_up_two_different_people(now):
    session = SessionFactory(capacity=2)
    going = [AttendanceFactory(session=session).member for _ in range(2)]
    waiting = [AttendanceFactory(session=session, answer=WAITLISTED, queue_number=n).member for n in range(1, 5)]
    at_once(lambda member: answer(session, member, NO, now=now), going)
    answers = dict(session.attendances.values_list("member", "answer"))
    assert [answers[member.pk] for member in waiting] == [GOING, GOING, WAITLISTED, WAITLISTED]
    assert [member.notifications.count() for member in waiting] == [1, 1, 0, 0]


def test_coming_and_leaving_at_once_never_gives_a_seat_twice(now):
    session = SessionFactory(capacity=5)
    going = [AttendanceFactory(session=session).member for _ in range(5)]
    asking = MemberFactory.create_batch(11)
    acts = [(member, NO) for member in going] + [(member, GOING) for member in asking]
    at_once(lambda act: answer(session, act[0], act[1], now=now), acts)
    taken, waiting = counts(session)
    assert (taken, len(waiting)) == (5, 6)


@pytest.mark.parametrize("round_", range(3))
def test_forty_members_and_five_seats(now, round_):
    session = SessionFactory(capacity=5)
    at_once(lambda member: answer(session, member, GOING, now=now), MemberFactory.create_batch(40))
    assert counts(session) == (5, list(range(1, 36)))


def test_votes_sent_at_once_are_never_more_than_three(now, lead):
    topics = TopicFactory.create_batch(8)

    def try_to(topic: Topic) -> bool:
        try:
            vote(topic, lead, now=now)
        except NoVotesLeftError:
            return False
        return True

    assert sum(at_once(try_to, topics)) == 3
    assert lead.votes.count() == 3


def test_publishing_sixteen_times_says_yes_for_each_once(now):
    series = SeriesFactory()
    for member in MemberFactory.create_batch(4):
        choose_standing(series, member, True, now=now)
    session = SessionFactory(series=series, capacity=2, state=Session.State.DATED)
    at_once(lambda _: publish_session(session, now=now), range(16))
    assert counts(session) == (2, [1, 2])


def test_several_ticks_at_once_send_each_invitation_and_reminder_once(now):
    session = SessionFactory(starts_at=now + timedelta(days=6))
    for member in MemberFactory.create_batch(3):
        choose_mail(member, True, now=now)
        answer(session, member, GOING, now=now)
    at_once(lambda job: job(now), [send_invitations, remind_of_sessions] * 4)
    kinds = Mail.objects.order_by("member", "kind").values_list("member", "kind")
    members = Member.objects.order_by("pk").values_list("pk", flat=True)
    assert list(kinds) == [(pk, kind) for pk in members for kind in ("calendar", "reminder")]


def test_the_threads_see_the_rows(now):
    """Without this, the tests above could pass on a database that each thread has for itself."""
    session = SessionFactory()
    assert at_once(lambda pk: Session.objects.filter(pk=pk).exists(), [session.pk] * 2) == [True, True]


class TestPlanning:
    def test_a_rhythm_changed_by_several_at_once_changes_once(self):
        series, by = SeriesFactory(), MemberFactory(is_facilitator=True)
        now = datetime(2026, 11, 24, 9, 42, tzinfo=UTC)
        told = generate_sessions(series, now=now)[1]
        Session.objects.filter(pk=told.pk).update(state="published", title="Told", doing="x")
        AttendanceFactory(session=told)
        plans = at_once(
            lambda _number: change_rhythm(
                Series.objects.get(pk=series.pk), 4, date(2026, 12, 1), by=by, now=now + timedelta(seconds=_number)
            ),
            range(4),
        )
        assert sorted(len(plan.cancelled) for plan in plans) == [0, 0, 0, 1]
        told.refresh_from_db()
        assert (told.state, told.sequence, Mail.objects.count()) == ("cancelled", 1, 1)

    def test_the_same_guest_invited_by_several_at_once_is_invited_once(self):
        session, by = SessionFactory(audience="theme", starts_at=LATER), MemberFactory(is_facilitator=True)
        SessionMaterial.objects.create(session=session, material=MaterialFactory(), when="before")
        at_once(
            lambda _number: invite_guest(session, name="Ann", email="ann@else.example", by=by, now=LATER - A_DAY),
            range(6),
        )
        assert (Member.objects.filter(role="guest").count(), session.attendances.count()) == (1, 1)
        assert (Grant.objects.count(), Mail.objects.count()) == (1, 1)
