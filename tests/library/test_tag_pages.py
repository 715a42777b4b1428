"""How facilitators keep tags in order."""

import pytest

from library.models import Tag
from tests.factories import MaterialFactory, TagFactory


@pytest.fixture
def desk(facilitator, sign_in):
    return sign_in(facilitator)


def do(desk, tag, what, **data):
    return desk.post(f"/library/tags/{tag.slug}/edit/", {"do": what, **data})


def errors(response, name):
    return dict(response.context[name].errors)


def test_a_tag_is_renamed(desk, client):
    MaterialFactory(tags=["feedbak"])
    tag = Tag.objects.get()
    assert do(desk, tag, "rename", name=" Feedback ").status_code == 302
    tag.refresh_from_db()
    assert (tag.name, client.get(f"/library/tags/{tag.pk}-feedbak/").status_code) == ("Feedback", 301)
    assert len(client.get("/library/", {"q": "feedback"}).context["rows"]) == 1


def test_a_name_is_taken_once_but_an_own_spelling_is_free(desk):
    tag, other = TagFactory(name="a"), TagFactory(name="b")
    TagFactory(name="aa", alias_of=tag)
    response = do(desk, tag, "rename", name="B")
    assert (response.status_code, list(errors(response, "rename"))) == (422, ["name"])
    assert do(desk, tag, "rename", name="aa").status_code == 302
    assert sorted(Tag.objects.values_list("name", "alias_of")) == [("aa", None), ("b", None)]
    assert Tag.objects.get(name="b") == other


def test_merging_asks_first_and_then_leads_on(desk, client):
    MaterialFactory(tags=["a"])
    MaterialFactory(tags=["a", "b"])
    a, b = Tag.objects.get(name="a"), Tag.objects.get(name="b")
    asked = do(desk, a, "merge", into="B")
    assert (asked.status_code, Tag.objects.get(pk=a.pk).alias_of) == (200, None)
    assert "Merge “a” into “b”?" in asked.content.decode()
    assert do(desk, a, "merge", into="B", sure="1").headers["Location"] == b.get_absolute_url()
    response = client.get(f"/library/tags/{a.slug}/?kind=link")
    assert (response.status_code, response.headers["Location"]) == (301, f"/library/tags/{b.slug}/?kind=link")
    assert b.materials.count() == 2
    assert desk.get(f"/library/tags/{a.slug}/edit/").status_code == 404  # it is only a spelling now


def test_what_cannot_be_merged_is_said(desk):
    tag = TagFactory(name="a")
    TagFactory(name="aa", alias_of=tag)
    for into, words in (
        ("A", "A tag cannot be merged into itself."),
        ("aa", "A tag cannot be merged into itself."),
        ("zzz", "There is no tag of that name."),
        ("", "This field is required."),
    ):
        response = do(desk, tag, "merge", into=into, sure="1")
        assert (response.status_code, errors(response, "merge")) == (422, {"into": [words]})


def test_spellings_are_added_and_dropped(desk, client):
    MaterialFactory(tags=["one-to-ones"])
    tag = Tag.objects.get()
    assert do(desk, tag, "alias", alias="1:1").status_code == 302
    alias = Tag.objects.get(name="1:1")
    assert alias.alias_of == tag
    assert len(client.get("/library/", {"q": '"1 1"'}).context["rows"]) == 1
    for taken in ("1:1", "one-to-ones"):
        assert do(desk, tag, "alias", alias=taken).status_code == 422
    foreign = TagFactory(name="x", alias_of=TagFactory(name="y"))
    do(desk, tag, "drop", alias=foreign.pk)
    do(desk, tag, "drop", alias=alias.pk)
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["one-to-ones", "x", "y"]
    assert client.get("/library/", {"q": '"1 1"'}).context["rows"] == []


def test_only_facilitators_see_the_way(client, desk):
    tag = TagFactory()
    assert [f"/library/tags/{tag.slug}/edit/" in browser.get(tag.get_absolute_url()).content.decode() for browser in (
        client, desk,
    )] == [False, True]  # fmt: skip
    assert do(client, tag, "rename", name="x").status_code == 403
    assert do(desk, tag, "nonsense").status_code == 200
