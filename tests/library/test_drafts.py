"""Drafts that save themselves: what was typed is kept, nothing else happens."""

from unittest.mock import ANY
from uuid import uuid4

import pytest
import time_machine

from library.models import Insight, Material, Tag
from tests.conftest import NOW
from tests.factories import InsightFactory, LinkFactory, MaterialFactory, TagFactory
from tests.threads import at_once

NEW = "/library/new/autosave/?kind=article"
TYPED = {
    "title": "On pairing",
    "body": "We *pair*",
    "shown_as": "owner",
    "audience": "members",
    "summary": "",
    "tags": "",
}


@pytest.fixture
def key():
    return str(uuid4())


def test_what_is_typed_is_kept_in_one_draft(client, other, key):
    with time_machine.travel(NOW, tick=False):
        answers = [client.post(NEW, {**TYPED, "key": key, "body": body}).json() for body in ("We", "We *pair*")]
    draft = Material.objects.get()
    assert answers[1] == {
        "words": "Saved 10:42", "version": 3, "autosave": f"/library/{draft.slug}/autosave/",
        "edit": f"/library/{draft.slug}/edit/",
    }  # fmt: skip
    assert (draft.title, draft.body, draft.is_draft, draft.html_version) == ("On pairing", "We *pair*", True, 0)
    assert "<p>We <em>pair</em></p>" in client.get(draft.get_absolute_url()).content.decode()
    assert other.get(draft.get_absolute_url()).status_code == 404
    assert Material.history.count() == 0


def test_the_page_says_where_it_saves(client, lead):
    assert f'data-autosave="{NEW}"' in client.get("/library/new/article/").content.decode()
    page = client.get("/library/new/insight/?nature=failure").content.decode()
    assert 'data-autosave="/library/new/autosave/?kind=insight&amp;nature=failure"' in page
    draft = MaterialFactory(owner=lead, published_at=None)
    assert f"/library/{draft.slug}/autosave/" in client.get(f"/library/{draft.slug}/edit/").content.decode()
    for url in ("new/link/", "new/file/", f"{MaterialFactory(owner=lead).slug}/edit/"):
        assert "data-autosave" not in client.get(f"/library/{url}").content.decode()


def test_sharing_it_makes_the_draft_the_material(client, key):
    client.post(NEW, {**TYPED, "key": key})
    for _ in range(2):  # the same form sent twice leads to the same page
        response = client.post("/library/new/article/", {**TYPED, "key": key, "body": "Done", "save": "publish"})
        material = Material.objects.get()
        assert response.headers["Location"] == material.get_absolute_url()
    assert (material.body, material.html, material.is_draft) == ("Done", "<p>Done</p>", False)
    late = client.post(NEW, {**TYPED, "key": key, "body": "Late"})
    assert (late.status_code, Material.objects.get().body) == (409, "Done")


def test_other_words_after_going_back_are_another_material(client, key):
    for body in ("One", "Two"):
        client.post("/library/new/article/", {**TYPED, "key": key, "body": body, "save": "publish"})
    assert sorted(Material.objects.values_list("body", flat=True)) == ["One", "Two"]


def test_its_own_saves_are_not_in_its_way_others_are(client, lead, key):
    draft = MaterialFactory(owner=lead, published_at=None, body="Old")
    url = f"/library/{draft.slug}/autosave/"
    assert client.post(url, {**TYPED, "key": key, "version": 1}).json()["version"] == 2
    assert client.post(url, {**TYPED, "key": key, "version": 1}).json()["version"] == 3  # an answer was lost
    stale = client.post(url, {**TYPED, "key": str(uuid4()), "version": 1, "body": "Another window"})
    assert (stale.status_code, Material.objects.get().body) == (409, "We *pair*")
    draft.refresh_from_db()
    edit = f"/library/{draft.slug}/edit/"
    both = client.post(edit, {**TYPED, "key": str(uuid4()), "version": 1, "body": "Another window"})
    assert both.status_code == 409
    assert {"label": ANY, "typed": "Another window", "stored": "We *pair*"} in both.context["differences"]
    assert client.post(edit, {**TYPED, "key": key, "version": 1, "body": "Mine", "save": "draft"}).status_code == 302
    assert (Material.objects.get().body, Material.objects.get().is_draft) == ("Mine", True)
    assert client.post(url, {**TYPED, "key": key, "version": 1}).status_code == 409  # saved by hand since


def test_half_an_insight_is_kept(client, key):
    url = "/library/new/autosave/?kind=insight&nature=experiment"
    data = {
        **TYPED,
        "title": "",
        "hypothesis": "# Less meetings give more",
        "tried": "",
        "result": "",
        "outcome": "mixed",
    }
    assert client.post(url, {**data, "key": key}).status_code == 200
    insight = Insight.objects.get()
    assert (insight.material.title, insight.nature, insight.outcome) == ("Less meetings give", "experiment", "mixed")
    assert insight.answers["hypothesis"] == "# Less meetings give more"
    assert "<h2" in client.get(insight.material.get_absolute_url()).content.decode()


def test_half_a_tag_is_no_tag(client, key):
    TagFactory(name="feedback")
    client.post(NEW, {**TYPED, "key": key, "tags": "new one, feedb"})
    assert [tag.name for tag in Material.objects.get().tags.all()] == ["new one"]
    client.post(NEW, {**TYPED, "key": key, "tags": "new one, feedback"})
    assert sorted(tag.name for tag in Material.objects.get().tags.all()) == ["feedback", "new one"]
    assert Tag.objects.count() == 2


def test_nothing_typed_is_nothing_kept(client, key):
    assert client.post(NEW, {**TYPED, "key": key, "title": " ", "body": "\n"}).json() == {"words": ""}
    assert Material.objects.count() == 0


@pytest.mark.parametrize(
    "change", [{"title": "a\x00"}, {"tags": "x" * 41}, {"body": "x" * 100_001}, {"principles": "x"}]
)
def test_what_cannot_be_kept_is_said(client, key, change):
    answer = client.post(NEW, {**TYPED, "key": key, **change})
    assert (answer.status_code, Material.objects.count()) == (422, 0)
    assert answer.json()["words"].startswith("Not saved yet")


def test_whose_drafts_and_which(client, other, lead, key):
    draft, shared = MaterialFactory(owner=lead, published_at=None), MaterialFactory(owner=lead)
    link = LinkFactory(material__owner=lead, material__published_at=None).material
    insight = InsightFactory(material__owner=lead).material
    data = {**TYPED, "key": key, "version": 1}
    assert other.post(f"/library/{draft.slug}/autosave/", data).status_code == 404
    assert other.post(f"/library/{shared.slug}/autosave/", data).status_code == 403
    assert client.post(f"/library/{shared.slug}/autosave/", data).status_code == 409
    assert client.post(f"/library/{insight.slug}/autosave/", data).status_code == 409
    assert client.post(f"/library/{link.slug}/autosave/", data).status_code == 404
    for query in ("", "?kind=link", "?kind=insight", "?kind=insight&nature=x"):
        assert client.post(f"/library/new/autosave/{query}", data).status_code == 404
    assert client.get(NEW).status_code == 405


def test_drafts_do_not_use_up_the_writes(client, settings, key):
    settings.RATE_LIMITS = True
    assert {client.post(NEW, {**TYPED, "key": key, "body": f"{n}"}).status_code for n in range(35)} == {200}


@pytest.mark.django_db(transaction=True)
def test_a_save_on_its_way_makes_no_second_material(lead, sign_in, key):
    clients = [sign_in(lead) for _ in range(6)]

    def send(number):
        url = "/library/new/article/" if number == 3 else NEW
        return clients[number].post(url, {**TYPED, "key": key, "body": f"{number}", "save": "publish"}).status_code

    answers = at_once(6, send)
    assert Material.objects.count() == 1
    assert (Material.objects.get().is_draft, Material.objects.get().body) == (False, "3")
    assert set(answers) <= {200, 302, 409}
