"""The search finds the same on every database: this file runs on both, and compares each with plain Python."""

import random

import pytest
from django.db import connection

from library import words
from library.finding import Filters, find, in_order, suggested, top_of
from library.indexing import index_materials
from library.models import Attachment, Insight, Material, SearchEntry, Tag
from library.search import Query, parse
from tests.conftest import NOW
from tests.factories import InsightFactory, MaterialFactory, MemberFactory, PrincipleFactory, TagFactory


def search(member, text, filters=Filters(), sort="best", *, offset=0, limit=50):  # noqa: B008 -- frozen
    return find(member, parse(text), filters, sort=sort, offset=offset, limit=limit)


def titles(member, text, filters=Filters(), sort="best"):  # noqa: B008
    return [material.title for material in in_order(search(member, text, filters, sort).pks)]


# --- the same hits as a reading by hand ----------------------------------------------------
VOCABULARY = [
    "delegate", "delegating", "outcome", "café", "CAFE", "c", "c++", "c#", ".net", "net", "zebra", "buzz", "the",
    "one-to-ones", "queue", "queues", "message", "feedback", "late", "日本語", "łódź", "rota", "A", "or", "not", "🚀",
]  # fmt: skip
DOCUMENTS, QUERIES = 1_000, 1_000


PLACES = ("title", "tags", "body", "file")
WORTH = dict(zip(PLACES, (8, 4, 2, 1), strict=True))

type Document = dict[str, list[list[str]]]  # what each place holds, as lists of tokens


def holds(parts: list[list[str]], phrase: tuple[str, ...]) -> bool:
    return any(tuple(part[start : start + len(phrase)]) == phrase for part in parts for start in range(len(part)))


def best_place(document: Document, phrase: tuple[str, ...]) -> str | None:
    return next((place for place in PLACES if holds(document[place], phrase)), None)


def read_by_hand(documents: dict[int, Document], query: Query) -> list[int]:
    """What fits, in the order of the rule: by the best place of each word, then the newer."""
    scores = {}
    for pk, document in documents.items():
        places = [best_place(document, phrase) for phrase in query.wanted]
        if None not in places and not any(best_place(document, phrase) for phrase in query.exclusions):
            scores[pk] = sum(WORTH[place] for place in places)
    return sorted(scores, key=lambda pk: (-scores[pk], -pk))


def random_text(chance: random.Random, most: int) -> str:
    return " ".join(chance.choices(VOCABULARY, k=chance.randint(0, most)))


def random_query(chance: random.Random) -> str:
    parts = []
    for _ in range(chance.randint(1, 3)):
        inner = " ".join(chance.choices(VOCABULARY, k=chance.choice((1, 1, 2, 3))))
        parts.append(chance.choice(("", "", "-")) + (f'"{inner}"' if chance.random() < 0.4 else inner.split()[0]))
    return " ".join(parts)


def random_library(chance: random.Random, owner) -> dict[int, Document]:
    """Stores materials of random words, every third of them a file with a text; returns what each holds."""
    tags = [Tag.objects.create(name=name) for name in ("c++", "delegating work", "café")]
    rows = Material.objects.bulk_create(
        Material(
            kind="file" if number % 3 == 0 else "article", title=random_text(chance, 4) or "x",
            summary=random_text(chance, 5), body=random_text(chance, 30), owner=owner, created_at=NOW, changed_at=NOW,
            published_at=NOW,
        )
        for number in range(DOCUMENTS)
    )  # fmt: skip
    through = Material.tags.through
    links = [through(material=row, tag=chance.choice(tags)) for row in rows if chance.random() < 0.3]
    through.objects.bulk_create(links)
    files = Attachment.objects.bulk_create(
        Attachment(
            material=row, name="rota.pdf", media_type="application/pdf", size=1, sha256=str(row.pk), uploaded_at=NOW,
            text=random_text(chance, 40), text_state="read",
        )
        for row in rows
        if row.kind == "file"
    )  # fmt: skip
    named = {link.material_id: [link.tag.name] for link in links}
    texts = {file.material_id: [file.name, file.text] for file in files}
    return {
        row.pk: {
            place: [words.tokens(text) for text in found]
            for place, found in zip(
                PLACES,
                ([row.title], named.get(row.pk, []), [row.summary, row.body], texts.get(row.pk, [])),
                strict=True,
            )
        }
        for row in rows
    }


def test_hits_and_their_order_equal_a_reading_by_hand(lead, monkeypatch):
    chance = random.Random(13)
    monkeypatch.setattr("library.finding.COUNTED", DOCUMENTS)
    documents = random_library(chance, lead)
    index_materials(documents)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the databases do by themselves where rows come in one by one
    wrong = {}
    for number in range(QUERIES):
        text = random_query(chance)
        query = parse(text)
        found = find(lead, query, Filters(), sort="best", offset=0, limit=DOCUMENTS, facets=number % 2 == 0)
        if query and found.pks != read_by_hand(documents, query):
            wrong[text] = len(found.pks)
    assert wrong == {}


# --- one thing at a time ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("Delegating outcomes", "delegate", True),
        ("The Café", "cafe", True),
        ("A note on c++", "c", False),
        ("A note on c++", "c++", True),
        ("A shared message queue", '"message queues"', True),
        ("A queue of messages", '"message queue"', False),
        ("A shared queue", "queue -shared", False),
        ("A shared queue", "-missing", True),
        ("Zebra", "zebra", True),
        ("🚀 launch", "🚀", True),
    ],
)
def test_words(lead, title, text, found):
    MaterialFactory(title=title)
    assert titles(lead, text) == ([title] if found else [])


def test_words_that_are_often_and_far_apart_are_found_as_a_phrase(lead):
    body = "the " * 20_000 + "very last words"
    MaterialFactory(title="Long", body=body)
    assert titles(lead, '"the very last words"') == ["Long"]


def test_every_place_is_searched_and_ranked_by_place(lead):
    MaterialFactory(title="In the body", body="walrus")
    MaterialFactory(title="With a tag", tags=["walrus"])
    in_file = MaterialFactory(title="In the file", kind="file")
    Attachment.objects.create(
        material=in_file, name="a.pdf", media_type="application/pdf", size=1, sha256="0", uploaded_at=NOW, text="walrus"
    )
    index_materials([in_file.pk])
    insight = InsightFactory(material__title="In an answer", answers={"tried": "a walrus", "result": ""})
    index_materials([insight.pk])
    MaterialFactory(title="The walrus itself")
    assert titles(lead, "walrus") == [
        "The walrus itself", "With a tag", "In an answer", "In the body", "In the file",
    ]  # fmt: skip


def test_among_equals_newer_and_more_helpful_come_first(lead):
    day = MaterialFactory.published_at.replace
    MaterialFactory(title="walrus old", published_at=day(day=1))
    MaterialFactory(title="walrus new", published_at=day(day=10))
    MaterialFactory(title="walrus old that helped one", published_at=day(day=1), helped_count=1)
    assert titles(lead, "walrus") == ["walrus old that helped one", "walrus new", "walrus old"]
    assert titles(lead, "walrus", sort="newest") == ["walrus new", "walrus old that helped one", "walrus old"]
    assert titles(lead, "walrus", sort="helpful") == ["walrus old that helped one", "walrus new", "walrus old"]
    assert titles(lead, "", sort="helpful") == ["walrus old that helped one", "walrus new", "walrus old"]


def test_an_old_title_is_ranked_before_many_newer_texts(lead, monkeypatch):
    monkeypatch.setattr("library.finding.COUNTED", 2)
    MaterialFactory(title="The walrus")
    MaterialFactory(title="Tagged", tags=["walrus"])
    newest = [MaterialFactory(body="walrus").title for _ in range(3)]
    assert titles(lead, "walrus") == ["The walrus", "Tagged", *reversed(newest[1:])]


def test_what_others_may_not_see_is_found_by_its_owner_alone(lead, manager):
    MaterialFactory(title="walrus private", owner=lead, audience="private")
    MaterialFactory(title="walrus draft", owner=lead, published_at=None)
    MaterialFactory(title="walrus binned", owner=lead, binned_at=NOW)
    assert [titles(lead, text) for text in ("walrus", "")] == [["walrus private"]] * 2
    assert [titles(manager, text) for text in ("walrus", "")] == [[], []]
    assert search(manager, "walrus").facets == {}


def test_an_anonymous_piece_is_found_by_no_name(lead):
    owner = MemberFactory(name="Walrus Person", team__name="Walrus Team")
    MaterialFactory(title="Anonymous", owner=owner, shown_as="anonymous")
    MaterialFactory(title="By the team", owner=owner, shown_as="team")
    assert titles(lead, "walrus") == []
    assert titles(lead, "", Filters(team=owner.team)) == ["By the team"]
    assert [value.count for value in search(lead, "").facets["team"]] == [1]


def test_changes_show_in_the_next_search(lead):
    material = MaterialFactory(title="One", tags=["walrus"])
    tag = material.tags.get()
    tag.name = "narwhal"
    tag.save()
    index_materials([material.pk])
    assert (titles(lead, "walrus"), titles(lead, "narwhal")) == ([], ["One"])
    Material.objects.update(binned_at=NOW)
    assert titles(lead, "narwhal") == []
    Material.objects.update(binned_at=None, audience="private")
    assert titles(lead, "narwhal") == []
    material.delete()
    assert SearchEntry.objects.count() == 0
    assert titles(lead, "narwhal") == []


def test_an_alias_finds_what_carries_its_tag(lead):
    tag = TagFactory(name="one-to-ones")
    TagFactory(name="1:1", alias_of=tag)
    MaterialFactory(title="Quiet", tags=["one-to-ones"])
    assert titles(lead, "1:1") == ["Quiet"]


# --- filters and facets --------------------------------------------------------------------------
def counts(found, facet):
    return {value.label or value.key: value.count for value in found.facets.get(facet, [])}


@pytest.fixture
def shelf(lead):
    principle = PrincipleFactory(title="Name the change")
    MaterialFactory(title="walrus one", tags=["a", "b"], principles=[principle])
    MaterialFactory(title="walrus two", tags=["a"])
    MaterialFactory(title="walrus three", kind="link", tags=["a", "b"])
    InsightFactory(material__title="walrus four", nature=Insight.Nature.FAILURE, material__tags=["b"])
    return {"principle": principle, **{name: Tag.objects.get(name=name) for name in "ab"}}


@pytest.mark.parametrize("text", ["", "walrus"])
def test_filters_add_up_and_several_tags_mean_all_of_them(lead, shelf, text):
    def found(**filters):
        return set(titles(lead, text, Filters(**filters)))

    assert found(kind="link") == {"walrus three"}
    assert found(nature="failure") == {"walrus four"}
    assert found(tags=(shelf["a"], shelf["b"])) == {"walrus one", "walrus three"}
    assert found(kind="article", tags=(shelf["a"], shelf["b"])) == {"walrus one"}
    assert found(principle=shelf["principle"]) == {"walrus one"}
    assert found(kind="file") == set()


@pytest.mark.parametrize("text", ["", "walrus"])
def test_facets_follow_the_other_filters(lead, shelf, text):
    found = search(lead, text)
    assert counts(found, "kind") == {"article": 2, "link": 1, "insight": 1}
    assert counts(found, "nature") == {"failure": 1}
    assert counts(found, "tag") == {"a": 3, "b": 3}
    assert counts(found, "principle") == {"Name the change": 1}
    narrowed = search(lead, text, Filters(kind="article", tags=(shelf["b"],)))
    assert counts(narrowed, "kind") == {"article": 1, "link": 1, "insight": 1}
    assert counts(narrowed, "tag") == {"a": 1, "b": 1}
    assert narrowed.total == 1


def test_counts_are_capped_and_pages_follow(lead, monkeypatch):
    monkeypatch.setattr("library.finding.COUNTED", 3)
    MaterialFactory.create_batch(5, body="walrus")
    for text in ("", "walrus"):
        found = search(lead, text, limit=2, offset=2)
        assert (found.total, found.has_more, found.is_estimate, len(found.pks)) == (3, True, True, 1)


def test_one_query_finds_everything(lead, shelf, django_assert_num_queries):
    with django_assert_num_queries(1):
        search(lead, "walrus", Filters(kind="link", tags=(shelf["a"],), team=lead.team, principle=shelf["principle"]))


# --- suggestions and the search over everything ---------------------------------------------------
def test_suggestions_look_at_beginnings_of_title_and_tags(lead):
    MaterialFactory(title="Delegating outcomes", body="walrus")
    MaterialFactory(title="Quiet talks", tags=["c++"])
    assert [row.title for row in suggested(lead, "delegati")] == ["Delegating outcomes"]
    assert [row.title for row in suggested(lead, "outcomes deleg")] == ["Delegating outcomes"]
    assert [row.title for row in suggested(lead, "c+")] == ["Quiet talks"]
    assert [suggested(lead, text) for text in ("walrus", "", '"')] == [[]] * 3


def test_the_best_for_the_search_over_everything(lead, django_assert_num_queries):
    MaterialFactory.create_batch(3, title="walrus", tags=["a"])
    with django_assert_num_queries(3):
        assert len(top_of(lead, "walrus", 2)) == 2
    assert top_of(lead, "-", 2) == []
