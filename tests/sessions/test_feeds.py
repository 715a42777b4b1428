"""Addresses for calendars: the page, what they read, when it changes, and who reads nothing."""

import logging
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import recurring_ical_events
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from icalendar import Calendar

from cop_portal.logs import LineFormatter
from members.models import Community, Member
from sessions import actions
from sessions.answers import answer
from sessions.feeds import CalendarFeed, MailCalendar, hash_of
from sessions.models import Session
from sessions.subscriptions import MOST_FEEDS, add_feed, revoke_feed
from tests.factories import AttendanceFactory, MemberFactory, SeriesFactory, SessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
PAGE = "/members/me/feeds/"
GOING, WAITLISTED = "going", "waitlisted"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def token(lead, now):
    return add_feed(lead, "phone", now=now)[1]


def read(token, which="all", **headers):
    return Client().get(f"/calendar/{token}/{which}.ics", headers=headers)


def events(response):
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(response.content).events}


def titles(response):
    return sorted(events(response))


class TestThePage:
    def test_a_new_address_is_shown_once_and_stored_hashed(self, client, lead):
        page = client.post(PAGE, {"name": " phone\u200b ", "key": ""})
        token = page.context["new"].token
        assert (page.status_code, len(token)) == (200, 43)  # 32 bytes
        assert f"{settings.SITE_URL}/calendar/{token}/mine.ics" in page.content.decode()
        assert list(lead.calendar_feeds.values_list("name", "token_hash")) == [("phone", hash_of(token))]
        again = client.get(PAGE).content.decode()
        assert ("phone" in again, token in again) == (True, False)
        assert read(token).status_code == 200

    def test_the_same_form_sent_twice_makes_one(self, client, lead):
        data = {"name": "phone", "key": "7f2bdb3e-6a06-4a5a-a10e-7a2d9f2f3c0c"}
        assert [client.post(PAGE, data).status_code for _ in range(2)] == [200, 302]
        assert lead.calendar_feeds.count() == 1

    @pytest.mark.parametrize("data", [{}, {"name": " "}, {"name": "\u200b"}, {"name": "x" * 41}, {"name": "a\0"}])
    def test_a_name_is_needed(self, client, data):
        assert (client.post(PAGE, data).status_code, CalendarFeed.objects.count()) == (422, 0)

    def test_there_is_an_end_to_it(self, client, lead, now):
        for number in range(MOST_FEEDS):
            add_feed(lead, str(number), now=now)
        response = client.post(PAGE, {"name": "one more"})
        assert (response.status_code, lead.calendar_feeds.count()) == (422, MOST_FEEDS)
        assert "one more" in response.content.decode()

    def test_one_click_revokes_one_and_no_other(self, client, lead, token, now):
        other = add_feed(lead, "work", now=now)[1]
        assert read(token).status_code == 200
        response = client.post(f"{PAGE}{CalendarFeed.objects.get(name='phone').pk}/revoke/", follow=True)
        assert "is revoked" in response.content.decode()
        assert [read(one).status_code for one in (token, other)] == [404, 200]

    def test_what_belongs_to_somebody_else_is_not_there(self, token, manager, sign_in):
        url = f"{PAGE}{CalendarFeed.objects.get().pk}/revoke/"
        theirs, missing = sign_in(manager).post(url), sign_in(manager).post(f"{PAGE}999/revoke/")
        assert (theirs.status_code, theirs.content) == (missing.status_code, missing.content) == (404, missing.content)
        assert CalendarFeed.objects.count() == 1

    @pytest.mark.parametrize(("wanted", "count"), [(["yes"], 1), (["yes", "yes"], 1), (["yes", "no"], 0), (["no"], 0)])
    def test_mail_is_chosen_and_left(self, client, wanted, count):
        for one in wanted:
            assert client.post(f"{PAGE}by-mail/", {"by_mail": one}).status_code == 302
        assert MailCalendar.objects.count() == count

    def test_a_choice_that_is_none(self, client):
        assert client.post(f"{PAGE}by-mail/", {"by_mail": "x"}).status_code == 422

    def test_a_guest_has_no_calendar(self, guest, sign_in):
        assert [sign_in(guest).get(PAGE).status_code, sign_in(guest).post(PAGE, {"name": "x"}).status_code] == [
            404,
            404,
        ]

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_number_of_queries_is_fixed(self, client, lead, now, count, django_assert_num_queries):
        for number in range(count):
            add_feed(lead, str(number), now=now)
        with django_assert_num_queries(5):
            client.get(PAGE)


class TestWhatIsInIt:
    def test_all_that_one_may_see_and_never_a_draft(self, lead, token):
        SessionFactory(title="Published")
        SessionFactory(title="", state=Session.State.DATED)
        SessionFactory(title="Draft", state=Session.State.DRAFT).leads.add(lead)
        assert titles(read(token)) == ["Published", "To be planned"]

    def test_not_even_for_a_facilitator(self, facilitator, now):
        SessionFactory(state=Session.State.DRAFT)
        assert titles(read(add_feed(facilitator, "x", now=now)[1])) == []

    def test_what_is_not_for_them_is_not_theirs(self, aspiring, now):
        SessionFactory(audience=Session.Audience.LEADS)
        assert titles(read(add_feed(aspiring, "x", now=now)[1])) == []

    def test_mine_is_where_one_goes_leads_or_waits(self, lead, token):
        for said in (GOING, WAITLISTED, "maybe", "no"):
            AttendanceFactory(session__title=said, member=lead, answer=said)
        SessionFactory(title="leading").leads.add(lead)
        AttendanceFactory(session__title="somebody else", answer=GOING)
        assert titles(read(token, "mine")) == ["going", "leading", "waitlisted"]

    def test_who_waits_is_not_told_the_way_in(self, lead, token):
        link = "https://meet.example/secret"
        waiting = SessionFactory(title="waiting", link=link)
        AttendanceFactory(session=waiting, member=lead, answer=WAITLISTED, queue_number=1)
        AttendanceFactory(session=SessionFactory(title="going", link=link), member=lead)
        for which in ("all", "mine"):
            found = events(read(token, which))
            assert [(one["STATUS"], one["TRANSP"]) for one in found.values()] == [
                ("TENTATIVE", "TRANSPARENT"), ("CONFIRMED", "OPAQUE"),
            ]  # fmt: skip
            assert link in found["going"].to_ical().decode().replace("\r\n ", "")
            assert "meet.example" not in found["waiting"].to_ical().decode().replace("\r\n ", "")

    def test_a_year_back_and_all_that_comes(self, token, now):
        for days in (-366, -364, 400):
            SessionFactory(title=str(days), starts_at=now + timedelta(days=days))
        SessionFactory(title="", state=Session.State.DATED, starts_at=now - timedelta(days=1))
        assert titles(read(token)) == ["-364", "400"]

    @pytest.mark.parametrize(("days", "shown"), [(13, 1), (14, 0)])
    def test_what_is_cancelled_leaves_14_days_after_its_start(self, token, now, days, shown):
        SessionFactory(state=Session.State.CANCELLED, starts_at=now - timedelta(days=days))
        assert len(titles(read(token))) == shown

    def test_notes_are_in_no_feed(self, token):
        SessionFactory(notes="told in confidence", takeaways="taken", team_may_try="tried", notes_for_present=True)
        assert not re.search("confidence|taken|tried", read(token).content.decode())

    def test_it_speaks_the_language_of_its_owner(self, lead, token):
        SessionFactory(title="", state=Session.State.DATED)
        (english,) = titles(read(token))
        Member.objects.filter(pk=lead.pk).update(language="de")
        (german,) = titles(read(token, **{"Accept-Language": "en"}))
        assert (english, english == german) == ("To be planned", False)


class TestChanges:
    @pytest.fixture
    def session(self):
        start = datetime(2026, 12, 9, 13, 0, tzinfo=UTC)
        return SessionFactory(title="Ours", starts_at=start, zone="Europe/Berlin", sequence=3)

    def event(self, token):
        (event,) = Calendar.from_ical(read(token).content).events
        return event

    def facts(self, token):
        event = self.event(token)
        assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt
        return event["SEQUENCE"], event["DTSTAMP"].dt, str(event["STATUS"]), str(event["SUMMARY"])

    def test_moved_it_is_one_event_with_its_old_uid(self, token, session, now):
        session.starts_at = datetime(2026, 12, 10, 13, 0, tzinfo=UTC)
        actions.store_edit(session, {"starts_at"}, now=now)
        body = read(token).content.decode()
        assert (body.count("BEGIN:VEVENT"), "RECURRENCE-ID" in body) == (1, False)
        assert "\r\nDTSTART;TZID=Europe/Berlin:20261210T140000\r\n" in body
        assert f"\r\nUID:{session.uid}\r\n" in body
        assert self.facts(token) == (4, now.replace(microsecond=0), "CONFIRMED", "Ours")

    def test_a_typo_changes_the_time_of_change_alone(self, token, session, now):
        session.title = "Ours!"
        actions.store_edit(session, {"title"}, now=now)
        assert self.facts(token) == (3, now, "CONFIRMED", "Ours!")

    def test_cancelled_and_taken_back(self, token, session, now):
        actions.cancel_session(session, reason="Flu", now=now)
        assert self.facts(token) == (4, now, "CANCELLED", "Cancelled: Ours")
        assert self.event(token)["TRANSP"] == "TRANSPARENT"
        later = now + timedelta(hours=1)
        actions.restore_session(session, now=later)
        assert self.facts(token) == (5, later, "CONFIRMED", "Ours")

    def test_a_seat_after_waiting_is_a_change_for_one(self, lead, token, now):
        session = SessionFactory(capacity=1)
        first = AttendanceFactory(session=session).member
        answer(session, lead, GOING, now=now)
        assert str(events(read(token, "mine"))[session.title]["STATUS"]) == "TENTATIVE"
        later = now + timedelta(minutes=5)
        answer(session, first, "no", now=later)
        event = events(read(token, "mine"))[session.title]
        assert (str(event["STATUS"]), event["DTSTAMP"].dt) == ("CONFIRMED", later)

    def test_a_whole_series_read_back(self, token, now):
        series = SeriesFactory()
        actions.generate_sessions(series, now=now)
        found = recurring_ical_events.of(Calendar.from_ical(read(token).content))
        starts = [event.start for event in found.between(date(2026, 11, 24), date(2027, 4, 15))]
        assert {f"{start:%a %H:%M}" for start in starts} == {"Tue 09:30"}
        assert [start.astimezone(UTC) for start in starts] == list(
            series.sessions.filter(starts_at__lt=datetime(2027, 4, 15, tzinfo=UTC)).values_list("starts_at", flat=True)
        )

    def test_a_slower_rhythm_keeps_what_fits_and_cancels_what_was_told(self, facilitator, token, now):
        series = SeriesFactory()
        actions.generate_sessions(series, now=now)
        told = series.sessions.order_by("starts_at")[1]  # 15 December
        Session.objects.filter(pk=told.pk).update(title="Told", doing="x", state=Session.State.PUBLISHED)
        before = self.of_uids(token)
        actions.change_rhythm(series, 4, now.date(), by=facilitator, now=now)
        after = self.of_uids(token)
        kept = {uid for uid, event in after.items() if before[uid].to_ical() == event.to_ical()}
        assert {f"{after[uid].start:%d %b %Y}" for uid in kept} == {
            "01 Dec 2026", "29 Dec 2026", "26 Jan 2027", "23 Feb 2027", "23 Mar 2027", "20 Apr 2027", "18 May 2027",
        }  # fmt: skip
        cancelled = [after[uid] for uid in after if uid not in kept and after[uid]["SUMMARY"] == "Cancelled: Told"]
        assert [(one["UID"], one["STATUS"], one["SEQUENCE"]) for one in cancelled] == [(str(told.uid), "CANCELLED", 1)]
        assert {str(after[uid]["STATUS"]) for uid in set(after) - kept} == {"CANCELLED"}

    def of_uids(self, token):
        return {str(event["UID"]): event for event in Calendar.from_ical(read(token).content).events}


class TestReading:
    def test_what_the_answer_says_of_itself(self, token):
        SessionFactory()
        response = read(token)
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Last-Modified"] == "Sun, 01 Nov 2026 09:00:00 GMT"
        assert response.cookies == {}
        assert b"METHOD" not in response.content

    def test_two_unchanged_reads_are_equal_also_without_the_cache(self, token, now):
        SessionFactory.create_batch(3)
        first = read(token)
        cache.clear()
        with time_machine.travel(now + timedelta(hours=5)):
            second = read(token)
        assert (first.content, first.headers["ETag"]) == (second.content, second.headers["ETag"])

    def test_head_answers_without_a_body(self, token):
        response = Client().head(f"/calendar/{token}/all.ics")
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["ETag"] == read(token).headers["ETag"]

    def test_what_is_known_is_not_sent_again(self, token):
        SessionFactory()
        first = read(token)
        for headers in (
            {"If-None-Match": first.headers["ETag"]},
            {"If-None-Match": f'"x", {first.headers["ETag"]}'},
            {"If-Modified-Since": first.headers["Last-Modified"]},
        ):
            again = read(token, **headers)
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["ETag"] == first.headers["ETag"]

    @pytest.mark.parametrize(
        "headers",
        [{"If-Modified-Since": "yesterday"}, {"If-Modified-Since": "Sun, 99 Nov 2026 09:00:00 GMT"},
         {"If-Modified-Since": "Sun, 01 Nov 2026 08:59:59 GMT"}, {"If-None-Match": '"other"'}],
    )  # fmt: skip
    def test_what_is_not_known_is_sent(self, token, headers):
        SessionFactory()
        assert read(token, **headers).status_code == 200

    @pytest.mark.parametrize("change", ["edited", "answered", "left", "gone", "language", "renamed"])
    def test_each_change_is_a_new_version(self, lead, token, now, change):
        session = SessionFactory()
        AttendanceFactory(session=session, member=lead)
        before = read(token, "mine").headers["ETag"]
        {
            "edited": lambda: actions.store_edit(Session.objects.get(), {"summary"}, now=now),
            "answered": lambda: AttendanceFactory(member=lead),
            "left": lambda: answer(session, lead, "no", now=now),
            "gone": session.delete,
            "language": lambda: Member.objects.filter(pk=lead.pk).update(language="de"),
            "renamed": lambda: Community.objects.create(pk=1, name="Others"),
        }[change]()
        assert read(token, "mine", **{"If-None-Match": before}).status_code == 200

    def test_leaving_is_news_also_for_who_asks_by_time(self, lead, token, now):
        stays, leaves = (AttendanceFactory(member=lead).session for _ in range(2))
        before = read(token, "mine").headers["Last-Modified"]
        answer(leaves, lead, "no", now=now)
        response = read(token, "mine", **{"If-Modified-Since": before})
        assert (response.status_code, titles(response)) == (200, [stays.title])

    @pytest.mark.parametrize("count", [1, 3, 30])
    def test_the_number_of_queries_is_fixed(self, token, count, django_assert_num_queries):
        for _ in range(count):
            SessionFactory().leads.add(MemberFactory())
        with django_assert_num_queries(3):  # the address, the version, the sessions
            first = read(token)
        with django_assert_num_queries(2):
            assert read(token).content == first.content
        with django_assert_num_queries(2):
            assert read(token, **{"If-None-Match": first.headers["ETag"]}).status_code == 304

    def test_writing_is_not_for_calendars(self, token):
        assert Client().post(f"/calendar/{token}/all.ics").status_code == 405

    def test_who_may_not_read_it_learns_nothing(self, lead, manager, guest, token, now):
        revoked = add_feed(lead, "revoked", now=now)
        revoke_feed(revoked[0])
        resting, no_member = add_feed(manager, "x", now=now)[1], add_feed(guest, "x", now=now)[1]
        Member.objects.filter(pk=manager.pk).update(is_active=False)
        answers = [read(one) for one in (revoked[1], resting, no_member, "unknown", token[:-1], "x" * 5000, "ä\u200b")]
        assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}

    def test_the_token_is_in_no_log(self, lead, token, caplog):
        caplog.set_level(logging.DEBUG)
        CalendarFeed.objects.all().delete()
        read(token)
        assert caplog.records != []
        assert [line for line in map(LineFormatter().format, caplog.records) if token in line] == []


class TestOneSession:
    def test_a_file_of_it(self, client, lead):
        session = SessionFactory(
            title="Ours", link="https://meet.example/x", starts_at=datetime(2024, 1, 9, 9, tzinfo=UTC)
        )
        response = client.get(f"{session.get_absolute_url()}session.ics")
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert response.headers["Content-Disposition"] == 'inline; filename="session.ics"'
        assert titles(response) == ["Ours"]
        assert b"METHOD" not in response.content
        since = {"If-Modified-Since": response.headers["Last-Modified"]}
        assert client.get(f"{session.get_absolute_url()}session.ics", headers=since).status_code == 304

    def test_a_seat_after_waiting_is_another_file(self, client, lead):
        session = SessionFactory(starts_at=datetime(2024, 1, 9, 9, tzinfo=UTC), link="https://meet.example/x")
        mine = AttendanceFactory(session=session, member=lead, answer="waitlisted", queue_number=1)
        url = f"{session.get_absolute_url()}session.ics"
        known = client.get(url).headers
        mine.answer, mine.answered_at = "going", mine.answered_at + timedelta(hours=1)
        mine.save()
        for name, value in (("If-Modified-Since", known["Last-Modified"]), ("If-None-Match", known["ETag"])):
            assert b"https://meet.example/x" in client.get(url, headers={name: value}).content
        assert client.get(url, headers={"If-None-Match": client.get(url).headers["ETag"]}).status_code == 304

    def test_other_words_lead_to_the_present_ones(self, client):
        session = SessionFactory(title="Ours")
        response = client.get(f"/sessions/{session.pk}-old/session.ics")
        assert (response.status_code, response.headers["Location"]) == (301, f"{session.get_absolute_url()}session.ics")

    def test_drafts_and_what_is_for_others_have_none(self, facilitator, guest, sign_in):
        draft, other = SessionFactory(state=Session.State.DRAFT), SessionFactory()
        assert sign_in(facilitator).get(f"{draft.get_absolute_url()}session.ics").status_code == 404
        assert sign_in(guest).get(f"{other.get_absolute_url()}session.ics").status_code == 404

    def test_a_guest_gets_that_of_their_invitation(self, guest, sign_in):
        session = AttendanceFactory(member=guest, answer="invited").session
        assert titles(sign_in(guest).get(f"{session.get_absolute_url()}session.ics")) == [session.title]
