"""The page of one session: what it shows to whom, and the answer given on it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from library.models import Material
from members.models import Community, Member
from sessions.models import Session, SessionMaterial
from sessions.texts import render_texts
from tests.conftest import NOW
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    MemberFactory,
    SeriesFactory,
    SessionFactory,
)

State = Session.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def page_of(client, session):
    response = client.get(session.get_absolute_url())
    assert response.status_code == 200
    return response.context["page"]


def html_of(client, session):
    return client.get(session.get_absolute_url()).content.decode()


def rsvp(client, session, fragment=False, **data):
    headers = {"HX-Request": "true"} if fragment else {}
    return client.post(f"{session.get_absolute_url()}rsvp/", data, headers=headers)


def shared(title, **fields):
    times = {"created_at": NOW, "changed_at": NOW, "published_at": NOW}
    return Material.objects.create(kind="article", title=title, **times, **fields)


class TestWhatItShows:
    def test_the_time_on_both_clocks_where_they_differ(self, client, lead):
        session = SessionFactory(minutes=60)
        assert page_of(client, session).when.there == ""
        Member.objects.filter(pk=lead.pk).update(time_zone="Europe/Lisbon")
        when = page_of(client, session).when
        assert (when.date, when.times, when.city) == ("Thursday 26 November", "14:00 – 15:00", "Lisbon")
        assert (when.there, when.distance) == ("15:00 – 16:00 Berlin", "in 2 days")
        Member.objects.filter(pk=lead.pk).update(time_zone="Pacific/Auckland")
        assert page_of(client, session).when.there == "Thursday 15:00 – 16:00 Berlin"

    def test_the_agenda_follows_the_session_when_it_moves(self, client):
        session = SessionFactory()
        for minutes in (5, 10, 20):
            AgendaItemFactory(session=session, minutes=minutes)
        assert [block.time for block in page_of(client, session).blocks] == ["15:00", "15:05", "15:15"]
        session.starts_at += timedelta(minutes=30)
        session.save()
        assert [block.time for block in page_of(client, session).blocks] == ["15:30", "15:35", "15:45"]

    def test_blocks_longer_than_the_session_warn_those_who_run_it(self, client, facilitator, sign_in):
        session = SessionFactory(minutes=60)
        AgendaItemFactory(session=session, minutes=75)
        words = "The blocks take 15 minutes longer than the session."
        assert (words in html_of(client, session), words in html_of(sign_in(facilitator), session)) == (False, True)

    def test_materials_stand_by_when_they_are_for(self, client):
        session = SessionFactory()
        for title, when in (("Read me", "before"), ("Use me", "during"), ("Keep me", "after")):
            SessionMaterial.objects.create(session=session, material=shared(title), when=when)
        hidden = shared("Hidden", audience="private")
        SessionMaterial.objects.create(session=session, material=hidden, when="before")
        found = page_of(client, session).materials
        assert {when: [str(one) for one in those] for when, those in found.items()} == {
            "before": ["Read me"], "during": ["Use me"], "after": ["Keep me"],
        }  # fmt: skip

    def test_who_is_coming_and_who_leads(self, client, lead):
        session = SessionFactory(capacity=12)
        session.leads.add(MemberFactory(name="Ines"))
        for number in range(10):
            AttendanceFactory(session=session, member__name=f"Member {number}")
        AttendanceFactory(session=session, member__name="Perhaps", answer="maybe")
        AttendanceFactory(session=session, member__name="Away", answer="no")
        faces = page_of(client, session).faces
        assert [one.member.name for one in faces.leads] == ["Ines"]
        assert ([len(faces.first), len(faces.rest)], faces.total) == ([8, 2], 11)
        page = html_of(client, session)
        assert ("Perhaps" in page, "Away" in page, "10 of 12 seats" in page) == (True, False, True)

    def test_wishes_are_for_those_who_run_it(self, client, lead):
        session = SessionFactory()
        for name, answer in (("Ann", "going"), ("Bea", "maybe"), ("Cem", "waitlisted"), ("Dan", "no")):
            AttendanceFactory(session=session, member__name=name, answer=answer, wish="present", queue_number=1)
        words = "<dt>I’d like to present</dt><dd>Ann, Bea, Cem</dd>"
        assert words not in html_of(client, session)
        session.leads.add(lead)
        assert words in html_of(client, session)

    def test_the_way_in_is_there_until_the_end_and_not_for_who_waits(self, client, lead):
        session = SessionFactory(link="https://meet.example/x", capacity=1)
        assert page_of(client, session).shows_link
        AttendanceFactory(session=session, member=lead, answer="waitlisted", queue_number=1)
        assert not page_of(client, session).shows_link
        for changes in ({"state": State.CANCELLED}, {"starts_at": NOW - timedelta(days=1)}):
            assert not page_of(client, SessionFactory(link="https://meet.example/x", **changes)).shows_link

    def test_just_before_the_start_the_way_in_is_a_button(self, client):
        near, far = (
            SessionFactory(link="https://meet.example/x", starts_at=NOW + timedelta(minutes=minutes))
            for minutes in (15, 16)
        )
        assert (page_of(client, near).starts_soon, page_of(client, far).starts_soon) == (True, False)

    def test_a_cancelled_one_says_why_and_asks_nothing(self, client):
        session = SessionFactory(state=State.CANCELLED, cancel_reason="A flood")
        page = html_of(client, session)
        assert ("A flood" in page, 'name="answer"' in page) == (True, False)
        assert '<h1 class="cancelled-text">' in page

    def test_a_date_without_a_plan_takes_answers(self, client):
        page = html_of(client, SessionFactory(state=State.DATED, title="", doing=""))
        assert ("What happens on this date is still open" in page, 'name="answer"' in page) == (True, True)

    def test_the_words_are_markdown(self, client):
        session = SessionFactory(summary="A *b* <script>")
        render_texts(session)
        session.save()
        assert page_of(client, session).text["summary"] == "<p>A <em>b</em> &lt;script&gt;</p>"

    def test_words_that_nobody_rendered_are_rendered_now(self, client):
        assert page_of(client, SessionFactory(summary="A *b*")).text["summary"] == "<p>A <em>b</em></p>"

    def test_a_time_that_was_moved_by_the_clocks_says_so(self, client):
        series = SeriesFactory(weekday=6, local_time="02:30")
        starts_at = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
        session = SessionFactory(series=series, series_day=starts_at.date(), starts_at=starts_at)
        assert "02:30 does not exist on that day" in html_of(client, session)

    def test_other_words_in_the_address_lead_to_the_present_ones(self, client):
        session = SessionFactory(title="Now")
        response = client.get(f"/sessions/{session.pk}-then/?x=1")
        assert (response.status_code, response.headers["Location"]) == (301, f"{session.get_absolute_url()}?x=1")


class TestAfterwards:
    @pytest.fixture
    def session(self):
        return SessionFactory(
            starts_at=NOW - timedelta(hours=5), takeaways="Try it", team_may_try="A pause", notes="Said here"
        )

    def test_shows_what_was_left_and_takes_no_answers(self, client, session):
        page = html_of(client, session)
        assert [words in page for words in ("Try it", "A pause", "Said here")] == [True, True, True]
        assert 'name="answer"' not in page

    def test_notes_can_be_for_those_who_were_there(self, client, session, lead, facilitator, sign_in):
        Session.objects.update(notes_for_present=True)
        assert "Said here" not in html_of(client, session)
        assert "Said here" not in html_of(sign_in(facilitator), session)
        attendance = AttendanceFactory(session=session, member=lead)
        assert "Said here" not in html_of(client, session)
        attendance.came = True
        attendance.save()
        assert "Said here" in html_of(client, session)

    def test_who_was_there_is_for_those_who_run_it(self, client, session, facilitator, sign_in):
        AttendanceFactory(session=session, member__name="Was There", came=True)
        AttendanceFactory(session=session, member__name="Was Away", came=False)
        assert [one.member.name for one in page_of(client, session).faces.first] == ["Was Away", "Was There"]
        assert [one.member.name for one in page_of(sign_in(facilitator), session).faces.first] == ["Was There"]

    def test_asks_how_it_was(self, client, session):
        assert f'href="/feedback/{session.slug}/"' in html_of(client, session)
        Session.objects.update(state=State.CANCELLED)
        assert f'href="/feedback/{session.slug}/"' not in html_of(client, session)


class TestWhoSeesIt:
    @pytest.mark.parametrize("state", [State.PUBLISHED, State.DATED, State.CANCELLED])
    def test_members_see_all_but_drafts(self, client, state):
        assert client.get(SessionFactory(state=state).get_absolute_url()).status_code == 200

    def test_a_draft_is_missing_for_members(self, client, facilitator, sign_in):
        draft = SessionFactory(state=State.DRAFT)
        denied, missing = client.get(draft.get_absolute_url()), client.get("/sessions/999999/")
        assert (denied.status_code, denied.content) == (404, missing.content)
        assert sign_in(facilitator).get(draft.get_absolute_url()).status_code == 200

    def test_what_is_for_leads_is_missing_for_aspiring(self, aspiring, sign_in):
        assert sign_in(aspiring).get(SessionFactory(audience="leads").get_absolute_url()).status_code == 404

    def test_a_guest_sees_an_invitation_until_two_weeks_after(self, guest, sign_in):
        client = sign_in(guest)
        invited, other, old, older = (
            SessionFactory(minutes=60, starts_at=NOW + timedelta(hours=hours - 1)) for hours in (48, 48, -335.9, -336)
        )
        for session in (invited, old, older):
            AttendanceFactory(session=session, member=guest, answer="invited")
        answers = [client.get(one.get_absolute_url()).status_code for one in (invited, other, old, older)]
        assert answers == [200, 404, 200, 404]

    def test_a_guest_sees_no_members_and_only_what_is_to_be_read_before(self, guest, sign_in):
        session = SessionFactory(series=SeriesFactory())
        for given in ("going", "maybe"):
            AttendanceFactory(session=session, member__name=f"Mem Ber {given}", answer=given)
        AttendanceFactory(session=session, member=guest, answer="invited")
        for title, when in (("Read me", "before"), ("Use me", "during")):
            SessionMaterial.objects.create(session=session, material=shared(title), when=when)
        page = html_of(sign_in(guest), session)
        assert ("Mem Ber" in page, "/members/" in page.partition("<main")[2]) == (False, False)
        assert ("Read me" in page, "Use me" in page) == (True, False)

    def test_a_visitor_signs_in_first(self):
        url = SessionFactory().get_absolute_url()
        assert Client().get(url).headers["Location"] == f"/accounts/login/?next={url}"


class TestAnswering:
    def test_without_javascript_it_leads_back_with_a_word(self, client, lead):
        session = SessionFactory()
        response = rsvp(client, session, answer="going", wish="asked")
        assert (response.status_code, response.headers["Location"]) == (302, session.get_absolute_url())
        assert list(session.attendances.values_list("member", "answer", "wish")) == [(lead.pk, "going", "asked")]
        assert "You are going." in client.get(response.headers["Location"]).content.decode()

    def test_from_the_agenda_it_leads_back_there(self, client):
        session = SessionFactory()
        response = rsvp(client, session, answer="no", shown="row")
        assert response.headers["Location"] == f"/sessions/#answer-{session.pk}"

    def test_a_fragment_brings_buttons_counts_and_faces(self, client, lead):
        session = SessionFactory(capacity=3)
        AttendanceFactory(session=session)
        page = rsvp(client, session, fragment=True, answer="going").content.decode()
        assert 'name="answer" value="going" aria-pressed="true">' in page
        assert 'data-announce="You are going."' in page
        assert (
            '<section class="card coming-card" id="coming" aria-labelledby="coming-title" hx-swap-oob="true">' in page
        )
        assert ("2 of 3 seats" in page, lead.name in page, "<html" in page) == (True, True, False)

    def test_a_fragment_of_a_row_is_the_row_alone(self, client):
        session = SessionFactory()
        page = rsvp(client, session, fragment=True, answer="maybe", shown="row").content.decode()
        assert page.count('name="answer" value="maybe" aria-pressed="true">') == 1
        assert ('id="coming"' in page, f'id="answer-{session.pk}"' in page) == (False, True)

    def test_waiting_says_where(self, client):
        session = SessionFactory(capacity=1)
        AttendanceFactory(session=session)
        AttendanceFactory(session=session, answer="waitlisted", queue_number=1)
        page = rsvp(client, session, fragment=True, answer="going").content.decode()
        assert "You are number 2 on the waitlist." in page

    @pytest.mark.parametrize(
        "data",
        [{}, {"answer": ""}, {"answer": "waitlisted"}, {"answer": "invited"}, {"answer": "going", "wish": "x"},
         {"answer": "going", "shown": "x"}, {"answer": "\0"}, {"answer": "ü" * 5000}],
    )  # fmt: skip
    @pytest.mark.parametrize("fragment", [False, True])
    def test_a_wrong_answer_is_422_and_changes_nothing(self, client, data, fragment):
        session = SessionFactory()
        response = rsvp(client, session, fragment=fragment, **data)
        assert (response.status_code, session.attendances.count()) == (422, 0)
        assert "Please choose one of the three." in response.content.decode()

    @pytest.mark.parametrize("fragment", [False, True])
    def test_too_late_is_422_with_words(self, client, fragment):
        session = SessionFactory(state=State.CANCELLED)
        response = rsvp(client, session, fragment=fragment, answer="going")
        assert (response.status_code, session.attendances.count()) == (422, 0)
        assert "This session takes no answers any more." in response.content.decode()

    @pytest.mark.parametrize("answer", ["going", "x"])
    def test_what_one_may_not_see_is_missing(self, client, answer):
        draft = SessionFactory(state=State.DRAFT)
        assert rsvp(client, draft, answer=answer).status_code == 404
        assert client.post("/sessions/999999/rsvp/", {"answer": answer}).status_code == 404
        assert draft.attendances.count() == 0

    def test_what_one_may_see_and_is_not_meant_for_is_403(self, aspiring, sign_in):
        session = SessionFactory()
        assert rsvp(sign_in(aspiring), session, answer="going").status_code == 403
        assert "This one is for current leads." in html_of(sign_in(aspiring), session)
        Community.objects.create(pk=1, stage=Community.Stage.OPEN)
        assert rsvp(sign_in(aspiring), session, answer="going").status_code == 302

    def test_opening_the_address_shows_buttons_and_changes_nothing(self, client):
        session = SessionFactory()
        for query in ("", "?answer=going"):
            response = client.get(f"{session.get_absolute_url()}rsvp/{query}")
            assert response.status_code == 200
            assert response.content.decode().count('name="answer" value=') == 3
        assert session.attendances.count() == 0

    def test_a_token_is_needed(self, lead):
        client = Client(enforce_csrf_checks=True)
        client.force_login(lead)
        session = SessionFactory()
        assert (rsvp(client, session, answer="going").status_code, session.attendances.count()) == (403, 0)

    @pytest.mark.parametrize("fragment", [False, True])
    def test_nobody_else_is_answered_for(self, client, lead, manager, fragment):
        session = SessionFactory()
        rsvp(client, session, fragment=fragment, answer="going", member=manager.pk, member_id=manager.pk)
        assert list(session.attendances.values_list("member", flat=True)) == [lead.pk]


@pytest.fixture
def crowd():
    """Call it with a number: a session with as many people, blocks, materials and principles."""

    def made(count):
        session = SessionFactory(series=SeriesFactory(), capacity=400, note_taker=MemberFactory())
        for _ in range(count):
            session.leads.add(MemberFactory())
            AttendanceFactory(session=session)
            AttendanceFactory(session=session, answer="maybe")
            AgendaItemFactory(session=session, lead=MemberFactory())
        return session

    return made


@pytest.mark.parametrize("count", [1, 3, 5, 50])
def test_the_number_of_queries_of_the_page(client, crowd, count, django_assert_num_queries):
    session = crowd(count)
    with django_assert_num_queries(8):
        client.get(session.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3, 5, 50])
def test_the_number_of_queries_of_an_answer(client, crowd, count, django_assert_num_queries):
    session = crowd(count)
    with django_assert_num_queries(
        9
    ):  # two of who asks, two of the limit, two of the transaction; session, people, row
        rsvp(client, session, fragment=True, answer="going")
