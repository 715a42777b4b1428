"""Atom feeds: any list, behind an address that can be taken back."""

import pytest
from defusedxml import ElementTree
from django.test import Client

from library.actions import bin_material
from library.models import FeedToken, Insight, Material
from tests.conftest import NOW
from tests.factories import InsightFactory, MaterialFactory, MemberFactory, TagFactory

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def key(lead):
    return FeedToken.objects.create(member=lead, created_at=NOW)


@pytest.fixture
def reader():
    """A feed reader: it has no cookies."""
    return Client()


def address(key, query=""):
    return f"/library/feed/{key.secret}/atom.xml{query}"


def entries(response):
    root = ElementTree.fromstring(response.content)
    return [
        (one.findtext("a:title", None, ATOM), one.findtext("a:author/a:name", None, ATOM))
        for one in root.iterfind("a:entry", ATOM)
    ]


@pytest.mark.django_db
def test_a_reader_gets_what_its_member_may_see(reader, key, lead):
    MaterialFactory(
        title="Shared", summary="In <short> & sweet", owner=MemberFactory(name="Olu Owner", team__name="Ice")
    )
    MaterialFactory(title="Private", audience="private")
    MaterialFactory(title="Draft", owner=lead, published_at=None)
    response = reader.get(address(key))
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == ("private, no-cache", "noindex")
    assert entries(response) == [("Shared", "Olu Owner · Ice")]
    [entry] = ElementTree.fromstring(response.content).iterfind("a:entry", ATOM)
    page = f"http://localhost:8000{Material.objects.get(title='Shared').get_absolute_url()}"
    assert entry.find("a:link", ATOM).get("href") == page
    assert entry.find("a:summary", ATOM).get("type") == "html"
    assert entry.findtext("a:summary", None, ATOM) == "In &lt;short&gt; &amp; sweet"


@pytest.mark.django_db
def test_any_filter_has_a_feed(reader, key):
    MaterialFactory(title="One walrus", tags=["ice", "sea"])
    MaterialFactory(title="Two", tags=["ice"])
    InsightFactory(material__title="Three", nature=Insight.Nature.FAILURE)
    ice, sea = TagFactory._meta.model.objects.order_by("name")
    found = {
        query: {title for title, _author in entries(reader.get(address(key, query)))}
        for query in (
            "",
            f"?tag={ice.slug}",
            f"?tag={ice.slug}&tag={sea.slug}",
            "?nature=failure",
            "?q=walrus",
            "?kind=file",
        )
    }
    assert list(found.values()) == [
        {"One walrus", "Two", "Three"}, {"One walrus", "Two"}, {"One walrus"}, {"Three"}, {"One walrus"}, set(),
    ]  # fmt: skip
    assert [reader.get(address(key, query)).status_code for query in ("?kind=x", "?tag=999", "?q=%00")] == [404] * 3


@pytest.mark.django_db
def test_names_are_hidden_as_their_owners_wish(reader, key):
    owner = MemberFactory(name="Walrus Person", team__name="Walrus Team")
    MaterialFactory(title="Anonymous", owner=owner, shown_as="anonymous")
    response = reader.get(address(key))
    assert entries(response) == [("Anonymous", "someone from the community")]
    assert "Walrus" not in response.content.decode()
    assert entries(reader.get(address(key, f"?team={owner.team.slug}"))) == []


@pytest.mark.django_db
def test_odd_characters_break_no_feed(reader, key):
    MaterialFactory(title="A\x0bB\x1f]]>\ufffe🚀", summary="\x0b <b>&")
    assert [title for title, _author in entries(reader.get(address(key)))] == ["AB]]>🚀"]


@pytest.mark.django_db
def test_what_a_reader_has_costs_two_queries(reader, key, lead, django_assert_num_queries):
    first, second = MaterialFactory.create_batch(2, owner=lead)
    with django_assert_num_queries(4):
        etag = reader.get(address(key)).headers["ETag"]
    with django_assert_num_queries(2):
        again = reader.get(address(key), headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    etags = {etag}
    for change in (
        lambda: bin_material(first, now=NOW),
        lambda: Material.objects.filter(pk=second.pk).update(changed_at=NOW, title="Other"),
        lambda: Material.objects.filter(pk=second.pk).update(audience="private", owner=MemberFactory()),
        MaterialFactory,
    ):
        change()
        response = reader.get(address(key), headers={"If-None-Match": etag})
        assert (response.status_code, response.headers["ETag"] in etags) == (200, False)
        etags.add(response.headers["ETag"])
    assert reader.get(address(key, "?kind=link"), headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.django_db
def test_as_many_queries_for_fifty_as_for_five(reader, key, django_assert_num_queries):
    for _ in range(2):
        MaterialFactory.create_batch(5, tags=["a"])
        with django_assert_num_queries(4):
            reader.get(address(key))


@pytest.mark.django_db
def test_an_address_can_be_renewed_and_ended(client, reader, lead):
    assert "Make my address" in client.get("/library/feed/?kind=link").content.decode()
    assert client.post("/library/feed/renew/?kind=link").headers["Location"] == "/library/feed/?kind=link"
    first = FeedToken.objects.get()
    page = client.get("/library/feed/?kind=link&page=3").content.decode()
    assert f"http://localhost:8000{address(first, '?kind=link')}" in page
    client.post("/library/feed/renew/")
    second = FeedToken.objects.get()
    assert [reader.get(address(key)).status_code for key in (first, second)] == [404, 200]
    client.post("/library/feed/end/")
    assert (reader.get(address(second)).status_code, FeedToken.objects.count()) == (404, 0)


@pytest.mark.django_db
def test_who_is_gone_and_what_is_stored_opens_nothing(reader, key, lead):
    denied = [reader.get(f"/library/feed/{token}/atom.xml") for token in ("x", key.token, f"{key.token}.x", "%00")]
    assert [response.status_code for response in denied] == [404] * 4
    for change in ({"is_active": False}, {"is_active": True, "role": "guest"}):
        type(lead).objects.filter(pk=lead.pk).update(**change)
        assert reader.get(address(key)).status_code == 404


@pytest.mark.django_db
def test_lists_lead_to_their_feed(client):
    MaterialFactory(tags=["ice"])
    tag = TagFactory._meta.model.objects.get()
    assert client.get("/library/?kind=article&page=1").context["feed_url"] == "/library/feed/?kind=article"
    assert client.get(f"{tag.get_absolute_url()}?q=x").context["feed_url"] == f"/library/feed/?q=x&tag={tag.slug}"
