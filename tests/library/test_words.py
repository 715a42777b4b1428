"""Words as the search sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library import words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("delegate delegating Delegation", ["deleg"] * 3),
        ("Café CAFE cafe\u0301", ["cafe"] * 3),
        ("c c++ C# .NET net", ["c", "c++", "c#", ".net", "net"]),
        ("c++, c++17 and issue #12 or C#.", ["c++", "c++", "17", "and", "issu", "12", "or", "c#"]),
        ("…wait ...wait README.md", ["wait", "wait", "readm", "md"]),
        ("team's team’s teams don’t", ["team", "team", "team", "dont"]),
        ("one-to-ones snake_case", ["one", "to", "one", "snake", "case"]),
        ("Straße STRASSE Łódź Øre", ["strass", "strass", "lodz", "ore"]),
        ("ＦＵＬＬ ｃ＋＋ ﬁx", ["full", "c++", "fix"]),
        ("dele\u00adgate dele\u200bgate", ["deleg", "deleg"]),
        ("日本 語 🚀", ["日", "本", "語", "🚀"]),
        ("कि हिन्दी", ["कि", "हिन्दी"]),
        ("", []),
        ("\x00 \u202e -- ++ # .", []),
    ],
)
def test_tokens(text, tokens):
    assert words.tokens(text) == tokens


def test_spans_point_at_the_words_of_the_text():
    text = words.normal("Delegating, cafés.")
    assert [(text[start:end], token) for start, end, token in words.spans(text)] == [
        ("Delegating", "deleg"),
        ("cafés", "cafe"),
    ]


def test_tokens_are_written_so_that_no_database_parses_them():
    assert words.written([["c++", "zebra", "deleg"], [], ["🚀"]]) == " cz2bz2b z7aebra deleg z zf09f9a80 "
    assert words.written([[], []]) == ""


def test_long_words_are_cut_alike_in_index_and_query():
    assert words.tokens("x" * 5_000) == ["x" * words.MAX_TOKEN]


def test_beginnings_are_not_stemmed():
    assert words.beginnings("Delegating Café") == ["delegating", "cafe"]


@given(st.text())
def test_every_text_becomes_plain_words(text):
    written = words.written([words.tokens(text)])
    assert set(written) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert "  " not in written


@given(st.lists(st.text(min_size=1), min_size=2, max_size=2, unique=True))
def test_different_tokens_are_written_differently(pair):
    first, second = ("".join(char for char in text if not 0xD800 <= ord(char) < 0xE000) for text in pair)
    assert (words.encoded(first) == words.encoded(second)) == (first == second)


@given(st.text(), st.text())
def test_a_beginning_is_written_as_the_beginning(start, rest):
    assert words.encoded(start + rest).startswith(words.encoded(start))
