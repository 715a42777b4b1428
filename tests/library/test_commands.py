"""Commands of the library: they may be run at any time, and again."""

from io import StringIO

import pytest
from django.core.management import call_command

from cop_portal.lib.markdown import RENDERER_VERSION
from library.finding import Filters, find
from library.indexing import MOST_BYTES, entry_of, reindex
from library.models import Comment, Insight, Material, SearchEntry
from library.search import parse
from tests.conftest import NOW
from tests.factories import InsightFactory, MaterialFactory


def hits(member, text):
    return find(member, parse(text), Filters(), sort="best", offset=0, limit=5).total


def test_reindex_shows_progress_and_finds_everything_again(lead, monkeypatch):
    monkeypatch.setattr("library.indexing.BATCH", 2)
    MaterialFactory.create_batch(3, title="walrus")
    SearchEntry.objects.all().delete()
    assert hits(lead, "walrus") == 0
    out = StringIO()
    call_command("reindex", stdout=out, no_color=True)
    assert out.getvalue().splitlines() == ["2 of 3", "3 of 3", "3 materials can be found."]
    assert (hits(lead, "walrus"), list(reindex())) == (3, [(2, 3), (3, 3)])


def test_rerender_makes_html_of_older_renderers_again(db, lead):
    material = InsightFactory(material__body="*new*", material__html="<p>old</p>", answers={"tried": "*new*"}).material
    comment = Comment.objects.create(material=material, by=lead, text="*new*", html="<p>old</p>", written_at=NOW)
    call_command("rerender", stdout=StringIO())
    html = "<p><em>new</em></p>"
    fresh = Material.objects.get()
    assert (fresh.html, fresh.html_version, fresh.version) == (html, RENDERER_VERSION, 1)
    assert Insight.objects.get().answers_html == {"tried": html}
    assert Comment.objects.get(pk=comment.pk).html == html
    out = StringIO()
    call_command("rerender", stdout=out, no_color=True)
    assert out.getvalue().splitlines() == ["All texts are rendered."]


@pytest.mark.parametrize("letter", ["d", "ж", "日"])
def test_very_long_texts_fit_the_index(lead, letter):
    body = " ".join(f"{letter}{n}" for n in range(120_000))
    material = MaterialFactory(title="Long", body=body, tags=["walrus"])
    entry = entry_of(Material.objects.prefetch_related("tags__aliases").get(pk=material.pk))
    different = set(f"{entry.title}{entry.tags}{entry.body}".split(" "))
    assert sum(map(len, different)) <= MOST_BYTES
    assert [hits(lead, words) for words in ("long", "walrus", f'"{letter}1 {letter}2"')] == [1, 1, 1]
