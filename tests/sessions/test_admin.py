"""The admin site: the rules of publishing hold there too, and topics are sorted in the list."""

from datetime import UTC, date, datetime
from typing import ClassVar

import pytest

from sessions.models import AgendaTemplate, ClosedDay, Series, Session
from sessions.topics import Topic
from tests.conftest import NOW
from tests.factories import (
    AttendanceFactory,
    ClosedDayFactory,
    MemberFactory,
    SeriesFactory,
    SessionFactory,
    TopicFactory,
    VoteFactory,
)

BASE = "/admin/cop_sessions"
State = Session.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


@pytest.fixture
def client(admin, sign_in):
    return sign_in(admin)


def empty_formsets(*prefixes):
    return {f"{prefix}-{name}": "0" for prefix in prefixes for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


def fields_of(session=None, **changes):
    """What the form of a session sends, with `changes`."""
    local = session.local_start() if session else datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
    return {
        "title": session.title if session else "New",
        "format": "workshop",
        "doing": session.doing if session else "Try it",
        "day": f"{local:%Y-%m-%d}",
        "local_time": f"{local:%H:%M}",
        "minutes": "75",
        "zone": "Europe/Berlin",
        "audience": "members",
        "state": session.state if session else "draft",
        **empty_formsets("agenda", "session_materials"),
        **changes,
    }


def errors(response):
    return dict(response.context["adminform"].form.errors.items())


def add(client, **changes):
    return client.post(f"{BASE}/session/add/", fields_of(**changes))


def edit(client, session, **changes):
    return client.post(f"{BASE}/session/{session.pk}/change/", fields_of(session, **changes))


class TestSessions:
    def test_a_new_one_is_a_draft_on_the_clock_of_its_zone(self, client, lead):
        assert add(client).status_code == 302
        session = Session.objects.get()
        assert (session.state, session.starts_at) == (State.DRAFT, datetime(2026, 12, 1, 14, 0, tzinfo=UTC))
        assert lead.notifications.count() == 0

    def test_a_new_one_can_be_published_at_once_and_is_told(self, client, lead):
        add(client, state="published", leads=[str(lead.pk)])
        session = Session.objects.get()
        assert (session.state, list(session.leads.all())) == (State.PUBLISHED, [lead])
        assert list(lead.notifications.values_list("kind", flat=True)) == ["session_announced"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"state": "published", "doing": " "}, "doing"),
            ({"state": "published", "title": ""}, "title"),
            ({"state": "cancelled", "cancel_reason": "x"}, "state"),
            ({"state": "dated"}, "state"),
            ({"day": "2027-03-28", "local_time": "02:30"}, "local_time"),
            ({"day": "0001-01-01", "local_time": "00:00"}, "day"),
            ({"minutes": "0"}, "minutes"),
            ({"zone": "Mars/Base"}, "zone"),
            ({"link": "javascript:alert(1)"}, "link"),
            ({"capacity": "0"}, "capacity"),
        ],
    )
    def test_what_does_not_fit_is_said_beside_its_field(self, client, changes, field):
        response = add(client, **changes)
        assert (list(errors(response)), Session.objects.count()) == ([field], 0)

    def test_a_time_that_does_not_exist_is_said_in_words(self, client):
        response = add(client, day="2027-03-28", local_time="02:30")
        assert errors(response) == {"local_time": ["02:30 does not exist on that day in Europe/Berlin."]}

    @pytest.mark.parametrize("state", [State.PUBLISHED, State.DATED])
    def test_cancelling_needs_a_reason_and_is_told(self, client, state):
        session = SessionFactory(state=state)
        member = AttendanceFactory(session=session).member
        assert list(errors(edit(client, session, state="cancelled"))) == ["cancel_reason"]
        edit(client, session, state="cancelled", cancel_reason="A flood")
        session.refresh_from_db()
        assert (session.state, session.cancel_reason, session.sequence) == (State.CANCELLED, "A flood", 1)
        assert list(member.notifications.values_list("kind", flat=True)) == ["session_cancelled"]

    def test_a_published_one_is_never_a_draft_again(self, client):
        assert list(errors(edit(client, SessionFactory(), state="draft"))) == ["state"]

    def test_it_can_be_taken_up_again(self, client):
        session = SessionFactory(state=State.CANCELLED, cancel_reason="A flood")
        edit(client, session, state="published", cancel_reason="A flood")
        session.refresh_from_db()
        assert (session.state, session.cancel_reason) == (State.PUBLISHED, "")

    def test_moving_it_raises_the_sequence_and_a_typo_does_not(self, client):
        session = SessionFactory()
        edit(client, session, title="A typo")
        session.refresh_from_db()
        assert (session.sequence, session.title, session.changed_at) == (0, "A typo", NOW)
        edit(client, session, local_time="16:00")
        session.refresh_from_db()
        assert (session.sequence, session.starts_at.hour) == (1, 15)

    def test_more_seats_move_people_up(self, client):
        session = SessionFactory(capacity=1)
        AttendanceFactory(session=session)
        waiting = AttendanceFactory(session=session, answer="waitlisted", queue_number=1)
        edit(client, session, capacity="2")
        waiting.refresh_from_db()
        assert waiting.answer == "going"

    def test_who_leads_it_frees_a_seat(self, client):
        session = SessionFactory(capacity=1)
        going = AttendanceFactory(session=session)
        waiting = AttendanceFactory(session=session, answer="waitlisted", queue_number=1)
        edit(client, session, capacity="1", leads=[str(going.member.pk)])
        waiting.refresh_from_db()
        assert waiting.answer == "going"

    def test_its_agenda_is_edited_beside_it(self, client):
        session = SessionFactory()
        block = {
            "agenda-TOTAL_FORMS": "1",
            "agenda-0-position": "0",
            "agenda-0-minutes": "5",
            "agenda-0-title": "Hello",
        }
        edit(client, session, **block)
        assert list(session.agenda.values_list("minutes", "title")) == [(5, "Hello")]

    def test_notes_for_those_who_were_there_are_not_for_admins(self, client):
        session = SessionFactory(notes="Said here", notes_for_present=True)
        assert "Said here" not in client.get(f"{BASE}/session/{session.pk}/change/").content.decode()
        edit(client, session, notes_for_present="on", notes="Mine")
        session.refresh_from_db()
        assert session.notes == "Said here"

    @pytest.mark.parametrize(
        ("state", "status", "left"), [(State.DRAFT, 302, 0), (State.PUBLISHED, 403, 1), (State.CANCELLED, 403, 1)]
    )
    def test_only_drafts_are_deleted(self, client, state, status, left):
        session = SessionFactory(state=state)
        response = client.post(f"{BASE}/session/{session.pk}/delete/", {"post": "yes"})
        assert (response.status_code, Session.objects.count()) == (status, left)


class TestTopics:
    def sort(self, client, topic, **changes):
        row = {"form-0-id": topic.pk, "form-0-state": topic.state, "form-0-set_aside_reason": "", **changes}
        return client.post(f"{BASE}/topic/", {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "_save": "x", **row})

    def test_are_found_by_words_state_and_format(self, client):
        for title, state, kind in (("Saying no", "open", "talk"), ("Leading", "covered", "workshop")):
            TopicFactory(title=title, state=state, format=kind)
        found = [
            [topic.title for topic in client.get(f"{BASE}/topic/", query).context["cl"].queryset]
            for query in ({"q": "saying"}, {"state__exact": "covered"}, {"format__exact": "talk"})
        ]
        assert found == [["Saying no"], ["Leading"], ["Saying no"]]

    def test_their_state_is_edited_in_the_list(self, client):
        topic = TopicFactory()
        assert self.sort(client, topic, **{"form-0-state": "covered"}).status_code == 302
        topic.refresh_from_db()
        assert topic.state == Topic.State.COVERED

    def test_one_is_set_aside_with_a_reason(self, client):
        topic = TopicFactory()
        response = self.sort(client, topic, **{"form-0-state": "set_aside"})
        assert response.context["cl"].formset.errors == [{"set_aside_reason": ["Say why it is set aside."]}]
        self.sort(client, topic, **{"form-0-state": "set_aside", "form-0-set_aside_reason": "Later"})
        topic.refresh_from_db()
        assert (topic.state, topic.set_aside_reason) == (Topic.State.SET_ASIDE, "Later")

    @pytest.mark.parametrize("count", [1, 20])
    def test_the_list_has_a_fixed_number_of_queries(self, client, count, django_assert_max_num_queries):
        for _ in range(count):
            VoteFactory(topic__proposed_by=MemberFactory())
        with django_assert_max_num_queries(9):
            assert client.get(f"{BASE}/topic/").status_code == 200


class TestSeries:
    RULE: ClassVar = {"name": "Mornings", "every_weeks": "2", "weekday": "1", "local_time": "09:30", "minutes": "75",
                  "zone": "Europe/Berlin", "anchor": "2026-12-01", "default_format": "workshop"}  # fmt: skip

    def test_a_new_one_has_its_dates_at_once(self, client):
        client.post(f"{BASE}/series/add/", self.RULE)
        assert Series.objects.get().sessions.filter(state=State.DATED).count() == 13

    def test_the_rule_of_one_that_has_dates_is_not_changed_here(self, client):
        series = SeriesFactory()
        client.post(f"{BASE}/series/{series.pk}/change/", {**self.RULE, "weekday": "3"})
        series.refresh_from_db()
        assert (series.name, series.weekday) == ("Mornings", 1)

    def test_a_closed_day_takes_its_date_away_and_gives_it_back(self, client):
        client.post(f"{BASE}/series/add/", self.RULE)
        day = {"first_day": "2026-12-15", "last_day": "2026-12-15", "reason": "Away"}
        client.post(f"{BASE}/closedday/add/", day)
        days = Session.objects.filter(series_day=date(2026, 12, 15))
        assert days.count() == 0
        client.post(f"{BASE}/closedday/{ClosedDay.objects.get().pk}/delete/", {"post": "yes"})
        assert days.count() == 1

    def test_a_range_back_to_front_is_said(self, client):
        response = client.post(
            f"{BASE}/closedday/add/", {"first_day": "2026-12-15", "last_day": "2026-12-14", "reason": "Away"}
        )
        assert errors(response) == {"last_day": ["The last day comes before the first one."]}

    def test_several_closed_days_are_deleted_at_once(self, client):
        chosen = [day.pk for day in (ClosedDayFactory(), ClosedDayFactory())]
        client.post(f"{BASE}/closedday/", {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
        assert ClosedDay.objects.count() == 0


class TestTemplates:
    def save(self, client, *minutes):
        steps = {f"steps-{n}-{name}": value for n, m in enumerate(minutes)
                 for name, value in (("position", n), ("minutes", m), ("title", "x"))}  # fmt: skip
        head = {"format": "talk", "minutes": "60", "people_from": "2", "people_to": "30"}
        formset = {"steps-TOTAL_FORMS": len(minutes), "steps-INITIAL_FORMS": "0"}
        return client.post(f"{BASE}/agendatemplate/add/", {**head, **formset, **steps})

    def test_its_blocks_take_its_minutes(self, client):
        response = self.save(client, 20, 30)
        assert AgendaTemplate.objects.count() == 0
        assert "These blocks take 50 minutes, the template 60." in response.content.decode()
        assert self.save(client, 20, 40).status_code == 302
        assert list(AgendaTemplate.objects.get().steps.values_list("minutes", flat=True)) == [20, 40]


@pytest.mark.parametrize("name", ["topic", "series", "closedday", "session", "agendatemplate"])
def test_every_list_and_form_opens(client, name):
    SessionFactory(series=SeriesFactory(), topic=TopicFactory())
    ClosedDayFactory()
    assert [client.get(f"{BASE}/{name}/{page}").status_code for page in ("", "add/")] == [200, 200]
