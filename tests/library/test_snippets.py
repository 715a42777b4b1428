"""Titles and excerpts of hits: marked, escaped, short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.search import parse
from library.snippets import LENGTH, beginning, excerpt, marked, plain


def wanted(text):
    return parse(text).marked


def test_found_words_are_marked_in_any_form():
    assert marked("Delegating, delegate & Co", wanted("delegates")) == (
        "<mark>Delegating</mark>, <mark>delegate</mark> &amp; Co"
    )


def test_nothing_that_was_typed_becomes_markup():
    assert (
        marked("<b>x</b> & <mark>", wanted("b")) == "&lt;<mark>b</mark>&gt;x&lt;/<mark>b</mark>&gt; &amp; &lt;mark&gt;"
    )
    assert marked("<b>", frozenset()) == "&lt;b&gt;"


def test_an_excerpt_surrounds_the_first_hit():
    text = "Much was said before it. " * 10 + "Then a walrus came by. " + "And more after it. " * 20
    found = excerpt(["no hit", text], wanted("walrus"))
    assert "Then a <mark>walrus</mark> came by." in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(found) < LENGTH + 40


def test_no_hit_no_excerpt():
    assert excerpt(["one", ""], wanted("walrus")) is None


def test_the_beginning_of_what_there_is():
    assert beginning(["", "# A title\n\nand *more*"]) == "A title and more"
    assert len(beginning(["word " * 200])) < LENGTH + 5


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("## Head\n\n- one\n- [x] two\n1. three", "Head one two three"),
        ("a [link](https://x.example/y) and ![picture](/library/1/file/)", "a link and picture"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a b 1 2"),
        ("```python\nprint(1)\n```\n\n---\n> quote", "print(1) quote"),
        ("**bold** `code`", "bold code"),
    ],
)
def test_plain(markdown, text):
    assert plain(markdown) == text


@given(st.text(), st.text(max_size=20))
def test_marks_leave_the_text_as_it_is(text, query):
    html = marked(text, wanted(query))
    assert "<" not in html.replace("<mark>", "").replace("</mark>", "")


@given(st.text(), st.text(max_size=20))
def test_an_excerpt_of_anything_is_short(text, query):
    found = excerpt([text], wanted(query))
    assert found is None or len(found) < 10 * LENGTH
