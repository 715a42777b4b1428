"""Earlier versions: noted at each edit, shown as far as they may be shown, brought back."""

from library.actions import bin_material
from library.models import Insight, Link, Material
from library.retention import BIN_KEPT, empty_bins
from tests.conftest import NOW
from tests.factories import InsightFactory, LinkFactory, MaterialFactory, PrincipleFactory

TEXT = {"title": "Pairing", "body": "We pair.", "shown_as": "owner", "audience": "members", "save": "publish"}


def edit(client, material, **change):
    material.refresh_from_db()
    response = client.post(f"/library/{material.slug}/edit/", {**TEXT, "version": material.version, **change})
    assert response.status_code == 302, response.context["form"].errors


def versions(client, material):
    material.refresh_from_db()
    return client.get(f"/library/{material.slug}/history/").context["versions"]


def lines(client, material):
    return [(version.who, version.changed) for version in versions(client, material)]


def test_every_edit_with_who_and_what(client, other, lead):
    material = MaterialFactory(owner=lead, title="Pairing", summary="", body="We pair.", tags=["a"])
    assert versions(other, material) == []
    edit(client, material, body="We pair on Mondays.", tags="a, b")
    edit(client, material, body="We pair on Mondays.", tags="a, b")  # nothing changed
    edit(client, material, body="We pair on Mondays.", tags="a, b", title="Pairing twice")
    assert lines(other, material) == [("Lea Lead", ["Title"]), ("Lea Lead", ["Text", "Tags"]), ("Lea Lead", [])]
    page = other.get(f"/library/{material.slug}/history/{versions(other, material)[1].pk}/")
    change = page.context["changes"][0]
    assert [(piece.kind, piece.text) for piece in change.pieces] == [
        ("same", "We "), ("gone", "pair."), ("added", "pair on Mondays."),
    ]  # fmt: skip
    assert page.context["texts"] == {"Title": "Pairing", "Text": "We pair on Mondays.", "Tags": "a, b"}


def test_its_owner_brings_back_what_was_written_and_nothing_else(client, other, lead):
    principle = PrincipleFactory()
    material = MaterialFactory(owner=lead, title="Old", body="*Old*", tags=["a"], principles=[principle])
    edit(client, material, title="New", body="New", tags="b", shown_as="anonymous", audience="private")
    first = versions(client, material)[-1].pk
    url = f"/library/{material.slug}/history/{first}/"
    assert other.post(url).status_code == 404  # it is private now
    assert client.post(url).status_code == 302
    material.refresh_from_db()
    assert (material.title, material.html, material.shown_as, material.audience) == (
        "Old", "<p><em>Old</em></p>", "anonymous", "private",
    )  # fmt: skip
    assert ([tag.name for tag in material.tags.all()], list(material.principles.all())) == (["a"], [principle])
    assert len(versions(client, material)) == 3
    assert len(client.get("/library/", {"q": "old"}).context["rows"]) == 1


def test_nobody_else_brings_back(client, other, lead):
    material = MaterialFactory(owner=lead)
    edit(client, material, body="Other")
    material.refresh_from_db()
    url = f"/library/{material.slug}/history/{versions(other, material)[-1].pk}/"
    assert (other.get(url).status_code, other.post(url).status_code) == (200, 403)
    assert "Bring this version back" not in other.get(url).content.decode()
    assert "Bring this version back" in client.get(url).content.decode()
    foreign = MaterialFactory(owner=lead)
    assert client.get(f"/library/{foreign.slug}/history/{versions(client, material)[0].pk}/").status_code == 404


def test_a_name_taken_off_is_gone_from_the_history_too(client, other, lead):
    material = MaterialFactory(owner=lead)
    edit(client, material, body="One")
    edit(client, material, body="Two", shown_as="anonymous")
    assert {who for who, _changed in lines(other, material)} == {"someone from the community"}
    for version in versions(other, material):
        page = other.get(f"/library/{material.slug}/history/{version.pk}/").content.decode()
        assert (lead.name in page, lead.team.name in page, "with my name" in page) == (False, False, False)
    edit(client, material, body="Two", shown_as="team")
    assert {who for who, _changed in lines(other, material)} == {lead.team.name}


def test_what_was_a_draft_or_private_stays_the_owners(client, other, lead):
    material = MaterialFactory(owner=lead, published_at=None, body="Draft words")
    edit(client, material, body="Second draft", save="draft")
    edit(client, material, body="Shared words")
    edit(client, material, body="Secret words", audience="private")
    edit(client, material, body="Open words")
    assert len(versions(client, material)) == 5
    seen = versions(other, material)
    assert [version.changed for version in seen] == [["Text"], []]
    pages = "".join(other.get(f"/library/{material.slug}/history/{version.pk}/").content.decode() for version in seen)
    assert [words in pages for words in ("Shared", "Open", "Secret", "draft")] == [True, True, False, False]
    hidden = versions(client, material)[1].pk
    assert other.get(f"/library/{material.slug}/history/{hidden}/").status_code == 404


def test_publishing_alone_is_an_edit_with_a_name(client, lead):
    material = MaterialFactory(owner=lead, title="Pairing", summary="", published_at=None, body="We pair.")
    edit(client, material)
    assert lines(client, material) == [("Lea Lead", ["State"]), ("Lea Lead", [])]
    newest = versions(client, material)[0]
    page = client.get(f"/library/{material.slug}/history/{newest.pk}/")
    assert [(change.label, [piece.text for piece in change.pieces]) for change in page.context["changes"]] == [
        ("State", ["draft", "published"])
    ]


def test_answers_and_addresses_have_a_history(client, other, lead):
    insight = InsightFactory(material__owner=lead).material
    answers = {"hypothesis": "More is more.", "tried": "Six weeks.", "result": "It was.", "outcome": "mixed"}
    edit(client, insight, title=insight.title, summary=insight.summary, body="", **answers)
    assert lines(other, insight)[0][1] == ["What we expected", "It turned out", "Would we repeat it?"]
    client.post(f"/library/{insight.slug}/history/{versions(client, insight)[-1].pk}/")
    assert Insight.objects.get().answers["hypothesis"] == "Less is more."
    link = LinkFactory(material__owner=lead, address="https://a.example/").material
    edit(client, link, address="https://b.example/", medium="book", body="")
    client.post(f"/library/{link.slug}/history/{versions(client, link)[-1].pk}/")
    assert Link.objects.get().normal_address == "https://a.example/"


def test_what_an_admin_mends_stands_under_their_name(admin, lead, client, sign_in):
    material = MaterialFactory(owner=lead, shown_as="anonymous", title="Ttle", summary="")
    data = {"title": "Title", "summary": "", "body": "", "review_on": ""}
    assert sign_in(admin).post(f"/admin/library/material/{material.pk}/change/", data).status_code == 302
    assert lines(client, material) == [("Ada Admin", ["Title"]), ("someone from the community", [])]


def test_history_goes_with_its_material(client, lead):
    material = MaterialFactory(owner=lead)
    edit(client, material, body="Other")
    bin_material(material, now=NOW)
    assert client.get(f"/library/{material.slug}/history/").status_code == 404
    empty_bins(NOW + BIN_KEPT * 2)
    assert Material.history.count() == 0


def test_query_count_does_not_grow(client, other, lead, django_assert_num_queries):
    material = MaterialFactory(owner=lead)
    for count in (1, 3, 20):
        for n in range(count):
            edit(client, material, body=f"{count} {n}")
        material.refresh_from_db()
        with django_assert_num_queries(6):
            other.get(f"/library/{material.slug}/history/")
