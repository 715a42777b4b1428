"""Changing a series: what is kept, moved, cancelled and created, who is told, and that twice is once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from members.models import Mail
from sessions import actions
from sessions.models import Session
from sessions.series_changes import PlanChangedError, change_series, changed, first_date, plan_change
from sessions.topics import Topic
from tests.factories import AttendanceFactory, ClosedDayFactory, SeriesFactory, SessionFactory, TopicFactory

State = Session.State
pytestmark = pytest.mark.django_db
EFFECTIVE = date(2026, 12, 1)


@pytest.fixture
def series(now):
    made = SeriesFactory()
    actions.generate_sessions(made, now=now)
    return made


def on(series, month, day):
    return series.sessions.get(series_day=date(2026 if month > 6 else 2027, month, day))


def publish(session, **changes):
    Session.objects.filter(pk=session.pk).update(state=State.PUBLISHED, title="Told", doing="x", **changes)
    return Session.objects.get(pk=session.pk)


def _with(session, **changes):
    for name, value in changes.items():
        setattr(session, name, value)
    return session


def days(series, **filters):
    found = series.sessions.filter(**filters).order_by("series_day")
    return [f"{day:%m-%d}" for day in found.values_list("series_day", flat=True)]


def state_of_all():
    return list(Session.objects.order_by("pk").values()), list(Mail.objects.values("key"))


@pytest.fixture
def people(lead, manager, admin):
    return lead, manager, admin


class TestRhythm:
    def test_what_fits_keeps_identity_uid_and_answers(self, now, series, facilitator, lead):
        kept = publish(on(series, 12, 29))
        AttendanceFactory(session=kept, member=lead)
        before = Session.objects.filter(pk=kept.pk).values().get()
        actions.change_rhythm(series, 4, EFFECTIVE, by=facilitator, now=now)
        assert Session.objects.filter(pk=kept.pk).values().get() == before
        assert list(kept.attendances.values_list("member", "answer")) == [(lead.pk, "going")]
        assert (series.every_weeks, days(series)[:3]) == (4, ["12-01", "12-29", "01-26"])

    def test_what_was_announced_or_answered_is_cancelled_and_mere_dates_go(self, now, series, facilitator, lead):
        announced, answered = publish(on(series, 12, 15)), on(series, 1, 12)
        AttendanceFactory(session=answered, member=lead, answer="maybe")
        plan = actions.change_rhythm(series, 4, EFFECTIVE, by=facilitator, now=now)
        for session in (announced, answered):
            uid = session.uid
            session.refresh_from_db()
            assert (session.state, session.sequence, session.uid) == (State.CANCELLED, 1, uid)
        assert announced.cancel_reason == "Our rhythm has changed."
        assert ([one.pk for one in plan.cancelled], len(plan.removed)) == ([announced.pk, answered.pk], 4)
        assert days(series, state=State.CANCELLED) == ["12-15", "01-12"]

    def test_missing_ones_are_created(self, now, series, facilitator):
        actions.change_rhythm(series, 1, EFFECTIVE, by=facilitator, now=now)
        assert days(series)[:4] == ["12-01", "12-08", "12-15", "12-22"]
        assert set(series.sessions.values_list("state", flat=True)) == {State.DATED}

    def test_it_begins_with_the_first_date_on_or_after_that_day(self, now, series, facilitator):
        actions.change_rhythm(series, 3, date(2026, 12, 2), by=facilitator, now=now)
        assert days(series)[:4] == ["12-01", "12-15", "01-05", "01-26"]

    @pytest.mark.parametrize("weeks", [1, 2, 3, 4, 6, 8])
    def test_twice_changes_nothing(self, now, series, facilitator, lead, weeks):
        AttendanceFactory(session=publish(on(series, 12, 15)), member=lead)
        actions.change_rhythm(series, weeks, EFFECTIVE, by=facilitator, now=now)
        before = state_of_all()
        plan = actions.change_rhythm(series, weeks, EFFECTIVE, by=facilitator, now=now + timedelta(minutes=1))
        assert (plan.is_empty, state_of_all()) == (True, before)
        actions.extend_series(now)
        assert state_of_all() == before

    def test_back_again_brings_back_what_was_cancelled_by_it(self, now, series, facilitator, lead):
        gone, topic = publish(on(series, 12, 15)), TopicFactory(state=Topic.State.SCHEDULED)
        Session.objects.filter(pk=gone.pk).update(topic=topic)
        AttendanceFactory(session=gone, member=lead)
        for weeks in (4, 2):
            actions.change_rhythm(series, weeks, EFFECTIVE, by=facilitator, now=now + timedelta(minutes=weeks))
        gone.refresh_from_db()
        assert (gone.state, gone.cancel_reason, gone.sequence, gone.gave_way) == (State.PUBLISHED, "", 2, False)
        assert gone.attendances.get().answer == "going"
        topic.refresh_from_db()
        assert topic.state == Topic.State.SCHEDULED
        assert days(series)[:3] == ["12-01", "12-15", "12-29"]

    def test_each_member_concerned_gets_one_mail(self, now, series, facilitator, people):
        lead, manager, admin = people
        for month, day in ((12, 15), (1, 12), (2, 9)):
            AttendanceFactory(session=publish(on(series, month, day)), member=lead)
        AttendanceFactory(session=on(series, 12, 15), member=manager, answer="no")
        on(series, 1, 12).leads.add(admin)
        AttendanceFactory(session=on(series, 12, 29), member=facilitator)
        actions.change_rhythm(series, 4, EFFECTIVE, by=facilitator, now=now)
        assert sorted(Mail.objects.values_list("member__name", flat=True)) == [admin.name, lead.name]
        mail = Mail.objects.get(member=lead)
        assert mail.body.count("“Told” on") == 3
        assert "Tuesday 15 December, 09:30 (Berlin) does not take place." in mail.body
        assert "every four weeks on Tuesday at 09:30 (Berlin)" in mail.body
        assert lead.notifications.count() == 1

    def test_past_sessions_and_earlier_ones_are_left_alone(self, now, series, facilitator):
        past = SessionFactory(series=series, series_day=date(2026, 11, 17), starts_at=now - timedelta(days=7))
        before = list(Session.objects.filter(series_day__lt=date(2026, 12, 15)).values())
        actions.change_rhythm(series, 8, date(2026, 11, 1), by=facilitator, now=now)
        assert Session.objects.get(pk=past.pk).state == State.PUBLISHED
        assert days(series, series_day__gte=date(2026, 11, 18))[:2] == ["12-01", "01-26"]
        assert list(Session.objects.filter(series_day__lt=date(2026, 12, 15)).values()) == before

    def test_what_was_moved_by_itself_stays_where_it_is(self, now, series, facilitator):
        own = publish(on(series, 12, 15))
        moved = _with(own, starts_at=datetime(2026, 12, 16, 12, tzinfo=UTC))
        actions.store_edit(moved, {"starts_at"}, now=now)
        before = Session.objects.filter(pk=own.pk).values().get()
        plan = actions.change_rhythm(series, 4, EFFECTIVE, by=facilitator, now=now)
        assert Session.objects.filter(pk=own.pk).values().get() == before
        assert [one.pk for one in plan.left] == [own.pk]

    def test_what_somebody_cancelled_stays_cancelled(self, now, series, facilitator):
        session = publish(on(series, 12, 29))
        actions.cancel_session(session, reason="A flood", now=now)
        actions.change_rhythm(series, 1, EFFECTIVE, by=facilitator, now=now)
        session.refresh_from_db()
        assert (session.state, session.cancel_reason) == (State.CANCELLED, "A flood")
        assert days(series).count("12-29") == 1

    def test_closed_days_get_no_session(self, now, series, facilitator):
        ClosedDayFactory(first_day=date(2026, 12, 7), last_day=date(2026, 12, 8))
        actions.change_rhythm(series, 1, EFFECTIVE, by=facilitator, now=now)
        assert days(series)[:3] == ["12-01", "12-15", "12-22"]

    def test_a_rhythm_that_there_is_not(self, now, series, facilitator):
        with pytest.raises(ValueError, match="5"):
            actions.change_rhythm(series, 5, EFFECTIVE, by=facilitator, now=now)

    def test_a_day_far_away_leaves_the_dates_before_it(self, now, series, facilitator):
        actions.change_rhythm(series, 4, date(2027, 8, 1), by=facilitator, now=now)
        assert days(series)[-3:] == ["06-29", "07-13", "07-27"]


class TestMoving:
    def test_another_weekday_and_time_moves_each_with_its_answers(self, now, series, facilitator, lead):
        session = publish(on(series, 12, 15))
        AttendanceFactory(session=session, member=lead)
        uid = session.uid
        wanted = changed(series, first_day=date(2026, 12, 3), local_time=time(14, 0))
        change_series(series, wanted, EFFECTIVE, by=facilitator, now=now)
        session.refresh_from_db()
        local = session.starts_at.astimezone(ZoneInfo("Europe/Berlin"))
        assert (f"{local:%m-%d %H:%M}", session.series_day, session.sequence) == ("12-17 14:00", date(2026, 12, 17), 1)
        assert (session.uid, session.state, session.is_exception) == (uid, State.PUBLISHED, False)
        assert session.attendances.get().answer == "going"
        assert "Thursday 17 December, 14:00 (Berlin), so far Tuesday 15 December" in Mail.objects.get().body
        before = state_of_all()
        series.refresh_from_db()
        again = changed(series, first_day=date(2026, 12, 3), local_time=time(14, 0))
        assert change_series(series, again, EFFECTIVE, by=facilitator, now=now + timedelta(hours=1)).is_empty
        assert state_of_all() == before

    def test_another_place_reaches_those_that_have_none_of_their_own(self, now, series, facilitator):
        own = publish(on(series, 12, 15), place="The garden")
        change_series(series, changed(series, place="Room 9"), EFFECTIVE, by=facilitator, now=now)
        places = dict(series.sessions.values_list("series_day", "place"))
        assert (places.pop(own.series_day), set(places.values())) == ("The garden", {"Room 9"})
        assert set(series.sessions.exclude(pk=own.pk).values_list("sequence", flat=True)) == {1}

    def test_a_length_of_its_own_stays(self, now, series, facilitator):
        own = publish(on(series, 12, 15))
        actions.store_edit(_with(own, minutes=120), {"minutes"}, now=now)
        change_series(series, changed(series, minutes=60), EFFECTIVE, by=facilitator, now=now)
        assert set(series.sessions.exclude(pk=own.pk).values_list("minutes", flat=True)) == {60}
        own.refresh_from_db()
        assert (own.minutes, own.ends_at - own.starts_at) == (120, timedelta(hours=2))

    def test_more_seats_move_people_up(self, now, series, facilitator):
        Session.objects.update(capacity=1)
        series.capacity = 1
        series.save()
        session = publish(on(series, 12, 15))
        AttendanceFactory(session=session)
        waiting = AttendanceFactory(session=session, answer="waitlisted", queue_number=1)
        change_series(series, changed(series, capacity=2), EFFECTIVE, by=facilitator, now=now)
        waiting.refresh_from_db()
        assert waiting.answer == "going"

    def test_the_preview_writes_nothing_and_says_what_happens(self, now, series, facilitator):
        publish(on(series, 12, 15))
        before = state_of_all()
        wanted = changed(series, first_day=first_date(series, EFFECTIVE), every_weeks=4)
        plan = plan_change(series, wanted, EFFECTIVE, now=now)
        assert state_of_all() == before
        done = change_series(series, wanted, EFFECTIVE, by=facilitator, now=now, seen=plan.stamp)
        assert (len(plan.kept), len(plan.cancelled), len(plan.removed), plan.stamp) == (7, 1, 5, done.stamp)

    def test_what_was_confirmed_is_what_is_done(self, now, series, facilitator):
        wanted = changed(series, first_day=first_date(series, EFFECTIVE), every_weeks=4)
        stamp = plan_change(series, wanted, EFFECTIVE, now=now).stamp
        publish(on(series, 12, 15))
        before = state_of_all()
        with pytest.raises(PlanChangedError) as error:
            change_series(series, wanted, EFFECTIVE, by=facilitator, now=now, seen=stamp)
        assert ([one.title for one in error.value.plan.cancelled], state_of_all()) == (["Told"], before)


def test_a_day_that_opens_again_gets_its_session_back(now, series, lead):
    session = on(series, 12, 29)
    AttendanceFactory(session=session, member=lead)
    closed = ClosedDayFactory()
    actions.extend_series(now)
    session.refresh_from_db()
    assert (session.state, session.gave_way) == (State.CANCELLED, True)
    closed.delete()
    actions.extend_series(now)
    session.refresh_from_db()
    assert (session.state, session.gave_way, session.sequence) == (State.DATED, False, 2)
    assert sorted(lead.notifications.values_list("kind", flat=True)) == ["session_cancelled", "session_changed"]


def test_restored_by_hand_it_stands_for_itself(now, series, facilitator):
    session = publish(on(series, 12, 15))
    actions.change_rhythm(series, 4, EFFECTIVE, by=facilitator, now=now)
    actions.restore_session(session, now=now)
    actions.change_rhythm(series, 8, EFFECTIVE, by=facilitator, now=now)
    session.refresh_from_db()
    assert (session.state, session.is_exception) == (State.PUBLISHED, True)
