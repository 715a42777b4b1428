"""One search over everything: each kind of thing by its words, and only what the member may see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cop_portal.search import every_word
from library.models import Principle
from members.models import Community
from sessions.models import Session, Topic
from tests.factories import InsightFactory, MaterialFactory, MemberFactory, SessionFactory

NOW = timezone.now()


@pytest.fixture(autouse=True)
def community(db):
    return Community.objects.create(stage=Community.Stage.OPEN)


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


def found(client, words):
    response = client.get("/search/", {"q": words})
    assert response.status_code == 200
    return response.context["found"]


def test_each_kind_of_thing_is_found(client):
    MaterialFactory(title="Delegating in small steps")
    SessionFactory(title="Delegating on purpose")
    Topic.objects.create(title="When delegating fails", proposed_at=NOW)
    Principle.objects.create(title="Delegating is trust", statement="We hand over the problem.")
    MemberFactory(name="Dora Delegating")
    hits = found(client, "delegating")
    assert [str(row.title).replace("<mark>", "").replace("</mark>", "") for row in hits.materials] == [
        "Delegating in small steps"
    ]
    assert [row.session.title for row in hits.sessions] == ["Delegating on purpose"]
    assert [topic.title for topic in hits.topics] == ["When delegating fails"]
    assert [principle.title for principle in hits.principles] == ["Delegating is trust"]
    assert [person.name for person in hits.people] == ["Dora Delegating"]
    assert len(hits) == 5


def test_capital_umlauts_are_found_in_small_letters(client):
    SessionFactory(title="Übergaben üben")
    Topic.objects.create(title="Ärger im Team", proposed_at=NOW)
    assert [row.session.title for row in found(client, "übergaben").sessions] == ["Übergaben üben"]
    assert [topic.title for topic in found(client, "ärger team").topics] == ["Ärger im Team"]


def test_only_what_the_member_may_see(client):
    InsightFactory(material__title="Delegating in private", material__audience="private")
    SessionFactory(title="Delegating, a draft", state=Session.State.DRAFT)
    SessionFactory(title="Cases about delegating", notes="Delegating went wrong")
    assert [row.session.title for row in found(client, "delegating").sessions] == ["Cases about delegating"]
    assert found(client, "delegating").materials == []


def test_notes_are_not_searched_for_they_may_be_for_those_who_came(client):
    SessionFactory(title="A case", notes="A secret about payroll")
    assert len(found(client, "payroll")) == 0


def test_more_hits_in_the_library_lead_there(client):
    MaterialFactory.create_batch(7, title="Delegating")
    hits = found(client, "delegating")
    assert (len(hits.materials), hits.more_url) == (6, "/library/?q=delegating")


def test_no_hits_can_become_a_topic(client):
    page = client.get("/search/", {"q": "quantum <b>"}).content.decode()
    assert "No results for “quantum &lt;b&gt;”" in page
    assert "/sessions/topics/new/?title=quantum+%3Cb%3E" in page


@pytest.mark.parametrize("words", ['"', 'mig" *', "\x00", "OR", "-x", "'; drop table", "%", "_", "\\"])
def test_odd_words_are_no_fault(client, words):
    assert client.get("/search/", {"q": words}).status_code in {200, 422}


def test_too_long_is_said_beside_the_field(client):
    response = client.get("/search/", {"q": "x" * 5_000})
    assert response.status_code == 422
    assert "found-" not in response.content.decode()


def test_nothing_asked_shows_only_the_form(client):
    response = client.get("/search/")
    assert (response.status_code, response.context["found"]) == (200, None)


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(client, count, django_assert_num_queries):
    for number in range(count):
        MaterialFactory(title=f"Planning {number}")
        SessionFactory(title=f"Planning {number}", starts_at=NOW + timedelta(days=number)).leads.add(MemberFactory())
        Topic.objects.create(title=f"Planning {number}", proposed_at=NOW)
        MemberFactory(name=f"Planning {number}")
    with django_assert_num_queries(14):
        found(client, "planning")


def test_a_guest_searches_nothing(guest, sign_in):
    assert sign_in(guest).get("/search/", {"q": "x"}).status_code == 404


def test_signs_of_the_library_search_are_left_out_elsewhere():
    condition = every_word('-Without "exact phrase" c++ well-being', "title")
    assert [word for _field, word in condition.children] == ["without", "exact", "phrase", "c++", "well-being"]
    assert every_word(' "" ', "title") is None
