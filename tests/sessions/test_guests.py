"""Guests of single sessions: by name, by the link, what they see and for how long."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from library.models import Grant, Material
from members.models import Community, Mail, Member
from sessions import actions, guests
from sessions.models import Session, SessionMaterial
from tests.conftest import NOW
from tests.factories import AttendanceFactory, MaterialFactory, MemberFactory, SessionFactory
from tests.members.accounts import last_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
ANN = {"name": "Ann Other", "email": "Ann@Elsewhere.example"}


@pytest.fixture
def session(lead):
    made = SessionFactory(title="Saying no", audience="theme")
    made.leads.add(lead)
    return made


def address(session):
    return f"{session.get_absolute_url()}guests/"


def invited(session):
    return list(session.attendances.values_list("member__email", "member__role", "answer"))


def before(session, **fields):
    material = MaterialFactory(**fields)
    SessionMaterial.objects.create(session=session, material=material, when="before")
    return material


class TestByName:
    def test_leads_invite_people_who_get_a_mail(self, client, session):
        for _ in range(2):
            client.post(address(session), ANN)
        assert invited(session) == [("ann@elsewhere.example", "guest", "invited")]
        letter = Mail.objects.get()
        assert (letter.to, letter.subject.startswith("You are invited: “Saying no”")) == ("ann@elsewhere.example", True)
        assert f"{session.get_absolute_url()}" in letter.body
        guest = Member.objects.get(email="ann@elsewhere.example")
        assert (guest.name, guest.has_usable_password(), guest.is_staff) == ("Ann Other", False, False)
        assert "Ann Other" in client.get(address(session)).content.decode()

    def test_a_member_is_not_made_a_guest(self, client, session, manager):
        client.post(address(session), {"name": "x", "email": manager.email})
        manager.refresh_from_db()
        assert (manager.role, invited(session), Mail.objects.count()) == ("manager", [], 0)

    def test_taken_back_there_is_nothing_left(self, client, session):
        before(session)
        client.post(address(session), ANN)
        guest = Member.objects.get(email="ann@elsewhere.example")
        assert Grant.objects.count() == 1
        client.post(address(session), {"do": "uninvite", "guest": guest.pk})
        assert (invited(session), Grant.objects.count()) == ([], 0)

    def test_the_seat_of_a_guest_who_is_not_invited_any_more_goes_to_who_waits(self, client, session, guest, manager):
        Session.objects.update(capacity=1)
        AttendanceFactory(session=session, member=guest, answer="going")
        AttendanceFactory(session=session, member=manager, answer="waitlisted", queue_number=1)
        client.post(address(session), {"do": "uninvite", "guest": guest.pk})
        assert list(session.attendances.values_list("member", "answer")) == [(manager.pk, "going")]

    def test_a_member_who_comes_cannot_be_thrown_out(self, client, session, manager):
        AttendanceFactory(session=session, member=manager)
        client.post(address(session), {"do": "uninvite", "guest": manager.pk})
        assert session.attendances.count() == 1

    @pytest.mark.parametrize(
        "wrong", [{"name": ""}, {"name": "\0"}, {"email": "x"}, {"email": ""}, {"email": "a@b.example\r\nBcc: c@d.e"}]
    )
    def test_what_is_wrong_is_422(self, client, session, wrong):
        assert (client.post(address(session), {**ANN, **wrong}).status_code, invited(session)) == (422, [])

    @pytest.mark.parametrize(
        "changes",
        [{"audience": "members"}, {"state": "cancelled"}, {"state": "draft"}, {"starts_at": NOW - timedelta(days=1)}],
    )
    def test_others_take_no_guests(self, client, session, lead, changes):
        other = SessionFactory(**{"audience": "theme", **changes})
        other.leads.add(lead)
        client.post(address(other), ANN)
        assert invited(other) == []

    def test_an_archive_takes_none(self, client, session):
        Community.objects.create(pk=1, stage=Community.Stage.CLOSED)
        client.post(address(session), ANN)
        assert invited(session) == []

    def test_others_may_not(self, session, manager, sign_in):
        assert sign_in(manager).post(address(session), ANN).status_code == 403
        assert invited(session) == []


class TestByLink:
    @pytest.fixture
    def link(self, client, session):
        client.post(address(session), {"do": "renew"})
        session.refresh_from_db()
        return guests.link_of(session)

    def test_it_is_shown_to_those_who_run_it(self, client, link, session):
        assert f"{link}" in client.get(address(session)).content.decode()

    def test_a_visitor_says_who_they_are_and_signs_in_by_a_code(self, link, session):
        visitor = Client()
        page = visitor.get(link).content.decode()
        assert ["Saying no" in page, "Lea Lead" in page, "/members/" in page] == [True, True, False]
        response = visitor.post(link, ANN)
        assert response.headers["Location"] == f"/accounts/login/code/?next={session.get_absolute_url()}"
        assert invited(session) == [("ann@elsewhere.example", "guest", "invited")]
        assert (Mail.objects.count(), visitor.get(session.get_absolute_url()).status_code) == (0, 302)

    def test_the_code_lets_them_in(self, link, session):
        visitor, email = Client(), "ann@elsewhere.example"
        visitor.post(link, ANN)
        asked = visitor.post("/accounts/login/code/", {"email": email, "next": session.get_absolute_url()})
        response = visitor.post(asked.headers["Location"], {"code": last_code(email)})
        assert (response.status_code, response.headers["Location"]) == (302, session.get_absolute_url())
        page = visitor.get(session.get_absolute_url())
        assert (page.status_code, 'name="answer"' in page.content.decode()) == (200, True)

    def test_the_answer_is_the_same_for_a_known_address(self, link, session, manager):
        answers = [Client().post(link, {"name": "x", "email": email}) for email in (manager.email, "new@else.example")]
        assert len({(one.status_code, one.headers["Location"]) for one in answers}) == 1
        assert [email for email, _role, _answer in invited(session)] == ["new@else.example"]

    def test_a_guest_who_is_signed_in_comes_by_one_button(self, link, session, guest, sign_in):
        client = sign_in(guest)
        assert client.get(link).status_code == 200
        assert invited(session) == []
        assert client.post(link).headers["Location"] == session.get_absolute_url()
        assert client.get(session.get_absolute_url()).status_code == 200

    def test_members_are_shown_in(self, link, session, manager, sign_in):
        assert sign_in(manager).get(link).headers["Location"] == session.get_absolute_url()
        assert invited(session) == []

    def test_a_new_link_ends_the_old_one_and_closing_ends_both(self, link, client, session):
        client.post(address(session), {"do": "renew"})
        session.refresh_from_db()
        new = guests.link_of(session)
        assert (Client().get(link).status_code, Client().get(new).status_code) == (404, 200)
        client.post(address(session), {"do": "close"})
        assert Client().get(new).status_code == 404

    def test_it_counts_for_this_session_only(self, link, session, lead):
        other = SessionFactory(audience="theme")
        guests.renew_link(other)
        token = link.rstrip("/").rpartition("/")[2]
        for wrong in (f"{other.get_absolute_url()}join/{token}/", f"{session.get_absolute_url()}join/x/"):
            assert Client().post(wrong, ANN).status_code == 404
        assert (invited(other), invited(session)) == ([], [])

    @pytest.mark.parametrize("changes", [{"audience": "members"}, {"state": "cancelled"}, {"state": "draft"}])
    def test_it_ends_with_the_audience_and_the_session(self, link, session, changes):
        Session.objects.update(**changes)
        assert Client().get(link).status_code == 404

    def test_it_ends_when_the_session_does(self, link, session):
        with time_machine.travel(session.ends_at, tick=False):
            assert Client().get(link).status_code == 404


class TestReading:
    @pytest.fixture
    def people(self, facilitator, guest):
        return facilitator, guest

    @pytest.fixture
    def visitor(self, session, guest, sign_in):
        guests.invite_guest(session, name=guest.name, email=guest.email, by=None, now=NOW)
        return sign_in(guest)

    def edit(self, session, sign_in, facilitator, **materials):
        data = {
            "title": session.title, "format": session.format, "doing": "x", "day": "2026-11-26", "local_time": "15:00",
            "minutes": "75", "zone": "Europe/Berlin", "audience": "theme", "blocks": "0", "do": "save", **materials,
        }  # fmt: skip
        assert sign_in(facilitator).post(f"{session.get_absolute_url()}edit/", data).status_code == 302

    def test_pre_reading_can_be_read_until_two_weeks_after(self, session, visitor, people, sign_in):
        facilitator, guest = people
        first, other = MaterialFactory(title="To be read"), MaterialFactory(title="Another")
        self.edit(session, sign_in, facilitator, **{f"material-{first.pk}": "before", f"material-{other.pk}": "after"})
        assert visitor.get(first.get_absolute_url()).status_code == 200
        assert visitor.get(other.get_absolute_url()).status_code == 404
        assert Grant.objects.get().until == session.ends_at + timedelta(days=14)
        with time_machine.travel(session.ends_at + timedelta(days=14), tick=False):
            later = [sign_in(guest).get(one.get_absolute_url()).status_code for one in (first, session)]
        assert later == [404, 404]

    def test_what_is_no_longer_part_of_it_is_no_longer_granted(self, session, visitor, facilitator, sign_in):
        material = MaterialFactory()
        self.edit(session, sign_in, facilitator, **{f"material-{material.pk}": "before"})
        self.edit(session, sign_in, facilitator, **{f"material-{material.pk}": "during"})
        assert (Grant.objects.count(), visitor.get(material.get_absolute_url()).status_code) == (0, 404)

    def test_what_is_private_is_not_granted(self, session, visitor):
        material = before(session, audience=Material.Audience.PRIVATE)
        guests.write_grants(session)
        assert (Grant.objects.count(), visitor.get(material.get_absolute_url()).status_code) == (0, 404)

    def test_of_two_sessions_the_longer_one_counts(self, session, visitor, guest):
        later = SessionFactory(audience="theme", starts_at=session.starts_at + timedelta(days=30))
        material = before(session)
        SessionMaterial.objects.create(session=later, material=material, when="before")
        guests.invite_guest(later, name="x", email=guest.email, by=None, now=NOW)
        assert Grant.objects.get().until == later.ends_at + timedelta(days=14)
        guests.uninvite_guest(later, guest, now=NOW)
        assert Grant.objects.get().until == session.ends_at + timedelta(days=14)

    def test_a_session_that_moves_takes_the_grants_along(self, session, visitor):
        before(session)
        guests.write_grants(session)
        session.starts_at += timedelta(days=7)
        actions.store_edit(session, {"starts_at"}, now=NOW)
        assert Grant.objects.get().until == session.ends_at + timedelta(days=14)

    def test_of_all_else_nothing_is_there(self, session, visitor):
        other = SessionFactory(audience="theme")
        for url in (
            "/sessions/", "/sessions/past/", "/sessions/topics/", "/library/", "/members/", "/search/?q=x",
            other.get_absolute_url(), f"{session.get_absolute_url()}edit/", f"{session.get_absolute_url()}lead/",
            f"{session.get_absolute_url()}notes/history/",
        ):  # fmt: skip
            assert visitor.get(url).status_code == 404
        page = visitor.get(session.get_absolute_url()).content.decode().partition("<main")[2]
        assert ["Lea Lead" in page, "/members/" in page, "/lead/" in page] == [True, False, False]
        assert "Saying no" in visitor.get("/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 5, 50])
def test_the_number_of_queries_of_the_page(client, session, count, django_assert_num_queries):
    for _ in range(count):
        AttendanceFactory(session=session, member=MemberFactory(role="guest"))
    with django_assert_num_queries(7):
        client.get(address(session))
