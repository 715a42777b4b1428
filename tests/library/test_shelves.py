"""The lists: words, filters, order and pages live in the address; the number of queries does not grow."""

import pytest

from library.models import Insight, Tag
from tests.conftest import NOW
from tests.factories import InsightFactory, LinkFactory, MaterialFactory, TagFactory, stored_file

URL = "/library/"
FRAGMENT = {"HX-Request": "true"}


def titles(response):
    return [row.title for row in response.context["rows"]]


def facet(response, name):
    found = next((one for one in response.context["facets"] if one.name == name), None)
    return {choice.label: choice for choice in found.choices} if found else {}


def test_an_empty_library_offers_the_first_step(client):
    page = client.get(URL).content.decode()
    assert "Nothing is on the shelves yet" in page
    assert 'href="/library/new/"' in page


def test_addresses_in_rows_are_those_of_the_rows(client):
    material = MaterialFactory(title="Ünï <code> & 日本", tags=["c++ 🚀"])
    row = client.get(URL).context["rows"][0]
    assert row.url == material.get_absolute_url()
    assert [url for url, _name in row.tags] == [Tag.objects.get().get_absolute_url()]


def test_rows_show_kind_byline_length_and_tags(client, lead):
    lead.team.name = "Checkout"
    lead.team.save()
    MaterialFactory(title="Text", owner=lead, body="x" * 2_300, tags=["delegation"], helped_count=2)
    row = client.get(URL).context["rows"][0]
    assert (row.kind, row.facts, row.helped) == ("article", ["Lea Lead · Checkout", "2 min"], "helped 2 members")
    assert [name for _url, name in row.tags] == ["delegation"]


@pytest.mark.parametrize(
    ("shown_as", "facts"),
    [("owner", "Lea Lead · Checkout"), ("team", "Checkout"), ("anonymous", "someone from the community")],
)
def test_the_byline_is_what_the_owner_chose(client, lead, shown_as, facts):
    lead.team.name = "Checkout"
    lead.team.save()
    MaterialFactory(owner=lead, shown_as=shown_as)
    assert client.get(URL).context["rows"][0].facts[0] == facts


def test_no_page_tells_whose_an_anonymous_piece_is(other, lead):
    InsightFactory(material__owner=lead, material__shown_as="anonymous", material__tags=["quiet"])
    tag = Tag.objects.get()
    material = Insight.objects.get().material
    for url in (
        URL,
        tag.get_absolute_url(),
        material.get_absolute_url(),
        f"{URL}?q=Material",
        f"{URL}?nature=experiment",
    ):
        page = other.get(url).content.decode()
        assert material.get_absolute_url() in page or material.title in page
        assert lead.name not in page
        assert lead.team.name not in page


def test_drafts_and_private_things_are_in_no_list_of_others(client, other, lead):
    MaterialFactory(title="Mine alone", owner=lead, audience="private")
    MaterialFactory(title="A draft", owner=lead, published_at=None)
    assert titles(other.get(URL)) == []
    assert titles(client.get(URL)) == ["Mine alone"]
    assert set(titles(client.get("/library/mine/"))) == {"Mine alone", "A draft"}
    assert titles(other.get("/library/mine/")) == []


def test_found_words_are_marked_and_nothing_else_is_markup(client):
    MaterialFactory(title="<i>Delegating</i> outcomes", summary="We delegate & learn")
    row = client.get(URL, {"q": "delegate"}).context["rows"][0]
    assert row.title == "&lt;i&gt;<mark>Delegating</mark>&lt;/i&gt; outcomes"
    assert row.text == "We <mark>delegate</mark> &amp; learn"


def test_a_hit_inside_a_file_says_where(client):
    stored_file(b"All about walruses", "slides.txt", title="Slides")
    assert client.get(URL, {"q": "walrus"}).context["rows"][0].text == "in slides.txt: All about <mark>walruses</mark>"


def test_links_narrow_widen_and_keep_the_rest(client):
    MaterialFactory(title="walrus a", tags=["x y"])
    LinkFactory(material__title="walrus b")
    page = client.get(URL, {"q": "walrus", "sort": "newest"})
    article = facet(page, "kind")["Article"]
    assert (article.url, article.count, article.is_chosen) == (
        "/library/?q=walrus&sort=newest&kind=article",
        "1",
        False,
    )
    narrowed = client.get(article.url)
    assert titles(narrowed) == ["<mark>walrus</mark> a"]
    chosen = facet(narrowed, "kind")["Article"]
    assert (chosen.url, chosen.is_chosen) == ("/library/?q=walrus&sort=newest", True)
    assert facet(narrowed, "kind")["Link"].url == "/library/?q=walrus&sort=newest&kind=link"
    tag = facet(narrowed, "tag")["x y"]
    assert tag.url == f"/library/?q=walrus&sort=newest&kind=article&tag={Tag.objects.get().slug}"
    assert titles(client.get(tag.url)) == ["<mark>walrus</mark> a"]


def test_several_tags_in_the_address_mean_all_of_them(client):
    MaterialFactory(title="Both", tags=["a", "b"])
    MaterialFactory(title="One", tags=["a"])
    slugs = [tag.slug for tag in Tag.objects.order_by("name")]
    page = client.get(URL, {"tag": slugs})
    assert titles(page) == ["Both"]
    assert facet(page, "tag")["a"].url == f"/library/?tag={slugs[1]}"


def test_filters_by_nature_principle_and_team(client, lead):
    insight = InsightFactory(nature=Insight.Nature.FAILURE)
    MaterialFactory()
    page = client.get(URL)
    for name, label in (("nature", "Failure"), ("team", insight.material.team.name)):
        assert titles(client.get(facet(page, name)[label].url)) == [insight.material.title]


def test_orders(client):
    MaterialFactory(title="walrus old", published_at=NOW.replace(day=1), helped_count=3)
    MaterialFactory(title="new", body="walrus", published_at=NOW.replace(day=20))
    assert titles(client.get(URL)) == ["new", "walrus old"]
    assert titles(client.get(URL, {"sort": "helpful"})) == ["walrus old", "new"]
    assert [choice.label for choice in client.get(URL).context["sorts"]] == ["Newest", "Most helpful"]
    assert [choice.label for choice in client.get(URL, {"q": "x"}).context["sorts"]] == [
        "Best match", "Newest", "Most helpful",
    ]  # fmt: skip
    assert titles(client.get(URL, {"q": "walrus"}))[0] == "<mark>walrus</mark> old"
    assert titles(client.get(URL, {"q": "walrus", "sort": "newest"}))[0] == "new"


def test_no_results_offer_a_topic(client):
    page = client.get(URL, {"q": 'wal"rus <b>'}).content.decode()
    assert "No results for “wal&quot;rus &lt;b&gt;”" in page
    assert 'href="/sessions/topics/new/?title=wal%22rus+%3Cb%3E"' in page


def test_while_a_word_is_being_typed_what_begins_so_is_near(client):
    material = MaterialFactory(title="Delegating outcomes")
    MaterialFactory(title="Delegation", audience="private")
    page = client.get(URL, {"q": "outcomes delega"})
    assert (titles(page), page.context["near"]) == ([], [material])
    assert f'<a href="{material.get_absolute_url()}">Delegating outcomes</a>' in page.content.decode()
    assert client.get(URL, {"q": "outcomes"}).context["near"] == []


@pytest.mark.parametrize(
    "text", ['"', 'mig" *', "%00", "OR", "-x", "'; drop table", "*", "NEAR(a b)", "a:b", "^a", "\\"]
)
def test_odd_words_are_only_words(client, text):
    MaterialFactory(title="Something else entirely")
    assert client.get(URL, {"q": text}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"q": "a\x00b"}, {"q": "x" * 5_000}, {"kind": "x"}, {"nature": "x"}, {"tag": "x"}, {"tag": "999999"},
        {"tag": "9" * 30}, {"tag": [str(n) for n in range(9)]}, {"principle": "999"}, {"team": "-1"}, {"sort": "x"},
        {"team": "١"},
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_said(client, query):
    response = client.get(URL, query)
    assert (response.status_code, titles(response)) == (422, [])
    assert "This address cannot be read" in response.content.decode()


def test_htmx_gets_results_and_filters(client):
    MaterialFactory(tags=["a"])
    html = client.get(URL, headers=FRAGMENT).content.decode().lstrip()
    assert html.startswith('<section id="results"')
    assert html.count('id="facets"') == html.count("hx-swap-oob") == 1
    whole = client.get(URL, headers={**FRAGMENT, "HX-History-Restore-Request": "true"}).content.decode()
    assert whole.lstrip().startswith("<!doctype html>")
    assert (whole.count('id="facets"'), whole.count("hx-swap-oob")) == (1, 0)


def test_pages(client):
    MaterialFactory.create_batch(23)
    assert [len(titles(client.get(URL, {"page": page}))) for page in ("", "1", "2", "9", "x", "-1")] == [
        20, 20, 3, 3, 20, 20,
    ]  # fmt: skip
    assert client.get(URL).context["total"] == "23"


def test_searching_is_counted_and_looking_is_not(client, settings):
    for _ in range(61):
        looked = client.get(URL).status_code
    searched = [client.get(URL, {"q": "x"}).status_code for _ in range(61)]
    assert (looked, searched[59], searched[60]) == (200, 200, 429)


# --- tags -------------------------------------------------------------------------------------------
def test_a_tag_has_a_page_with_the_same_filters(client):
    MaterialFactory(title="A", tags=["feedback"])
    LinkFactory(material__title="B", material__tags=["feedback"])
    MaterialFactory(title="C")
    tag = Tag.objects.get()
    page = client.get(tag.get_absolute_url())
    assert set(titles(page)) == {"A", "B"}
    url = facet(page, "kind")["Link"].url
    assert url == f"{tag.get_absolute_url()}?kind=link"
    assert titles(client.get(url)) == ["B"]


def test_an_alias_leads_to_its_tag_and_keeps_the_query(client):
    tag = TagFactory(name="b")
    alias = TagFactory(name="a", alias_of=tag)
    response = client.get(f"{alias.get_absolute_url()}?kind=link")
    assert (response.status_code, response.headers["Location"]) == (301, f"{tag.get_absolute_url()}?kind=link")
    MaterialFactory(title="B", tags=["b"])
    assert titles(client.get(URL, {"tag": alias.slug})) == ["B"]


def test_all_tags_most_used_first(client):
    MaterialFactory(tags=["often", "once"])
    MaterialFactory(tags=["often"])
    MaterialFactory(tags=["secret"], audience="private")
    TagFactory(name="never")
    assert [tag.name for tag in client.get("/library/tags/").context["tags"]] == ["often", "once"]


# --- the number of queries --------------------------------------------------------------------------
def fill(count):
    for number in range(count):
        MaterialFactory(title=f"walrus {number}", tags=["a", "b", f"t{number}"])
        InsightFactory(material__title=f"walrus insight {number}")
        LinkFactory(material__title=f"walrus link {number}")


@pytest.mark.parametrize("count", [1, 3, 20])
def test_query_count_of_the_list(client, count, django_assert_num_queries):
    fill(count)
    with django_assert_num_queries(LIST):
        client.get(URL)


@pytest.mark.parametrize("count", [1, 3, 20])
def test_query_count_of_the_search(client, count, django_assert_num_queries):
    fill(count)
    tag = Tag.objects.get(name="a")
    with django_assert_num_queries(SEARCH):
        client.get(URL, {"q": "walrus"})
    with django_assert_num_queries(SEARCH + 1):
        client.get(URL, {"q": "walrus", "tag": tag.slug})


LIST, SEARCH = 6, 7
