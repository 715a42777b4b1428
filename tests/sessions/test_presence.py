"""Who came: marked by those who run a session, seen by them and by oneself."""

from datetime import timedelta

import pytest

from members.models import Member
from sessions.models import Attendance, Session
from tests.factories import AttendanceFactory, MemberFactory, SessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


@pytest.fixture
def session(now, lead):
    made = SessionFactory(title="Ours", starts_at=now - timedelta(hours=3))
    made.leads.add(lead)
    return made


@pytest.fixture
def url(session):
    return f"{session.get_absolute_url()}attendance/"


def came(session):
    return dict(session.attendances.values_list("member__name", "came"))


def said(session, answer="going", **fields):
    return AttendanceFactory(session=session, answer=answer, **fields).member


def test_leads_mark_who_came_with_walk_ins(client, session, url, lead):
    ann, bea, cem = (said(session, member__name=name) for name in ("Ann", "Bea", "Cem"))
    dan = MemberFactory(name="Dan")
    response = client.post(url, {"came": [ann.pk, lead.pk], "walk_ins": [dan.pk]}, follow=True)
    assert response.redirect_chain == [(session.get_absolute_url(), 302)]
    assert came(session) == {"Ann": True, "Bea": False, "Cem": False, "Dan": True, lead.name: True}
    assert "Noted." in response.content.decode()
    client.post(url, {"came": [bea.pk, dan.pk]})
    assert came(session) == {"Ann": False, "Bea": True, "Cem": False, "Dan": True, lead.name: False}
    assert cem not in Member.objects.filter(attendances__came=True)


def test_a_walk_in_did_not_say_yes(client, session, url, manager, sign_in):
    client.post(url, {"walk_ins": [manager.pk]})
    assert session.attendances.get(member=manager).answer == "invited"
    other = sign_in(MemberFactory()).get(session.get_absolute_url()).content.decode()
    assert manager.name not in other


def test_the_form_knows_who_said_yes_and_then_who_came(client, session, url, lead):
    ann, bea = said(session, member__name="Ann"), said(session, "no", member__name="Bea")
    assert sorted(client.get(url).context["form"].initial["came"]) == sorted([ann.pk, lead.pk])
    client.post(url, {"came": [bea.pk]})
    assert client.get(url).context["form"].initial["came"] == [bea.pk]


@pytest.mark.parametrize(
    ("who", "get", "post"), [("manager", 403, 403), ("facilitator", 200, 302), ("guest", 404, 404)]
)
def test_who_may(request, session, sign_in, who, get, post):  # noqa: PLR0917
    member, url = request.getfixturevalue(who), f"{session.get_absolute_url()}attendance/"
    said(session, member=member)
    assert (sign_in(member).get(url).status_code, sign_in(member).post(url, {}).status_code) == (get, post)


def test_only_they_and_oneself_see_it(client, session, url, sign_in):
    ann, bea = said(session, member__name="Ann"), said(session, member__name="Bea")
    client.post(url, {"came": [ann.pk]})
    assert "Who was there" in client.get(session.get_absolute_url()).content.decode()
    for member in (ann, bea):
        page = sign_in(member).get(session.get_absolute_url()).content.decode()
        assert ("Who had said yes" in page, "Ann" in page, "Bea" in page) == (True, True, True)


@pytest.mark.parametrize(("state", "hours"), [("published", 1), ("cancelled", -3), ("dated", -3)])
def test_what_did_not_begin_has_nobody(client, session, now, state, hours):
    ann, url = said(session), f"{session.get_absolute_url()}attendance/"
    start = now + timedelta(hours=hours)
    Session.objects.update(state=state, starts_at=start, ends_at=start + timedelta(hours=1))
    assert "Once the session has begun" in client.get(url).content.decode()
    assert client.post(url, {"came": [ann.pk]}).status_code == 422
    assert list(Attendance.objects.values_list("came", flat=True)) == [None]


@pytest.mark.parametrize("data", [{"came": "x"}, {"came": 99999}, {"walk_ins": [99999]}])
def test_nonsense_is_422(client, url, data):
    assert (client.post(url, data).status_code, Attendance.objects.count()) == (422, 0)


def test_who_was_said_to_come_elsewhere_is_no_choice(client, session, url, guest):
    assert client.post(url, {"came": [guest.pk]}).status_code == 422


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_number_of_queries_is_fixed(client, session, url, count, django_assert_num_queries):
    for _ in range(count):
        said(session)
    with django_assert_num_queries(9):
        client.get(url)
