"""The pages on which the dates of a series and the closed days are changed."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from sessions import actions
from sessions.models import ClosedDay, Session
from tests.conftest import NOW
from tests.factories import AttendanceFactory, ClosedDayFactory, SeriesFactory, SessionFactory

State = Session.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
CLOSED = "/sessions/closed-days/"
WANTED = {
    "effective_on": "2026-12-01", "first_day": "2026-12-01", "every_weeks": "4", "local_time": "09:30",
    "minutes": "75", "zone": "Europe/Berlin", "place": "", "link": "", "capacity": "", "default_format": "workshop",
    "name": "Leadership sessions",
}  # fmt: skip


@pytest.fixture
def planner(facilitator, sign_in):
    return sign_in(facilitator)


@pytest.fixture
def series(now):
    made = SeriesFactory()
    actions.generate_sessions(made, now=now)
    Session.objects.filter(series_day=date(2026, 12, 15)).update(state=State.PUBLISHED, title="Told", doing="x")
    return made


def address(series):
    return f"{series.get_absolute_url()}edit/"


def everything():
    return list(Session.objects.order_by("pk").values())


class TestChange:
    def test_it_opens_with_what_the_series_says(self, planner, series):
        form = planner.get(address(series)).context["form"]
        shown = {name: form[name].value() for name in ("effective_on", "first_day", "every_weeks", "minutes")}
        assert shown == {
            "effective_on": "2026-12-01", "first_day": date(2026, 12, 1), "every_weeks": 2, "minutes": 75,
        }  # fmt: skip

    def test_first_one_sees_what_would_happen_and_nothing_does(self, planner, series):
        before = everything()
        response = planner.get(address(series), WANTED)
        page = response.content.decode()
        assert (response.status_code, everything()) == (200, before)
        assert "Every four weeks on Tuesday at 09:30 (Berlin)" in page
        assert [line["session"].shown_title for line in response.context["cancelled"]] == ["Told"]
        counts = {name: len(response.context[name]) for name in ("kept", "moved", "removed", "new", "left", "back")}
        assert counts == {"kept": 7, "moved": 0, "removed": 5, "new": 0, "left": 0, "back": 0}
        part = planner.get(address(series), WANTED, headers={"HX-Request": "true"}).content.decode()
        assert ("<html" in part, "This would happen" in part) == (False, True)

    def test_a_form_that_is_sent_without_a_preview_shows_one(self, planner, series):
        before = everything()
        assert "This would happen" in planner.post(address(series), WANTED).content.decode()
        assert everything() == before

    def test_confirmed_it_is_done_and_told(self, planner, series, lead):
        told = Session.objects.get(title="Told")
        AttendanceFactory(session=told, member=lead)
        stamp = planner.get(address(series), WANTED).context["stamp"]
        response = planner.post(address(series), {**WANTED, "seen": stamp})
        assert (response.status_code, response.headers["Location"]) == (302, series.get_absolute_url())
        told.refresh_from_db()
        series.refresh_from_db()
        assert (told.state, series.every_weeks, lead.notifications.count()) == (State.CANCELLED, 4, 1)

    @pytest.mark.parametrize("seen", ["x", "0" * 32])
    def test_another_preview_than_the_present_one_is_shown_once_more(self, planner, series, seen):
        before = everything()
        response = planner.post(address(series), {**WANTED, "seen": seen})
        assert (response.status_code, everything()) == (422, before)
        assert "Something changed meanwhile." in response.content.decode()

    def test_a_time_that_the_clocks_leave_out_says_so(self, planner, series):
        wanted = {**WANTED, "first_day": "2026-12-06", "every_weeks": "2", "local_time": "02:30"}
        with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=NOW.tzinfo), tick=False):
            page = planner.get(address(series), wanted).content.decode()
        assert "On Sunday 28 March 2027 02:30 does not exist: the clocks go forward, and we start later." in page

    @pytest.mark.parametrize(
        "wrong",
        [
            {"effective_on": "2026-12-02"}, {"effective_on": "x"}, {"first_day": "2027-12-01"}, {"first_day": "x"},
            {"first_day": "2026-11-01"}, {"every_weeks": "5"}, {"every_weeks": "0"}, {"minutes": "0"},
            {"local_time": "25:00"}, {"zone": "Mars/Olympus"}, {"capacity": "-1"}, {"link": "javascript:x"},
            {"default_format": "x"}, {"name": "\0"}, {"place": "x" * 121},
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_422(self, planner, series, wrong):
        before = everything()
        for send in (planner.get, planner.post):
            assert send(address(series), {**WANTED, **wrong}).status_code == 422
        assert everything() == before

    def test_a_series_that_there_is_not(self, planner):
        assert planner.get("/sessions/series/999999/edit/").status_code == 404

    def test_those_who_facilitate_find_the_way(self, planner, client, series):
        for one, found in ((planner, True), (client, False)):
            assert (f'href="{address(series)}"' in one.get(series.get_absolute_url()).content.decode()) is found


class TestClosedDays:
    def close(self, planner, **changes):
        data = {"first_day": "2026-12-14", "last_day": "2026-12-18", "reason": "Company week", **changes}
        return planner.post(CLOSED, data)

    def test_dates_without_a_plan_make_way_and_the_calendar_shows_why(self, planner, series, client):
        Session.objects.filter(series_day=date(2026, 12, 29)).update(title="")
        response = self.close(planner, first_day="2026-12-28", last_day="2026-12-31")
        assert response.headers["Location"] == CLOSED
        assert not Session.objects.filter(series_day=date(2026, 12, 29)).exists()
        month = client.get("/sessions/?view=month&month=2026-12").content.decode()
        agenda = client.get("/sessions/").content.decode()
        assert ("Company week" in month, "Company week" in agenda) == (True, True)
        assert "28 December – 31 December: Company week" in planner.get(CLOSED).content.decode()

    def test_a_single_day_is_its_own_last_one(self, planner):
        self.close(planner, last_day="")
        assert ClosedDay.objects.values_list("first_day", "last_day", "reason").get() == (
            date(2026, 12, 14), date(2026, 12, 14), "Company week",
        )  # fmt: skip

    def test_what_is_planned_on_it_stays_and_is_named(self, planner, series):
        self.close(planner)
        page = planner.get(CLOSED).content.decode()
        assert "“Told” on 15 December is planned already and stays." in page
        assert Session.objects.get(title="Told").state == State.PUBLISHED

    def test_sent_twice_it_is_one(self, planner):
        for _ in range(2):
            self.close(planner, key="3f1a2b9c-2d6f-4a53-9a43-2f8f9d1f0a11")
        assert ClosedDay.objects.count() == 1

    def test_opened_again_the_dates_are_back(self, planner, series):
        self.close(planner, first_day="2026-12-28", last_day="2026-12-31")
        closed = ClosedDay.objects.get()
        planner.post(f"{CLOSED}{closed.pk}/", {"open": "1"})
        assert ClosedDay.objects.count() == 0
        assert Session.objects.filter(series_day=date(2026, 12, 29), state=State.DATED).count() == 1

    def test_it_is_edited(self, planner):
        closed = ClosedDayFactory()
        data = {"first_day": "2026-12-21", "last_day": "2026-12-22", "reason": "Short break"}
        assert planner.post(f"{CLOSED}{closed.pk}/", data).status_code == 302
        closed.refresh_from_db()
        assert (closed.last_day, closed.reason) == (date(2026, 12, 22), "Short break")

    @pytest.mark.parametrize(
        "wrong",
        [{"first_day": ""}, {"first_day": "x"}, {"last_day": "2026-12-13"}, {"last_day": "2028-12-13"},
         {"reason": ""}, {"reason": "\0"}, {"reason": "x" * 121}],
    )  # fmt: skip
    def test_what_is_wrong_is_422(self, planner, wrong):
        assert (self.close(planner, **wrong).status_code, ClosedDay.objects.count()) == (422, 0)

    def test_past_ones_are_not_listed(self, planner):
        ClosedDayFactory(first_day=NOW.date() - timedelta(days=9), last_day=NOW.date() - timedelta(days=1))
        assert planner.get(CLOSED).context["rows"] == []

    def test_only_those_who_facilitate(self, client, guest, sign_in):
        closed = ClosedDayFactory()
        for url in (CLOSED, f"{CLOSED}{closed.pk}/"):
            assert (client.post(url, {"open": "1"}).status_code, sign_in(guest).post(url).status_code) == (403, 404)
        assert ClosedDay.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3, 5, 50])
def test_the_number_of_queries_of_the_preview(planner, series, count, django_assert_num_queries):
    for number in range(count):
        day = date(2026, 12, 2) + timedelta(weeks=number)  # none of them is a date of the rule: all of them go
        SessionFactory(series=series, series_day=day, starts_at=NOW + timedelta(weeks=2 + number), state=State.DATED)
    with django_assert_num_queries(11):
        planner.get(address(series), {**WANTED, "every_weeks": "2"})
