"""The first steps of a new member."""

import re

import pytest

from members.models import Community, Member
from tests.factories import AttendanceFactory, SkillFactory

pytestmark = pytest.mark.django_db


def ticks(client) -> list[bool]:
    page = client.get("/welcome/").content.decode()
    return ["Done:" in step for step in re.findall(r"<h2 class=\"glyph-line\">(.*?)</h2>", page, re.DOTALL)]


@pytest.fixture
def newcomer(lead):
    Community.objects.create(pk=1, charter_version=1)
    Member.objects.update(team=None)
    return lead


def test_four_ticks_one_after_the_other_and_then_the_page_is_gone(newcomer, sign_in):
    client = sign_in(newcomer)
    assert ticks(client) == [False] * 4
    assert 'href="/welcome/"' in client.get("/").content.decode()
    Member.objects.update(about="I build things.", charter_seen=1)
    assert ticks(client) == [False, True, False, False]
    newcomer.offers.add(SkillFactory())
    assert ticks(client) == [False, True, False, False]
    newcomer.seeks.add(SkillFactory())
    assert ticks(client) == [False, True, True, False]
    AttendanceFactory(member=newcomer, answer="no")
    assert ticks(client) == [False, True, True, True]
    Member.objects.update(team=AttendanceFactory().member.team)
    response = client.get("/welcome/")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert 'href="/welcome/"' not in client.get("/").content.decode()


def test_each_step_leads_where_it_is_done(newcomer, sign_in):
    page = sign_in(newcomer).get("/welcome/").content.decode().partition("<ol")[2]
    assert re.findall(r'<a [^>]*href="([^"]+)"', page.partition("</ol>")[0]) == [
        "/members/me/",
        "/charter/",
        "/members/me/#id_offers",
        "/sessions/",
    ]


def test_an_archive_welcomes_nobody(newcomer, sign_in):
    Community.objects.update(stage=Community.Stage.CLOSED)
    assert sign_in(newcomer).get("/welcome/").headers["Location"] == "/"


def test_guests_have_none(guest, sign_in):
    assert sign_in(guest).get("/welcome/").status_code == 404


def test_costs_few_queries(newcomer, sign_in, django_assert_num_queries):
    client = sign_in(newcomer)
    with django_assert_num_queries(6):
        client.get("/welcome/")
