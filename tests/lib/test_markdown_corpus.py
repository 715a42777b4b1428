"""No hostile text gets anything through that is not on the list; Hypothesis looks for more."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop_portal.lib.markdown import TextTooComplexError, plain, render
from cop_portal.lib.rendering import sanitize
from tests.lib.markdown_corpus import ADDRESSES, PAYLOADS, RAW
from tests.lib.markdown_oracle import read, wrong_with

PIECES = [
    *("[", "]", "(", ")", "![", "](", "<", ">", "&", '"', "'", "`", "```", "~~~", "\n", "\n\n", "    ", "|", "|-|-|"),
    *(
        "*",
        "_",
        "**",
        "~~",
        "# ",
        "> ",
        "- ",
        "1. ",
        "- [x] ",
        "[^1]",
        "[^1]: ",
        "[a]: ",
        "\\",
        "---",
        "===",
        ":--",
        "://",
    ),
    *("javascript:", "http://", "mailto:", "/library/1-x/file/", "#md-", "//", "&#x", "&#2;", "&lt;", "\x02", "\x03"),
    *("\x02wzxhzdk:0\x03", "\x02klzzwxh:0000\x03", "\ud800", "\u0000", "\u202e", "é", "日", "a", "onclick=", " ", "\t"),
]
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=120)
MARKED_UP = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(PAYLOADS), ANY_TEXT), max_size=30).map("".join)


TAGS = ("h2", "li", "sup", "span", "div", "td", "ul", "ol", "pre", "a", "p", "code", "img")
WORN = [
    *("id=main", "id=md-", "class=button", "class='k button'", "class='align-left k'", "role=alert", "tabindex=1"),
    *(
        "start=x",
        "aria-checked=x",
        "aria-label=x",
        "name=x",
        "hx-get=/x",
        "data-x=y",
        "style=color:red",
        "target=_blank",
    ),
]


def outcome(text: str, prefix: str = "") -> list[str]:
    """What is wrong with the rendered text; a text that is refused has nothing wrong."""
    try:
        return wrong_with(render(text, prefix=prefix))
    except TextTooComplexError:
        return []


def test_there_are_payloads_enough():
    assert len(PAYLOADS) == len(set(PAYLOADS))
    assert len(PAYLOADS) >= 300


@pytest.mark.parametrize("part", range(8))
def test_no_payload_gets_through(part):
    found = {payload: wrong for payload in PAYLOADS[part::8] if (wrong := wrong_with(render(payload)))}
    assert found == {}


@pytest.mark.parametrize("clean", [sanitize.safe_html, sanitize._NH3.clean], ids=["both", "the last alone"])
def test_the_sanitizers_need_no_help(clean):
    """If a payload came through the parser as HTML, nothing but the harmless would be left of it."""
    harmless = {"image of nothing", "link inside a link"}
    hostile = [*RAW, *(f"<{tag} {worn}>x</{tag}>" for tag in TAGS for worn in WORN)]
    hostile += (f'<a href="{address}"><img src="{address}">' for address in ADDRESSES)
    found = {html: wrong for html in hostile if (wrong := {*wrong_with(clean(html))} - harmless)}
    assert found == {}


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        ("<p>fine</p>", []),
        ("<script>alert(1)</script>", ["tag script"]),
        ("<p onclick=x>y</p>", ["attribute p onclick='x'"]),
        ('<a rel="nofollow noopener ugc" href="java&#9;script:x">y</a>', ["attribute a href='java\\tscript:x'"]),
        ('<a rel="nofollow noopener ugc" href="//x">y</a>', ["attribute a href='//x'"]),
        ('<a href="/x">y</a>', ["link without rel"]),
        ('<img src="http://x/y">', ["attribute img src='http://x/y'"]),
        ('<img src="/library/%2e%2e/x">', ["attribute img src='/library/%2e%2e/x'"]),
        ('<h2 id="main">x</h2>', ["attribute h2 id='main'"]),
        ('<h2 id="md-a">x</h2><h2 id="md-a">x</h2>', ["id md-a twice"]),
        ('<p class="button">x</p>', ["attribute p class='button'"]),
        ('<span class="k button">x</span>', ["attribute span class='k button'"]),
        ("<h1>x</h1>", ["tag h1"]),
        ("<p>x", ["p stays open"]),
        ("<p>\x0b</p>", ["control character in '\\x0b'"]),
        ("<!--x-->", ["comment"]),
    ],
)
def test_the_oracle_sees_what_is_wrong(html, wrong):
    assert wrong_with(html) == wrong


def test_what_remains_of_the_addresses_stays_on_this_site():
    rendered = "".join(render(f"[words](<{address}>)\n\n![words](<{address}>)") for address in ADDRESSES)
    assert {target[0] for target in re.findall('href="([^"]*)"', rendered)} == {"/"}
    assert "//" not in rendered
    assert "<img" not in rendered


def test_raw_html_is_text():
    assert render("if a<b then c>d") == "<p>if a&lt;b then c&gt;d</p>"
    assert render("<b>x</b> <!-- y -->") == "<p>&lt;b&gt;x&lt;/b&gt; &lt;!-- y --&gt;</p>"
    assert read(render("<div onclick=x>\n\n*y*\n\n</div>")).text.split() == ["<div", "onclick=x>", "y", "</div>"]


@given(text=st.one_of(MARKED_UP, ANY_TEXT), prefix=st.sampled_from(["", "c-12", 'ä"><x']))
@settings(max_examples=300, deadline=None)
def test_any_text_is_rendered_safely_or_refused(text, prefix):
    assert outcome(text, prefix) == []


@given(text=MARKED_UP, limit=st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_any_text_has_plain_words(text, limit):
    words = plain(text, limit=limit)
    assert (len(words) <= limit, words) == (True, " ".join(words.split()))
