"""Tags: one spelling each, suggestions as one types, merging."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.models import Tag
from library.tag_actions import MergeError, merge_tags, rename_tag, suggested_tags, tags_named
from library.tags import tag_key
from tests.factories import MaterialFactory, TagFactory, TopicFactory


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("Feedback", " feedback ", True),
        ("Feedback", "FEEDBACK", True),
        ("c", "c++", False),
        ("c++", "c#", False),
        ("Straße", "STRASSE", True),
        ("ﬁx", "fix", True),
        ("a  b", "a b", True),
        ("a\u202eb", "ab", True),
        ("🚀", "🌱", False),
    ],
)
def test_which_spellings_are_one_tag(one, two, same):
    assert (tag_key(one) == tag_key(two)) is same


@given(st.text())
def test_a_key_is_a_key(text):
    assert tag_key(tag_key(text)) == tag_key(text)


@given(st.text(max_size=60))
def test_capitals_and_spaces_make_no_tag(text):
    assert tag_key(f"  {text} ") == tag_key(text)


def test_names_become_tags_once(db):
    known = TagFactory(name="Feedback")
    tags = tags_named(["feedback", "FEEDBACK ", "new one", "", "\u200b"])
    assert [(tag.name, tag.pk == known.pk) for tag in tags] == [("Feedback", True), ("new one", False)]


def test_every_tag_has_an_address(db, client):
    tag = TagFactory(name="🚀")
    assert tag.get_absolute_url() == f"/library/tags/{tag.pk}/"
    assert client.get(tag.get_absolute_url()).status_code == 200


def test_an_alias_attaches_its_tag(db):
    tag = TagFactory(name="b")
    TagFactory(name="a", alias_of=tag)
    assert tags_named(["A", "b"]) == [tag]


# --- suggestions ----------------------------------------------------------------------------------
@pytest.fixture
def used(db):
    for name, count in (("feed", 1), ("feedback", 2), ("feeding", 3), ("overfeed", 5), ("hiring", 4)):
        for _ in range(count):
            MaterialFactory(tags=[name])


def names(tags):
    return [tag.name for tag in tags]


def test_exact_first_then_beginning_then_most_used(used):
    assert names(suggested_tags("feed")) == ["feed", "feeding", "feedback", "overfeed"]
    assert names(suggested_tags("FEED", without=["feeding"])) == ["feed", "feedback", "overfeed"]
    assert names(suggested_tags("", limit=2)) == ["overfeed", "hiring"]
    assert names(suggested_tags("zzz")) == []


def test_an_alias_suggests_its_tag_first(used):
    TagFactory(name="fee", alias_of=Tag.objects.get(name="hiring"))
    assert names(suggested_tags("fee"))[0] == "hiring"


def test_the_fragment(client, used):
    html = client.get("/library/tags/suggestions/", {"typed": "feed", "without": "feeding, feed"}).content.decode()
    assert [f'data-tag="{name}"' in html for name in ("feedback", "feed", "feeding")] == [True, False, False]
    TagFactory(name='<b a="x">')
    assert "&lt;b a=&quot;x&quot;&gt;" in client.get("/library/tags/suggestions/", {"typed": "<b"}).content.decode()


def test_suggestions_do_not_grow_in_queries(client, used, django_assert_num_queries):
    with django_assert_num_queries(7):
        client.get("/library/tags/suggestions/", {"typed": "feed"})


def test_what_not_every_member_finds_counts_for_nobody(client, lead, now):
    for state in ({}, {}, {"published_at": None}, {"audience": "private"}, {"binned_at": now}, {"hidden_at": now}):
        MaterialFactory(owner=lead, tags=["ice"], **state)
    MaterialFactory(owner=lead, tags=["secret"], audience="private")
    assert [(tag.name, tag.uses) for tag in client.get("/library/tags/").context["tags"]] == [("ice", 2)]


# --- merging and renaming -------------------------------------------------------------------------
def test_merging_moves_all_that_carries_it_and_keeps_one_row(client):
    MaterialFactory(title="Both", tags=["a", "b"])
    MaterialFactory(title="Only a", tags=["a"])
    a, b = Tag.objects.get(name="a"), Tag.objects.get(name="b")
    older = TagFactory(name="aa", alias_of=a)
    topic = TopicFactory()
    topic.tags.add(a)
    assert merge_tags(a, into=b) == b
    assert sorted(b.materials.values_list("title", flat=True)) == ["Both", "Only a"]
    assert list(topic.tags.all()) == [b]
    assert [Tag.objects.get(pk=tag.pk).alias_of for tag in (a, older)] == [b, b]
    found = client.get("/library/", {"q": "a"}).context["rows"]
    assert {row.url for row in found} == {material.get_absolute_url() for material in b.materials.all()}


def test_merging_into_itself_or_its_alias_is_refused(db):
    tag = TagFactory(name="a")
    alias = TagFactory(name="b", alias_of=tag)
    for into in (tag, alias):
        with pytest.raises(MergeError) as error:
            merge_tags(tag, into=into)
        assert str(error.value) == "A tag cannot be merged into itself."


def test_a_new_name_is_found_and_the_old_one_is_not(client):
    MaterialFactory(tags=["walrus"])
    rename_tag(Tag.objects.get(), "Narwhal")
    assert [len(client.get("/library/", {"q": q}).context["rows"]) for q in ("walrus", "narwhal")] == [0, 1]
