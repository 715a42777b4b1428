"""The library in the admin site: edits reach the search, what is private stays away."""

import pytest

from library.models import Comment, Material, Tag
from tests.conftest import NOW
from tests.factories import InsightFactory, LinkFactory, MaterialFactory, PrincipleFactory, TagFactory


@pytest.fixture
def desk(admin, sign_in):
    """The admin's browser."""
    return sign_in(admin)


def found(client, words):
    return [str(row.url) for row in client.get("/library/", {"q": words}).context["rows"]]


def form_of(response):
    """Returns what the admin's form would send as it stands."""
    form = response.context["adminform"].form
    data = {field.html_name: field.value() for field in form}
    for formset in response.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {field.html_name: field.value() for field in management}
        data |= {field.html_name: field.value() for one in formset.formset.forms for field in one}
    return {name: value for name, value in data.items() if value is not None}


def test_lists_and_forms_open(desk):
    rows = {
        "material": [MaterialFactory().pk, LinkFactory().pk, InsightFactory().pk],
        "tag": [TagFactory().pk],
        "principle": [PrincipleFactory().pk],
        "comment": [Comment.objects.create(material=MaterialFactory(), text="x", written_at=NOW).pk],
    }
    for name, pks in rows.items():
        assert desk.get(f"/admin/library/{name}/?q=x").status_code == 200
        for pk in pks:
            assert desk.get(f"/admin/library/{name}/{pk}/change/").status_code == 200


def test_an_edited_material_is_rendered_and_found(desk):
    material = LinkFactory(material__title="walrus").material
    url = f"/admin/library/material/{material.pk}/change/"
    data = {**form_of(desk.get(url)), "title": "narwhal", "body": "*New*"}
    assert desk.post(url, data).status_code == 302
    fresh = Material.objects.get()
    assert (fresh.title, fresh.html, fresh.version) == ("narwhal", "<p><em>New</em></p>", 2)
    assert (found(desk, "walrus"), found(desk, "narwhal")) == ([], [fresh.get_absolute_url()])


def test_what_is_private_or_nameless_stays_so(desk, lead):
    hidden = [
        MaterialFactory(title="Private one", audience="private"),
        MaterialFactory(title="A draft", published_at=None),
        MaterialFactory(title="Binned one", binned_at=NOW),
    ]
    nameless = MaterialFactory(title="Nameless", owner=lead, shown_as="anonymous")
    page = desk.get("/admin/library/material/").content.decode()
    assert [material.title in page for material in (*hidden, nameless)] == [False, False, False, True]
    change = desk.get(f"/admin/library/material/{nameless.pk}/change/").content.decode()
    assert (lead.name in page, lead.name in change, lead.email in change) == (False, False, False)
    assert desk.get(f"/admin/library/material/{hidden[0].pk}/change/").status_code == 302


def test_throwing_away_fills_the_owners_bin(desk, lead, sign_in):
    material = MaterialFactory(owner=lead, title="Gone")
    desk.post("/admin/library/material/", {"action": "throw_away", "_selected_action": [material.pk]})
    assert [row.title for row in sign_in(lead).get("/library/bin/").context["rows"]] == ["Gone"]


def test_an_alias_moves_all_over(desk):
    material = MaterialFactory(tags=["a"])
    tag, into = Tag.objects.get(), TagFactory(name="b")
    url = f"/admin/library/tag/{tag.pk}/change/"
    assert desk.post(url, {"name": "a", "alias_of": into.pk}).status_code == 302
    assert (list(material.tags.all()), Tag.objects.get(pk=tag.pk).alias_of) == ([into], into)
    assert found(desk, "b") == [material.get_absolute_url()]


def test_a_tag_is_no_alias_of_itself_and_names_are_taken_once(desk):
    tag, other = TagFactory(name="a"), TagFactory(name="b")
    url = f"/admin/library/tag/{tag.pk}/change/"
    itself = desk.post(url, {"name": "a", "alias_of": tag.pk})
    assert itself.context["adminform"].form.errors == {"alias_of": ["A tag cannot be merged into itself."]}
    taken = desk.post(url, {"name": " B ", "alias_of": ""})
    assert list(taken.context["adminform"].form.errors) == ["name"]
    assert Tag.objects.get(pk=other.pk).name == "b"


def test_renaming_and_deleting_a_tag_reach_the_search(desk):
    material = MaterialFactory(tags=["walrus"])
    tag = Tag.objects.get()
    desk.post(f"/admin/library/tag/{tag.pk}/change/", {"name": "narwhal", "alias_of": ""})
    assert (found(desk, "walrus"), found(desk, "narwhal")) == ([], [material.get_absolute_url()])
    desk.post(f"/admin/library/tag/{tag.pk}/delete/", {"post": "yes"})
    assert (Tag.objects.count(), found(desk, "narwhal")) == (0, [])


def test_a_comment_is_edited_rendered_and_hidden(desk):
    comment = Comment.objects.create(material=MaterialFactory(), text="x", written_at=NOW)
    desk.post(f"/admin/library/comment/{comment.pk}/change/", {"text": "*y*"})
    comment.refresh_from_db()
    assert comment.html == "<p><em>y</em></p>"
    desk.post("/admin/library/comment/", {"action": "hide", "_selected_action": [comment.pk]})
    assert desk.get(comment.material.get_absolute_url()).context["comments"] == []
