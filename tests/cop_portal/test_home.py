"""Home is right for a newcomer with nothing, a member with plenty, a guest, the lead of the next session."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from feedback.actions import open_poll
from library.models import Insight, Material
from members.models import Community
from sessions.models import Attendance, Session, SessionMaterial, Topic
from tests.factories import MemberFactory, SessionFactory

POLLS_OPEN_AT_ONCE = 5


@pytest.fixture(autouse=True)
def community(db):
    return Community.objects.create(stage=Community.Stage.OPEN)


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


def home(client):
    response = client.get("/")
    assert response.status_code == 200
    return response


def soon(**fields):
    return SessionFactory(starts_at=timezone.now() + timedelta(days=2), **fields)


def insight(title="We tried it", **fields):
    at = timezone.now()
    made = Material.objects.create(kind="insight", title=title, created_at=at, changed_at=at, published_at=at, **fields)
    Insight.objects.create(material=made, nature="failure")
    return made


def test_a_visitor_reads_what_this_is_and_can_sign_in():
    page = home(Client()).content.decode()
    assert "A community of practice of engineering leaders" in page
    assert "/accounts/login/" in page


def test_a_newcomer_with_nothing_finds_first_steps_and_people(client, lead):
    helper = MemberFactory(name="Hanna Helps")
    response = home(client)
    assert [step.action for step in response.context["steps"]] == ["Write", "Offer", "Choose"]
    assert "Our next session is being planned" in response.content.decode()
    assert "Nothing new from other teams yet" in response.content.decode()
    assert helper not in response.context["helpers"]


def test_the_next_session_can_be_answered_with_one_click(client):
    soon(title="The later one")
    session = SessionFactory(title="The next one", starts_at=timezone.now() + timedelta(days=1))
    SessionFactory(title="Cancelled", state=Session.State.CANCELLED, starts_at=timezone.now() + timedelta(hours=1))
    response = home(client)
    assert response.context["row"].session == session
    assert f'hx-post="/sessions/{session.slug}/rsvp/"' in response.content.decode()


def test_the_lead_of_the_next_session_is_told(client, lead):
    soon().leads.add(lead)
    assert "You lead this session." in home(client).content.decode()
    assert "You lead this session." not in home(Client()).content.decode()


def test_for_you_brings_feedback_reading_and_votes(client, lead):
    open_poll(SessionFactory(title="Handing over", starts_at=timezone.now() - timedelta(hours=3)))
    session, reading = soon(), insight("The feedback equation", owner=MemberFactory())
    session.leads.add(MemberFactory())
    SessionMaterial.objects.create(session=session, material=reading)
    Topic.objects.create(title="A topic", proposed_at=timezone.now())
    words = [step.text for step in home(client).context["steps"]]
    assert words[:2] == ["A minute, anonymous: how was “Handing over”?", "You have 3 votes left for topics."]
    Attendance.objects.create(session=session, member=lead, answer="going", answered_at=timezone.now())
    day = session.starts_at.astimezone(timezone.get_fixed_timezone(60)).strftime("%a")
    assert home(client).context["steps"][1].text == f"Read before {day}: The feedback equation"


def test_insights_of_other_teams_newest_first_and_no_drafts(client, lead):
    owner = MemberFactory()
    insight("My own", owner=lead)
    insight("First", owner=owner)
    insight("Second", owner=owner)
    hidden = insight("Private", owner=owner, audience="private")
    assert [str(row.title) for row in home(client).context["insights"]] == ["Second", "First"]
    assert hidden.title not in home(client).content.decode()


def test_a_guest_finds_their_invitation_and_nothing_else(guest, sign_in):
    mine, other = soon(title="By theme"), soon(title="Not for guests")
    Attendance.objects.create(session=mine, member=guest, answer="invited", answered_at=timezone.now())
    page = home(sign_in(guest)).content.decode()
    assert "You are invited" in page
    assert "By theme" in page
    assert other.title not in page


def test_an_aspiring_member_does_not_see_what_is_for_leads(aspiring, sign_in):
    soon(title="Case for leads", audience=Session.Audience.LEADS)
    assert home(sign_in(aspiring)).context["row"] is None


@pytest.mark.parametrize("count", [1, 3, 5, 50])
def test_query_count_does_not_grow(client, count, django_assert_num_queries):
    for number in range(count):
        if number < POLLS_OPEN_AT_ONCE:
            open_poll(SessionFactory(starts_at=timezone.now() - timedelta(hours=number + 2)))
        soon().leads.add(MemberFactory())
        insight(f"Insight {number}", owner=MemberFactory())
        Topic.objects.create(title=f"Topic {number}", proposed_at=timezone.now())
    with django_assert_num_queries(12):
        home(client)


def test_only_reads(client):
    assert client.post("/").status_code == 405
