"""What is typed into the search, understood; nothing that is typed raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.search import MAX_PARTS, Query, parse


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("delegating outcomes", Query(terms=("deleg", "outcom"))),
        ('shared "message queue"', Query(terms=("share",), phrases=(("messag", "queue"),))),
        ("“message queue”", Query(phrases=(("messag", "queue"),))),
        ('"unclosed phrase', Query(phrases=(("unclos", "phrase"),))),
        ('"one"', Query(terms=("one",))),
        ("feedback -late", Query(terms=("feedback",), exclusions=(("late",),))),
        ('−late -"in march"', Query(exclusions=(("late",), ("in", "march")))),
        ("one-to-ones", Query(phrases=(("one", "to", "one"),))),
        ("a,b;c", Query(terms=("a", "b", "c"))),
        ("c c++ c#", Query(terms=("c", "c++", "c#"))),
        ("again Again", Query(terms=("again",))),
        ("OR AND NOT", Query(terms=("or", "and", "not"))),
        ('mig" *', Query(terms=("mig",))),
        ("%00 \x00", Query(terms=("00",))),
        ("'; drop table", Query(terms=("drop", "tabl"))),
        ("- -- \" '", Query()),
        ("", Query()),
    ],
)
def test_parse(text, query):
    assert parse(text) == query


def test_a_query_has_a_bound():
    query = parse(" ".join(f"w{n}" for n in range(5_000)))
    assert len(query.terms) == MAX_PARTS


def test_marked_are_the_wanted_words():
    assert parse('a "b c" -d').marked == {"a", "b", "c"}


@given(st.text())
def test_any_text_is_a_query(text):
    query = parse(text)
    assert all(token for phrase in (*query.wanted, *query.exclusions) for token in phrase)


@given(st.text(alphabet='abc"-+#. \u0301’,', max_size=40))
def test_any_typing_is_a_query(text):
    assert len(parse(text).wanted) <= MAX_PARTS
