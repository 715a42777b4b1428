"""Dates of a series, and what publishing, cancelling and editing a session does and tells."""

from datetime import UTC, date, datetime, timedelta

import pytest

from members.models import Member
from sessions.actions import (
    NotReadyError,
    cancel_session,
    change_state,
    create_session,
    extend_series,
    generate_sessions,
    publish_session,
    restore_session,
    store_edit,
)
from sessions.answers import answer
from sessions.models import Session
from sessions.topics import Topic
from tests.factories import (
    AttendanceFactory,
    ClosedDayFactory,
    MemberFactory,
    SeriesFactory,
    SessionFactory,
    TopicFactory,
)

State = Session.State
pytestmark = pytest.mark.django_db


def days(series):
    return [f"{day:%m-%d}" for day in series.sessions.order_by("series_day").values_list("series_day", flat=True)]


def kinds(member):
    return list(member.notifications.order_by("pk").values_list("kind", flat=True))


class TestDates:
    def test_a_series_has_its_dates_for_six_months(self, now):
        series = SeriesFactory(every_weeks=4)
        generate_sessions(series, now=now)
        assert days(series) == ["12-01", "12-29", "01-26", "02-23", "03-23", "04-20", "05-18"]

    def test_each_is_a_date_to_be_planned_with_what_the_series_says(self, now):
        series = SeriesFactory(place="Room 3", link="https://meet.example/x", capacity=12, default_format="talk")
        first = generate_sessions(series, now=now)[0]
        first.refresh_from_db()
        assert (first.state, first.title, first.format, first.place) == (State.DATED, "", "talk", "Room 3")
        assert (first.link, first.capacity, first.minutes) == ("https://meet.example/x", 12, 75)
        assert (first.starts_at, first.ends_at) == (
            datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
            datetime(2026, 12, 1, 9, 45, tzinfo=UTC),
        )

    def test_again_changes_nothing_and_later_adds_what_is_missing(self, now):
        series = SeriesFactory()
        uids = {session.uid for session in generate_sessions(series, now=now)}
        assert generate_sessions(series, now=now) == []
        assert [one.series_day for one in generate_sessions(series, now=now + timedelta(days=14))] == [date(2027, 6, 1)]
        assert uids < set(Session.objects.values_list("uid", flat=True))

    def test_closed_days_have_no_date(self, now):
        ClosedDayFactory()
        series = SeriesFactory()
        generate_sessions(series, now=now)
        assert days(series)[:3] == ["12-01", "12-15", "01-12"]

    def test_a_day_closed_afterwards_loses_its_date_unless_it_is_planned(self, now):
        series = SeriesFactory()
        generate_sessions(series, now=now)
        series.sessions.filter(series_day=date(2026, 12, 15)).update(state=State.PUBLISHED)
        ClosedDayFactory(first_day=date(2026, 12, 10))
        extend_series(now)
        assert days(series)[:4] == ["12-01", "12-15", "01-12", "01-26"]

    def test_a_date_that_somebody_answered_is_cancelled_in_sight_of_all(self, now, lead):
        series = SeriesFactory()
        session = generate_sessions(series, now=now)[2]
        answer(session, lead, "going", now=now)
        ClosedDayFactory()
        extend_series(now)
        session.refresh_from_db()
        assert (session.state, session.cancel_reason, session.sequence) == (State.CANCELLED, "Winter break", 1)
        assert kinds(lead) == ["session_cancelled"]

    def test_a_series_that_ends_has_no_dates_after_its_last_day(self, now):
        series = SeriesFactory(ended_on=date(2026, 12, 15))
        extend_series(now)
        assert days(series) == ["12-01", "12-15"]
        SeriesFactory(ended_on=date(2026, 11, 1))
        extend_series(now)
        assert Session.objects.count() == 2

    def test_today_counts_until_it_starts(self, now):
        series = SeriesFactory(anchor=date(2026, 11, 24))  # 09:30 in Berlin, an hour ago
        generate_sessions(series, now=now)
        assert days(series)[0] == "12-08"

    def test_a_time_that_does_not_exist_moves_forward(self):
        series = SeriesFactory(weekday=6, local_time="02:30", every_weeks=1, anchor=date(2027, 3, 28))
        series.refresh_from_db()
        first = generate_sessions(series, now=datetime(2027, 3, 27, 12, 0, tzinfo=UTC))[0]
        assert f"{first.local_start():%H:%M}" == "03:30"


class TestPublishing:
    def test_it_opens_and_is_told_to_all_it_is_meant_for(self, now, lead, aspiring, guest):
        session = publish_session(SessionFactory(state=State.DRAFT), now=now)
        assert session.state == State.PUBLISHED
        assert [kinds(one) for one in (lead, aspiring, guest)] == [["session_announced"], [], []]

    def test_once_is_enough(self, now, lead):
        session = SessionFactory(state=State.DRAFT)
        for _ in range(2):
            publish_session(session, now=now)
        assert kinds(lead) == ["session_announced"]

    @pytest.mark.parametrize(
        ("empty", "missing"), [({"title": " "}, ["title"]), ({"doing": ""}, ["doing"]), ({}, None)]
    )
    def test_it_needs_a_title_and_what_participants_will_do(self, now, empty, missing):
        session = SessionFactory(state=State.DATED, **empty)
        if missing is None:
            assert publish_session(session, now=now).state == State.PUBLISHED
            return
        with pytest.raises(NotReadyError) as error:
            publish_session(session, now=now)
        assert error.value.missing == missing
        session.refresh_from_db()
        assert session.state == State.DATED

    def test_its_topic_is_scheduled_then(self, now):
        session = SessionFactory(state=State.DRAFT, topic=TopicFactory())
        publish_session(session, now=now)
        assert Topic.objects.get().state == Topic.State.SCHEDULED

    def test_what_is_over_is_announced_to_nobody(self, now, lead):
        publish_session(SessionFactory(state=State.DRAFT, starts_at=now - timedelta(days=2)), now=now)
        assert kinds(lead) == []


class TestCancelling:
    @pytest.fixture
    def session(self):
        made = SessionFactory(topic=TopicFactory(state=Topic.State.SCHEDULED))
        for name, given in (("Ann", "going"), ("Bea", "maybe"), ("Cem", "waitlisted"), ("Dan", "no")):
            AttendanceFactory(session=made, member__name=name, answer=given)
        made.leads.add(MemberFactory(name="Eva"))
        return made

    def told(self, kind):
        return sorted(Member.objects.filter(notifications__kind=kind).values_list("name", flat=True))

    def test_it_stays_in_sight_with_its_reason_and_is_told_to_whoever_planned_for_it(self, now, session):
        cancel_session(session, reason=" The room is flooded. ", now=now)
        session.refresh_from_db()
        assert (session.state, session.cancel_reason) == (State.CANCELLED, "The room is flooded.")
        assert (session.sequence, session.changed_at) == (1, now)
        assert self.told("session_cancelled") == ["Ann", "Bea", "Cem", "Eva"]
        assert session.attendances.count() == 4

    def test_twice_is_once(self, now, session):
        for reason in ("One", "Two"):
            cancel_session(session, reason=reason, now=now)
        session.refresh_from_db()
        assert (session.cancel_reason, session.sequence) == ("One", 1)

    def test_its_topic_returns_to_the_list(self, now, session):
        cancel_session(session, reason="x", now=now)
        assert Topic.objects.get().state == Topic.State.OPEN

    def test_unless_another_session_takes_it_up(self, now, session):
        SessionFactory(topic=session.topic)
        cancel_session(session, reason="x", now=now)
        assert Topic.objects.get().state == Topic.State.SCHEDULED

    def test_a_draft_cannot_be_cancelled_for_nobody_knows_it(self, now):
        draft = cancel_session(SessionFactory(state=State.DRAFT), reason="x", now=now)
        assert draft.state == State.DRAFT

    def test_it_can_be_taken_back(self, now, session):
        cancel_session(session, reason="x", now=now)
        restore_session(session, now=now)
        session.refresh_from_db()
        assert (session.state, session.cancel_reason, session.sequence) == (State.PUBLISHED, "", 2)
        assert self.told("session_changed") == ["Ann", "Bea", "Cem", "Eva"]

    def test_a_date_without_a_plan_is_a_date_again(self, now):
        session = SessionFactory(state=State.CANCELLED, title="")
        assert restore_session(session, now=now).state == State.DATED


class TestEditing:
    def edit(self, session, now, **changes):
        session = Session.objects.get(pk=session.pk)
        for name, value in changes.items():
            setattr(session, name, value)
        return store_edit(session, set(changes), now=now)

    def test_what_others_did_meanwhile_stays(self, now):
        session = SessionFactory(title="Old")
        form = Session.objects.get(pk=session.pk)
        cancel_session(session, reason="Ill", now=now)
        Session.objects.update(notes="What we saw")
        form.title, form.place = "New", "Room 2"
        store_edit(form, {"title", "place"}, now=now)
        stored = Session.objects.get()
        found = (stored.title, stored.state, stored.cancel_reason, stored.notes)
        assert found == ("New", State.CANCELLED, "Ill", "What we saw")

    @pytest.mark.parametrize(
        ("change", "sequence"),
        [
            ({"title": "Other words"}, 0),
            ({"summary": "Other words"}, 0),
            ({"capacity": 3}, 0),
            ({"place": "Room 4"}, 1),
            ({"minutes": 60}, 1),
            ({"starts_at": datetime(2026, 11, 27, 14, 0, tzinfo=UTC)}, 1),
        ],
    )
    def test_calendars_hear_of_time_and_place_only(self, now, change, sequence):
        session = SessionFactory()
        uid = session.uid
        self.edit(session, now, **change)
        session.refresh_from_db()
        assert (session.sequence, session.changed_at, session.uid) == (sequence, now, uid)

    def test_whoever_comes_is_told_of_another_time(self, now):
        session = SessionFactory()
        coming, away = (AttendanceFactory(session=session, answer=given).member for given in ("going", "no"))
        self.edit(session, now, starts_at=datetime(2026, 11, 27, 14, 0, tzinfo=UTC))
        assert [kinds(one) for one in (coming, away)] == [["session_changed"], []]
        self.edit(session, now, title="A typo")
        assert len(kinds(coming)) == 1

    def test_moved_by_itself_it_is_an_exception_of_its_series(self, now):
        session = generate_sessions(SeriesFactory(), now=now)[0]
        assert self.edit(session, now, title="Planned").is_exception is False
        assert self.edit(session, now, minutes=60).is_exception is False
        moved = self.edit(session, now, starts_at=session.starts_at + timedelta(hours=1))
        assert moved.is_exception is True

    def test_more_seats_move_people_up(self, now):
        session = SessionFactory(capacity=1)
        AttendanceFactory(session=session)
        waiting = AttendanceFactory(session=session, answer="waitlisted", queue_number=1)
        self.edit(session, now, capacity=2)
        waiting.refresh_from_db()
        assert waiting.answer == "going"

    def test_its_words_are_rendered(self, now):
        session = self.edit(SessionFactory(), now, notes="A *b* <script>")
        assert session.html["notes"] == "<p>A <em>b</em> &lt;script&gt;</p>"

    def test_a_new_one_is_a_draft(self, now):
        session = create_session(SessionFactory.build(state=State.PUBLISHED), now=now)
        assert Session.objects.get().state == session.state == State.DRAFT


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        (State.DRAFT, State.PUBLISHED, State.PUBLISHED),
        (State.DATED, State.PUBLISHED, State.PUBLISHED),
        (State.PUBLISHED, State.CANCELLED, State.CANCELLED),
        (State.CANCELLED, State.PUBLISHED, State.PUBLISHED),
        (State.CANCELLED, State.CANCELLED, State.CANCELLED),
        (State.DATED, State.DATED, State.DATED),
    ],
)
def test_the_state_that_is_wanted(now, before, wanted, after):
    session = SessionFactory(state=before)
    change_state(session, wanted, "A reason", now=now)
    session.refresh_from_db()
    assert session.state == after
