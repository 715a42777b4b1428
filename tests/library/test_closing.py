"""A closed community: its library is read, nothing in it changes."""

import pytest

from library.actions import bin_material
from library.history import note_before
from library.models import Comment, Helped, Material, ReadingItem
from members.models import Community
from tests.conftest import NOW
from tests.factories import InsightFactory, MaterialFactory

ARTICLE = {"title": "T", "body": "x", "shown_as": "owner", "audience": "members", "save": "publish", "version": 1}


@pytest.fixture
def closed(db):
    Community.objects.create(stage=Community.Stage.CLOSED)


@pytest.mark.parametrize(
    "url",
    [
        "new/",
        "new/article/",
        "new/link/",
        "new/file/",
        "new/insight/",
        "{own}/edit/",
        "{own}/delete/",
        "{theirs}/adapt/",
    ],
)
def test_what_leads_to_a_change_says_so_kindly(client, lead, closed, url):
    own, theirs = MaterialFactory(owner=lead), InsightFactory().material
    response = client.get("/library/" + url.format(own=own.slug, theirs=theirs.slug))
    assert response.status_code == 403
    assert "The library is an archive now" in response.content.decode()


def test_nothing_changes_any_more(client, lead, closed):
    own, theirs, gone = MaterialFactory(owner=lead, body="y"), InsightFactory().material, MaterialFactory(owner=lead)
    note_before(own)
    comment = Comment.objects.create(material=theirs, by=lead, text="x", written_at=NOW)
    bin_material(gone, now=NOW)
    before = list(Material.objects.order_by("pk").values())
    urls = [
        "new/article/", f"{own.slug}/edit/", f"{own.slug}/delete/", f"{gone.slug}/restore/", f"{theirs.slug}/helped/",
        f"{own.slug}/history/{own.history.get().pk}/", f"{theirs.slug}/comments/", f"{theirs.slug}/adapt/",
        f"{theirs.slug}/comments/{comment.pk}/", f"{theirs.slug}/comments/{comment.pk}/delete/",
    ]  # fmt: skip
    answers = [client.post(f"/library/{url}", {**ARTICLE, "text": "z", "choice": "adapt"}).status_code for url in urls]
    assert answers == [403] * len(urls)
    assert list(Material.objects.order_by("pk").values()) == before
    assert (Comment.objects.get().text, Comment.objects.get().deleted_at) == ("x", None)
    assert (Helped.objects.count(), theirs.adaptations.count()) == (0, 0)


def test_it_is_read_and_ones_own_list_goes_on(client, lead, closed):
    theirs, own = InsightFactory().material, MaterialFactory(owner=lead)
    Comment.objects.create(material=theirs, by=lead, text="x", written_at=NOW)
    pages = [client.get(url) for url in ("/library/", theirs.get_absolute_url(), own.get_absolute_url())]
    assert [page.status_code for page in pages] == [200, 200, 200]
    html = "".join(page.content.decode() for page in pages)
    for action in ("/new/", "/edit/", "/delete/", "/adapt/", "/helped/", "/comments/"):
        assert action not in html
    client.post(f"/library/{theirs.slug}/reading/", {"state": "to_read"})
    assert ReadingItem.objects.count() == 1
