"""The calendar: what comes as an agenda, the whole month, what was; each in a fixed number of queries."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from members.models import Member
from sessions.models import Session
from sessions.month import month_of
from tests.factories import (
    AttendanceFactory,
    ClosedDayFactory,
    MemberFactory,
    SeriesFactory,
    SessionFactory,
    TopicFactory,
    VoteFactory,
)

URL = "/sessions/"
State = Session.State
BERLIN = ZoneInfo("Europe/Berlin")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def at(day, hour=14, month=11, year=2026):
    return datetime(year, month, day, hour, 0, tzinfo=UTC)


def titles(response):
    items = [*response.context["items"], *response.context["later"]]
    return [getattr(item, "reason", None) or item.session.shown_title for item in items]


def shown(response):
    return [(day.iso, [event.title for event in day.events]) for day in response.context["month"].days if day.events]


class TestAgenda:
    def test_lists_what_comes_soonest_first(self, client, now):
        for title, starts_at in (("Later", at(30)), ("Past", at(20)), ("Soon", at(26)), ("Now", now)):
            SessionFactory(title=title, starts_at=starts_at)
        assert titles(client.get(URL)) == ["Now", "Soon", "Later"]

    def test_shows_cancelled_sessions_and_dates_to_be_planned_and_no_drafts(self, client):
        SessionFactory(title="Off", state=State.CANCELLED, cancel_reason="A flood")
        SessionFactory(title="", state=State.DATED, starts_at=at(27))
        SessionFactory(title="Secret", state=State.DRAFT)
        response = client.get(URL)
        assert titles(response) == ["Off", "To be planned"]
        page = response.content.decode()
        assert ("Cancelled" in page, "A flood" in page, "Secret" in page) == (True, True, False)

    def test_facilitators_and_leads_see_drafts(self, facilitator, lead, sign_in):
        SessionFactory(title="Secret", state=State.DRAFT).leads.add(lead)
        assert [titles(sign_in(one).get(URL)) for one in (facilitator, lead)] == [["Secret"], ["Secret"]]

    def test_aspiring_do_not_see_what_is_for_leads_unless_they_lead_it(self, aspiring, sign_in):
        SessionFactory(title="Leads", audience=Session.Audience.LEADS)
        SessionFactory(title="Own", audience=Session.Audience.LEADS).leads.add(aspiring)
        SessionFactory(title="All")
        assert titles(sign_in(aspiring).get(URL)) == ["Own", "All"]

    def test_a_row_says_when_who_leads_it_and_how_many_come(self, client):
        session = SessionFactory(capacity=20)
        session.leads.add(MemberFactory(name="Ines"), MemberFactory(name="Aiko"))
        AttendanceFactory(session=session)
        (row,) = client.get(URL).context["items"]
        assert (row.when.weekday, row.when.day, row.when.month, row.when.time) == ("Thu", 26, "Nov", "15:00")
        assert (row.when.distance, row.led_by, row.given.seats) == (
            "in 2 days", "led by Aiko and Ines", "1 of 20 seats",
        )  # fmt: skip

    def test_times_are_those_of_the_reader(self, lead, client):
        Member.objects.filter(pk=lead.pk).update(time_zone="Pacific/Auckland")
        SessionFactory()
        (row,) = client.get(URL).context["items"]
        assert (row.when.weekday, row.when.day, row.when.time) == ("Fri", 27, "03:00")

    @pytest.mark.parametrize(
        ("answer", "labels"),
        [
            (None, ["Going", "Maybe", "Can’t"]),
            ("going", ["*Going", "Maybe", "Can’t"]),
            ("waitlisted", ["*Waiting", "Maybe", "Can’t"]),
            ("no", ["Going", "Maybe", "*Can’t"]),
        ],
    )
    def test_a_row_shows_the_readers_own_answer(self, client, lead, answer, labels):
        session = SessionFactory()
        AttendanceFactory(session=session, answer="maybe")
        if answer:
            AttendanceFactory(session=session, member=lead, answer=answer)
        choices = client.get(URL).context["items"][0].given.choices
        assert ["*" * choice.is_given + choice.label for choice in choices] == labels

    def test_a_full_session_offers_the_waitlist(self, client):
        AttendanceFactory(session=SessionFactory(capacity=1))
        assert client.get(URL).context["items"][0].given.choices[0].label == "Waitlist"

    def test_filters_by_format_and_topic(self, client):
        topic = TopicFactory()
        SessionFactory(title="Talk", format="talk")
        SessionFactory(title="Clinic", format="case-clinic", topic=topic)
        assert titles(client.get(URL, {"format": "talk"})) == ["Talk"]
        assert titles(client.get(URL, {"topic": topic.pk})) == ["Clinic"]
        assert titles(client.get(URL, {"topic": topic.pk, "format": "talk"})) == []

    def test_dates_that_fall_on_closed_days_stand_where_they_would_have_been(self, client):
        SeriesFactory()
        ClosedDayFactory()
        for day, month, year in ((1, 12, 2026), (12, 1, 2027)):
            SessionFactory(title=f"{day}.{month}.", starts_at=at(day, 9, month, year))
        assert titles(client.get(URL)) == ["1.12.", "Winter break", "12.1."]

    def test_so_do_those_before_the_first_session(self, client):
        SeriesFactory()
        ClosedDayFactory(first_day=date(2026, 11, 30), last_day=date(2026, 12, 2), reason="Company week")
        SessionFactory(title="Later", starts_at=at(15, 9, 12))
        assert titles(client.get(URL)) == ["Company week", "Later"]

    def test_the_far_dates_without_a_plan_are_folded_away(self, client, now):
        SessionFactory(title="Planned")
        for week in range(1, 8):
            SessionFactory(title="", state=State.DATED, starts_at=at(26) + timedelta(weeks=week))
        context = client.get(URL).context
        assert (len(context["items"]), len(context["later"])) == (4, 4)

    def test_the_small_month_links_the_days_of_sessions(self, client):
        session, other = SessionFactory(title="One"), SessionFactory(title="Two", starts_at=at(30, 8))
        SessionFactory(title="Three", starts_at=at(30, 15))
        page = client.get(URL).content.decode()
        assert f'href="{session.get_absolute_url()}" title="26 November: One"' in page
        assert 'href="/sessions/?view=month&amp;month=2026-11#day-2026-11-30" title="30 November: Two, Three"' in page
        assert other.get_absolute_url() in page

    def test_another_small_month_leaves_the_agenda_alone(self, client):
        SessionFactory(title="Here")
        SessionFactory(title="Then", starts_at=at(3, month=2, year=2027))
        response = client.get(URL, {"month": "2027-02"})
        assert (titles(response), shown(response)) == (["Here", "Then"], [("2027-02-03", ["Then"])])

    def test_the_most_wanted_topics_stand_beside_it(self, client, lead):
        wanted = TopicFactory(title="Wanted")
        VoteFactory(topic=wanted, member=lead)
        TopicFactory(title="Covered", state="covered")
        context = client.get(URL).context
        assert [(topic.title, topic.vote_count, topic.voted) for topic in context["topics"]] == [("Wanted", 1, True)]
        assert context["votes_left"] == 2

    def test_a_fragment_is_the_calendar_alone(self, client):
        SessionFactory(title="Soon")
        response = client.get(URL, {"format": "workshop"}, headers={"HX-Request": "true"})
        page = response.content.decode()
        assert page.lstrip().startswith('<div id="calendar"')
        assert ("Soon" in page, "<html" in page) == (True, False)

    def test_an_empty_calendar_offers_a_first_step(self, client):
        page = client.get(URL).content.decode()
        assert "The first session is being planned" in page
        assert "Nothing of this kind is planned" in client.get(URL, {"format": "talk"}).content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            {"month": "2026-13"}, {"month": "26-11"}, {"month": "1999-12"}, {"month": "9999-12"}, {"month": "٢٠٢٦-١١"},
            {"view": "week"}, {"format": "party"}, {"topic": "x"}, {"topic": "9" * 30}, {"topic": "\0"},
            {"month": "\0"}, {"topic": ["1", "2"]}, {"month": ["2026-11", "2026-13"]},
        ],
    )  # fmt: skip
    def test_an_address_that_makes_no_sense_is_422_with_the_calendar(self, client, query):
        SessionFactory(title="Soon")
        response = client.get(URL, query)
        assert (response.status_code, titles(response)) == (422, ["Soon"])

    @pytest.mark.parametrize("page", ["0", "-1", "x", "999", "9" * 40])
    def test_any_page_number_gives_a_page(self, client, page):
        SessionFactory(title="Soon")
        assert titles(client.get(URL, {"page": page})) == ["Soon"]


class TestMonth:
    def month(self, client, **query):
        return client.get(URL, {"view": "month", **query})

    def test_the_weeks_begin_on_monday_and_are_whole(self, client):
        days = self.month(client).context["month"].days
        assert (days[0].iso, days[-1].iso, len(days)) == ("2026-10-26", "2026-12-06", 42)
        assert [day.iso for day in days if day.is_today] == ["2026-11-24"]
        assert [day.number for day in days if not day.is_out] == list(range(1, 31))

    def test_shows_past_and_cancelled_sessions_and_those_of_the_days_around(self, client):
        SessionFactory(title="Past", starts_at=at(3))
        SessionFactory(title="Before", starts_at=at(26, month=10))
        SessionFactory(title="Off", state=State.CANCELLED)
        SessionFactory(title="After", starts_at=at(7, month=12))
        response = self.month(client)
        assert shown(response) == [("2026-10-26", ["Before"]), ("2026-11-03", ["Past"]), ("2026-11-26", ["Off"])]
        assert '<a class="event workshop cancelled"' in response.content.decode()

    def test_a_date_that_went_by_unplanned_is_left_out(self, client):
        SessionFactory(title="", state=State.DATED, starts_at=at(10))
        SessionFactory(title="", state=State.DATED, starts_at=at(25))
        assert shown(self.month(client)) == [("2026-11-25", ["To be planned"])]

    def test_days_are_those_of_the_reader(self, client, lead):
        SessionFactory(title="Night", starts_at=at(30, 23))
        assert shown(self.month(client, month="2026-11")) == [("2026-12-01", ["Night"])]
        Member.objects.filter(pk=lead.pk).update(time_zone="America/New_York")
        assert shown(self.month(client)) == [("2026-11-30", ["Night"])]

    def test_closed_days_carry_their_reason(self, client):
        ClosedDayFactory(first_day=date(2026, 11, 29), last_day=date(2027, 1, 3))
        response = self.month(client)
        assert [day.iso for day in response.context["month"].days if day.closed == "Winter break"] == [
            f"2026-{day}" for day in ("11-29", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-06")
        ]
        assert response.context["closed"] == ["29 November – 6 December: Winter break"]

    def test_leads_to_the_months_around_and_back(self, client):
        context = self.month(client, month="2027-01", format="talk").context
        assert (context["previous"], context["next"], context["this_month"], context["to_agenda"]) == (
            "/sessions/?view=month&month=2026-12&format=talk",
            "/sessions/?view=month&month=2027-02&format=talk",
            "/sessions/?view=month&format=talk",
            "/sessions/?month=2027-01&format=talk",
        )
        assert self.month(client).context["this_month"] == ""

    def test_ends_at_the_ends_of_time(self, client):
        assert self.month(client, month="2000-01").context["previous"] == "/sessions/?view=month&month=1999-12"[:0]
        assert self.month(client, month="2199-12").context["next"] == ""

    @pytest.mark.parametrize("zone", ["Pacific/Apia", "Pacific/Kiritimati", "America/Sao_Paulo", "Asia/Kolkata"])
    def test_every_month_has_its_days_in_every_zone(self, db, now, zone):
        for first in (date(2011, 12, 1), date(2000, 1, 1), date(2024, 2, 1), date(2018, 11, 1)):
            month = month_of(Session.objects.all(), first, zone=ZoneInfo(zone), now=now)
            assert next(day.day for day in month.days if not day.is_out) == first
            assert (month.days[0].day.weekday(), len(month.days) % 7) == (0, 0)

    @pytest.mark.parametrize("weekday", [0, 5, 6])
    def test_weeks_begin_on_the_day_that_the_reader_chose(self, client, lead, weekday):
        Member.objects.filter(pk=lead.pk).update(week_starts_on=weekday)
        month = self.month(client, month="2026-11").context["month"]
        names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        assert month.weekdays == names[weekday:] + names[:weekday]
        assert (month.days[0].day.weekday(), len(month.days) % 7) == (weekday, 0)
        inside = [day.day.day for day in month.days if not day.is_out]
        assert inside == list(range(1, 31))
        assert len(month.days) - len(inside) < 14


class TestPast:
    def rows(self, response):
        return [row.session.title for row in response.context["rows"]]

    def test_lists_what_was_newest_first_without_drafts_and_unplanned_dates(self, client, now):
        for title, day, state in (
            ("Old", 3, "published"),
            ("New", 20, "published"),
            ("Off", 10, "cancelled"),
            ("Draft", 4, "draft"),
            ("", 5, "dated"),
            ("Soon", 26, "published"),
        ):
            SessionFactory(title=title, starts_at=at(day), state=state)
        assert self.rows(client.get("/sessions/past/")) == ["New", "Off", "Old"]

    def test_only_oneself_sees_that_one_was_there(self, client, lead):
        mine, others = SessionFactory(starts_at=at(3)), SessionFactory(starts_at=at(2))
        AttendanceFactory(session=mine, member=lead, came=True)
        AttendanceFactory(session=others, came=True)
        assert [row.came for row in client.get("/sessions/past/").context["rows"]] == [True, False]

    def test_comes_in_pages(self, client):
        for day in range(1, 23):
            SessionFactory(title=f"{day}", starts_at=at(day))
        assert self.rows(client.get("/sessions/past/?page=2")) == ["2", "1"]


class TestSeries:
    def test_says_its_rule_and_its_next_dates(self, client):
        series = SeriesFactory(name="Mornings")
        SessionFactory(title="First", series=series, series_day=date(2026, 12, 1), starts_at=at(1, 8, 12))
        SessionFactory(title="Elsewhere")
        response = client.get(series.get_absolute_url())
        assert titles(response) == ["First"]
        assert "Every two weeks on Tuesday at 09:30 (Berlin), 75 minutes." in response.content.decode()

    def test_its_old_address_leads_to_the_new_one(self, client):
        series = SeriesFactory(name="Mornings")
        response = client.get(f"/sessions/series/{series.pk}-evenings/")
        assert (response.status_code, response.headers["Location"]) == (301, series.get_absolute_url())
        assert client.get("/sessions/series/999999/").status_code == 404


def many(count):
    """As much as there is to see: people, leads, closed days, topics with votes, each `count` times."""
    series = SeriesFactory()
    for number in range(count):
        day = timedelta(hours=number)
        for start, state in ((26, State.PUBLISHED), (3, State.PUBLISHED), (10, State.CANCELLED), (28, State.DATED)):
            made = SessionFactory(starts_at=at(start) + day, state=state, topic=TopicFactory(), series=series)
            made.leads.add(MemberFactory())
            AttendanceFactory(session=made, came=True)
        ClosedDayFactory(first_day=date(2026, 11, 29), reason=f"Reason {number}")
        VoteFactory()
    return series


@pytest.mark.parametrize("count", [1, 3, 5, 50])
@pytest.mark.parametrize(
    ("url", "queries"),
    [
        # Two of each to know who asks, one for the community's name and stage.
        ("/sessions/", 11),  # count, sessions, leads; series, closed days; month; topics, votes left
        ("/sessions/?view=month", 4),  # sessions and closed days in one
        ("/sessions/past/", 6),  # count, sessions, leads
        ("series", 9),  # series, sessions, leads; the standing yes; closed days for the gaps, and as they are
    ],
)
def test_the_number_of_queries_is_fixed(client, count, url, queries, django_assert_num_queries):
    series = many(count)
    with django_assert_num_queries(queries):
        assert client.get(series.get_absolute_url() if url == "series" else url).status_code == 200
