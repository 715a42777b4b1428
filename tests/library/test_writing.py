"""Adding, editing, throwing away: what is typed is stored once, and never lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cop_portal.lib.markdown import TextTooComplexError
from library.models import Insight, Link, Material
from library.natures import NATURES
from tests.conftest import NOW
from tests.factories import InsightFactory, LinkFactory, MaterialFactory, PrincipleFactory, stored_file

COMMON = {"title": "A title", "shown_as": "owner", "audience": "members", "save": "publish"}
ARTICLE = {**COMMON, "body": "Some **text**."}


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


# --- choosing -------------------------------------------------------------------------------------
def test_the_choice_shows_all_kinds_and_natures(client):
    page = client.get("/library/new/").content.decode()
    for kind in ("article", "link", "file"):
        assert f'href="/library/new/{kind}/"' in page
    for nature in NATURES:
        assert f'href="/library/new/insight/?nature={nature}"' in page


def test_an_insight_begins_with_its_nature(client):
    for url in ("/library/new/insight/", "/library/new/insight/?nature=x"):
        assert "What kind of story is it?" in client.get(url).content.decode()


# --- articles ----------------------------------------------------------------------------------------
def test_an_article_is_stored_rendered_and_found(client, lead):
    principle = PrincipleFactory()
    data = {**ARTICLE, "summary": "In short", "tags": "Feedback, feedback, new", "principles": [principle.pk]}
    response = client.post("/library/new/article/", data)
    material = Material.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, material.get_absolute_url())
    assert (material.kind, material.title, material.owner, material.team) == ("article", "A title", lead, lead.team)
    assert material.html == "<p>Some <strong>text</strong>.</p>"
    assert sorted(tag.name for tag in material.tags.all()) == ["feedback", "new"]
    assert list(material.principles.all()) == [principle]
    assert material.published_at is not None
    assert material.review_on.year == material.published_at.year + 1
    assert len(client.get("/library/", {"q": "text"}).context["rows"]) == 1


def test_a_draft_is_only_its_owners(client, other):
    client.post("/library/new/article/", {**ARTICLE, "save": "draft"})
    material = Material.objects.get()
    assert material.is_draft
    assert (
        client.get(material.get_absolute_url()).status_code,
        other.get(material.get_absolute_url()).status_code,
    ) == (200, 404)
    client.post(f"/library/{material.slug}/edit/", {**ARTICLE, "version": 1})
    assert not Material.objects.get().is_draft
    assert other.get(material.get_absolute_url()).status_code == 200


def test_a_dropped_text_is_the_article_and_its_heading_the_title(client):
    file = SimpleUploadedFile("asking_first.md", b"# Asking first\n\nWhy *not*?\r\n")
    client.post("/library/new/article/", {**ARTICLE, "title": "", "body": "", "file": file})
    material = Material.objects.get()
    assert (material.title, material.body, material.html) == (
        "Asking first",
        "Why *not*?\n",
        "<p>Why <em>not</em>?</p>",
    )


def test_a_name_suggests_the_title_where_no_heading_does(client):
    file = SimpleUploadedFile("asking_first-v2.txt", b"Only words.")
    client.post("/library/new/article/", {**ARTICLE, "title": "", "body": "", "file": file})
    assert Material.objects.get().title == "Asking first v2"


def test_what_is_typed_wins_over_the_file(client):
    file = SimpleUploadedFile("a.md", b"# From the file")
    client.post("/library/new/article/", {**ARTICLE, "file": file})
    assert (Material.objects.get().title, Material.objects.get().body) == ("A title", "Some **text**.")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"title": ""}, {"title": ["How is it called?"]}),
        ({"title": "\u200b"}, {"title": ["Please use at least one letter that can be seen."]}),
        ({"title": "a\x00b"}, {"title": ["There is a character in it that cannot be stored."]}),
        ({"body": " \n "}, {"body": ["There is no text yet."]}),
        ({"tags": "x" * 41}, {"tags": ["A tag has at most 40 characters."]}),
        ({"tags": ",".join("abcdefghijklm")}, {"tags": ["At most twelve tags, please."]}),
        ({"tags": "a\x00"}, {"tags": ["Null characters are not allowed."]}),
        ({"file": SimpleUploadedFile("a.md", b"\xff\xfe")}, {"file": ["This kind of file is not accepted."]}),
        ({"file": SimpleUploadedFile("a.csv", b"a,b")}, {"file": ["This kind of file is not accepted."]}),
    ],
)
def test_what_is_missing_is_said_beside_it_and_all_is_kept(client, change, wrong):
    response = client.post("/library/new/article/", {**ARTICLE, "summary": "Kept words", **change})
    assert (response.status_code, errors(response)) == (422, wrong)
    assert "Kept words" in response.content.decode()
    assert Material.objects.count() == 0


def test_no_form_gives_what_is_not_its_to_give(client, manager):
    client.post(
        "/library/new/article/", {**ARTICLE, "owner": manager.pk, "kind": "file", "helped_count": 9, "html": "<b>"}
    )
    material = Material.objects.get()
    assert (material.owner.name, material.kind, material.helped_count) == ("Lea Lead", "article", 0)


def test_too_complex_a_text_is_kept_and_said(client, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise TextTooComplexError

    monkeypatch.setattr("cop_portal.lib.markdown_field.render", refuse)
    response = client.post("/library/new/article/", ARTICLE)
    assert (response.status_code, errors(response)) == (422, {"body": ["This text is too complex to show"]})
    assert "Some **text**." in response.content.decode()


def test_a_form_sent_again_leads_to_the_same_page(client):
    key = client.get("/library/new/article/").context["form"]["key"].value()
    answers = {client.post("/library/new/article/", {**ARTICLE, "key": key}).headers["Location"] for _ in range(3)}
    assert answers == {Material.objects.get().get_absolute_url()}


def test_the_preview_is_the_page_and_stores_nothing(client):
    response = client.post("/library/new/article/preview/", {**ARTICLE, "tags": "one, two"})
    page = response.content.decode()
    assert "<p>Some <strong>text</strong>.</p>" in page
    assert "<h1>A title</h1>" in page
    assert Material.objects.count() == 0
    assert client.post("/library/new/article/preview/", {**ARTICLE, "title": ""}).status_code == 422


# --- links --------------------------------------------------------------------------------------------
LINK = {
    **COMMON,
    "address": "https://Example.org/a?utm_source=x",
    "medium": "video",
    "minutes": "12",
    "body": "It *helped*.",
}


def test_a_link_keeps_its_address_and_normal_form(client):
    client.post("/library/new/link/", LINK)
    link = Link.objects.get()
    assert (link.address, link.normal_address) == ("https://Example.org/a?utm_source=x", "https://example.org/a")
    assert (link.medium, link.minutes, link.material.html) == ("video", 12, "<p>It <em>helped</em>.</p>")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://example.org/", "data:text/html,x", "x y", "", "http://["]
)
def test_only_addresses_of_pages(client, address):
    response = client.post("/library/new/link/", {**LINK, "address": address})
    assert (response.status_code, list(errors(response))) == (422, ["address"])


@pytest.mark.parametrize("minutes", ["0", "-1", "x", "99999999"])
def test_odd_minutes(client, minutes):
    assert list(errors(client.post("/library/new/link/", {**LINK, "minutes": minutes}))) == ["minutes"]


def test_a_link_that_is_there_is_said_and_may_be_added_anyway(client):
    twin = LinkFactory(normal_address="https://example.org/a", material__title="Was <here>").material
    response = client.post("/library/new/link/", LINK)
    assert (response.status_code, Link.objects.count()) == (422, 1)
    page = response.content.decode()
    assert f'Already in the library: <a href="{twin.get_absolute_url()}">Was &lt;here&gt;</a>' in page
    assert '<input type="checkbox" name="anyway"' in page
    assert client.post("/library/new/link/", {**LINK, "anyway": "on"}).status_code == 302
    assert Link.objects.count() == 2


def test_what_others_keep_to_themselves_is_no_twin(client):
    LinkFactory(normal_address="https://example.org/a", material__audience="private")
    assert client.post("/library/new/link/", LINK).status_code == 302


# --- insights --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("nature", NATURES)
def test_each_nature_asks_its_own_questions(client, nature):
    url = f"/library/new/insight/?nature={nature}"
    page = client.get(url)
    names = [question.name for question in NATURES[nature].questions]
    assert [name for name in page.context["form"].fields if name in {*names, "outcome", "repeat"}] == [
        *names,
        *(["outcome", "repeat"] if nature == "experiment" else []),
    ]
    answers = {name: f"About **{name}**" for name in names}
    response = client.post(url, {**COMMON, "outcome": "mixed", "repeat": "no", **answers})
    insight = Insight.objects.get()
    assert response.headers["Location"] == insight.material.get_absolute_url()
    told = {name: text for name, text in answers.items() if name in names}
    assert (insight.nature, insight.answers) == (nature, told)
    assert (insight.outcome, insight.repeat) == (("mixed", "no") if nature == "experiment" else ("", ""))
    page = client.get(insight.material.get_absolute_url()).content.decode()
    assert all(f"<p>About <strong>{name}</strong></p>" in page for name in names)


@pytest.mark.parametrize("nature", NATURES)
def test_only_the_heart_of_it_is_required(client, nature):
    response = client.post(f"/library/new/insight/?nature={nature}", COMMON)
    assert set(errors(response)) == set(NATURES[nature].required)


def test_lines_of_options_become_a_list(client):
    data = {**COMMON, "context": "c", "challenge": "d", "options": "One\nTwo", "lessons": "- kept"}
    client.post("/library/new/insight/?nature=case", data)
    html = Insight.objects.get().answers_html
    assert html["options"] == "<ul>\n<li>One</li>\n<li>Two</li>\n</ul>"
    assert html["lessons"] == "<ul>\n<li>kept</li>\n</ul>"


# --- editing ------------------------------------------------------------------------------------------------
def edit(client, material, **data):
    return client.post(f"/library/{material.slug}/edit/", {**ARTICLE, **data})


def test_an_edit_changes_words_and_not_the_date(client, lead):
    material = MaterialFactory(owner=lead, tags=["old"], published_at=NOW)
    assert client.get(f"/library/{material.slug}/edit/").context["form"]["tags"].value() == "old"
    response = edit(client, material, title="New words", tags="new", version="1")
    fresh = Material.objects.get()
    assert response.headers["Location"] == fresh.get_absolute_url()
    assert (fresh.title, fresh.version, fresh.published_at) == ("New words", 2, NOW)
    assert [tag.name for tag in fresh.tags.all()] == ["new"]
    assert [len(client.get("/library/", {"q": q}).context["rows"]) for q in ("old", "new")] == [0, 1]


def test_a_newer_version_is_shown_beside_what_was_typed(client, lead):
    material = MaterialFactory(owner=lead, body="Theirs", title="A title")
    edit(client, material, body="Theirs, newer", version="1")
    response = edit(client, material, body="Mine", title="My title", version="1")
    assert response.status_code == 409
    assert response.context["differences"] == [
        {"label": "Title", "typed": "My title", "stored": "A title"},
        {"label": "Text", "typed": "Mine", "stored": "Theirs, newer"},
    ]
    page = response.content.decode()
    assert ("Theirs, newer" in page, ">\nMine</textarea>" in page) == (True, True)
    assert Material.objects.get().body == "Theirs, newer"
    version = response.context["form"]["version"].value()
    assert edit(client, material, body="Mine", title="My title", version=version).status_code == 302
    assert Material.objects.get().body == "Mine"


def test_the_same_edit_sent_again_is_one_edit(client, lead):
    material = MaterialFactory(owner=lead)
    key = client.get(f"/library/{material.slug}/edit/").context["form"]["key"].value()
    assert [edit(client, material, version="1", key=key).status_code for _ in range(2)] == [302, 302]
    assert Material.objects.get().version == 2


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 20])
def test_an_edit_without_its_version_stores_nothing(client, lead, version):
    material = MaterialFactory(owner=lead, body="Kept")
    assert edit(client, material, version=version).status_code in {409, 422}
    assert Material.objects.get().body == "Kept"


def test_links_and_insights_are_edited_with_all_they_have(client, lead):
    link = LinkFactory(material__owner=lead)
    client.post(f"/library/{link.material.slug}/edit/", {**LINK, "version": 1})
    assert Link.objects.get().minutes == 12
    insight = InsightFactory(material__owner=lead)
    url = f"/library/{insight.material.slug}/edit/"
    form = client.get(url).context["form"]
    assert (form["tried"].value(), form["outcome"].value()) == ("Six weeks.", "worked")
    client.post(url, {**COMMON, "hypothesis": "a", "tried": "b", "outcome": "harmful", "version": 1})
    insight.refresh_from_db()
    assert (insight.answers["tried"], insight.answers_html["tried"], insight.outcome) == ("b", "<p>b</p>", "harmful")


def test_only_owners_edit_and_delete(client, other, lead):
    material = MaterialFactory(owner=lead)
    for page in ("edit", "delete"):
        url = f"/library/{material.slug}/{page}/"
        assert [other.get(url).status_code, other.post(url, ARTICLE).status_code] == [403, 403]
    assert Material.objects.get().binned_at is None
    private = MaterialFactory(owner=lead, audience="private")
    assert other.get(f"/library/{private.slug}/edit/").status_code == 404


def test_other_words_in_the_address_lead_to_the_present_ones(client, lead):
    material = MaterialFactory(owner=lead)
    for page in ("", "edit/", "delete/"):
        response = client.get(f"/library/{material.pk}-old/{page}")
        assert (response.status_code, response.headers["Location"]) == (301, f"{material.get_absolute_url()}{page}")


# --- the bin -----------------------------------------------------------------------------------------------
def test_into_the_bin_and_back_with_everything(client, other, lead):
    material = MaterialFactory(owner=lead, title="Gone", tags=["kept"])
    other.post(f"/library/{material.slug}/comments/", {"text": "kept"})
    url = material.get_absolute_url()
    assert "Delete “Gone”?" in client.get(f"{url}delete/").content.decode()
    response = client.post(f"{url}delete/", follow=True)
    assert "“Gone” is in your bin" in response.content.decode()
    assert [client.get(url).status_code, other.get(url).status_code] == [404, 404]
    assert len(client.get("/library/", {"q": "kept"}).context["rows"]) == 0
    assert [row.title for row in client.get("/library/bin/").context["rows"]] == ["Gone"]
    assert list(other.get("/library/bin/").context["rows"]) == []
    assert other.post(f"{url}restore/").status_code == 404
    assert client.post(f"{url}restore/").headers["Location"] == url
    page = other.get(url)
    assert [tag.name for tag in page.context["material"].tags.all()] == ["kept"]
    assert [item["comment"].text for item in page.context["comments"]] == ["kept"]
    assert len(client.get("/library/", {"q": "kept"}).context["rows"]) == 1


def test_a_bin_is_emptied_after_thirty_days(lead, now):
    from datetime import timedelta

    from library.retention import empty_bins

    kept = MaterialFactory(owner=lead, binned_at=now - timedelta(days=29))
    gone = stored_file(owner=lead, binned_at=now - timedelta(days=31))
    path = gone.file.path
    assert (empty_bins(now), empty_bins(now)) == (1, 0)
    assert list(Material.objects.all()) == [kept]
    assert path
