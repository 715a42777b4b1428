"""What is asked of owners: whether it is still true, and what became of it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from library.aftermath import ask_what_became
from library.models import Insight, Material
from library.reviews import note_due_reviews
from members.models import Community
from tests.conftest import NOW
from tests.factories import InsightFactory, MaterialFactory, SessionFactory

TODAY = NOW.date()


def told(member):
    return [line.text for line in member.notifications.all()]


# --- still true? -------------------------------------------------------------------------------
def test_what_is_due_sinks_and_its_owner_is_told_once(client, lead):
    due = MaterialFactory(owner=lead, title="walrus due", review_on=TODAY)
    MaterialFactory(title="walrus older", published_at=NOW - timedelta(days=200), review_on=TODAY + timedelta(days=1))
    for hidden in ({"published_at": None}, {"binned_at": NOW}):
        MaterialFactory(owner=lead, review_on=TODAY, **hidden)
    assert [note_due_reviews(NOW) for _ in range(2)] == [1, 0]
    assert told(lead) == ["Is “walrus due” still true?"]
    rows = client.get("/library/", {"q": "walrus"}).context["rows"]
    assert [row.title for row in rows] == ["<mark>walrus</mark> older", "<mark>walrus</mark> due"]
    assert rows[1].badges == ["perhaps out of date"]
    with time_machine.travel(NOW, tick=False):
        client.post(f"/library/{due.slug}/still-true/")
    due.refresh_from_db()
    assert (due.review_on, due.past_review) == (TODAY + timedelta(days=365), False)
    rows = client.get("/library/", {"q": "walrus"}).context["rows"]
    assert rows[0].title == "<mark>walrus</mark> due"


def test_the_owner_is_asked_and_readers_are_warned(client, other, lead):
    due = MaterialFactory(owner=lead, review_on=date(2020, 1, 1))
    fresh = MaterialFactory(owner=lead, review_on=timezone.now().date() + timedelta(days=1))
    pages = [browser.get(due.get_absolute_url()).content.decode() for browser in (client, other)]
    assert [("Still true?" in page, "/still-true/" in page, "may be out of date" in page) for page in pages] == [
        (True, True, False), (False, False, True),
    ]  # fmt: skip
    assert "Still true?" not in client.get(fresh.get_absolute_url()).content.decode()
    assert other.post(f"/library/{due.slug}/still-true/").status_code == 403
    assert Material.objects.get(pk=due.pk).review_on == date(2020, 1, 1)


def test_an_edit_counts_as_a_look(client, lead):
    due = MaterialFactory(owner=lead, title="walrus", review_on=TODAY)
    note_due_reviews(NOW)
    data = {"title": "walrus", "body": "x", "shown_as": "owner", "audience": "members", "save": "publish", "version": 1}
    client.post(f"/library/{due.slug}/edit/", data)
    due.refresh_from_db()
    assert (due.past_review, due.review_on > TODAY) == (False, True)


def test_an_archive_asks_nobody(lead):
    Community.objects.create(stage=Community.Stage.CLOSED)
    MaterialFactory(owner=lead, review_on=TODAY)
    discussed(lead)
    assert (note_due_reviews(NOW), ask_what_became(NOW), told(lead)) == (0, 0, [])


# --- what became of it -----------------------------------------------------------------------------
def discussed(owner, *, days=14, state="published", **fields):
    insight = InsightFactory(material__owner=owner, material__title="Fewer meetings", **fields)
    start = NOW - timedelta(days=days, minutes=75)
    SessionFactory(starts_at=start, state=state).session_materials.create(material=insight.material)
    return insight


def test_owners_of_what_was_discussed_are_asked_once_for_good(lead):
    insight = discussed(lead)
    SessionFactory(starts_at=NOW - timedelta(days=40)).session_materials.create(material=insight.material)
    assert [ask_what_became(NOW), ask_what_became(NOW + timedelta(days=1))] == [1, 0]
    assert told(lead) == ["What became of “Fewer meetings”?"]
    lead.notifications.all().delete()
    SessionFactory(starts_at=NOW - timedelta(days=15)).session_materials.create(material=insight.material)
    assert (ask_what_became(NOW + timedelta(days=100)), told(lead)) == (0, [])


@pytest.mark.parametrize(
    "why",
    [
        {"days": 13}, {"state": "cancelled"}, {"nature": "failure"}, {"became": "Said already"},
        {"material__audience": "private"}, {"material__binned_at": NOW}, {"material__published_at": None},
    ],
)  # fmt: skip
def test_who_is_not_asked(lead, why):
    discussed(lead, **why)
    assert (ask_what_became(NOW), told(lead)) == (0, [])


def test_the_answer_stands_below_it_and_is_found(client, other, lead):
    insight = InsightFactory(material__owner=lead)
    url = f"/library/{insight.material.slug}/became/"
    assert url in client.get(insight.material.get_absolute_url()).content.decode()
    assert client.post(url, {"became": "We *kept* the narwhal."}).status_code == 302
    page = other.get(insight.material.get_absolute_url()).content.decode()
    assert ("What became of it" in page, "We <em>kept</em> the narwhal." in page) == (True, True)
    assert len(other.get("/library/", {"q": "narwhal"}).context["rows"]) == 1
    versions = other.get(f"/library/{insight.material.slug}/history/").context["versions"]
    assert versions[0].changed == ["What became of it"]
    client.post(url, {"became": ""})
    assert (Insight.objects.get().became, Insight.objects.get().became_at) == ("", None)


def test_who_says_what_became_of_what(client, other, lead):
    insight, failure = InsightFactory(material__owner=lead), InsightFactory(material__owner=lead, nature="failure")
    draft = InsightFactory(material__owner=lead, material__published_at=None)
    assert other.get(f"/library/{insight.material.slug}/became/").status_code == 403
    assert other.get(f"/library/{draft.material.slug}/became/").status_code == 404
    for material in (failure.material, draft.material, MaterialFactory(owner=lead)):
        assert client.get(f"/library/{material.slug}/became/").status_code == 404
    assert client.post(f"/library/{insight.material.slug}/became/", {"became": "x" * 5_001}).status_code == 422
