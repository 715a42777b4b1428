"""What changed between two texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.differences import ADDED, GONE, SAME, SKIPPED, Piece, differences

TEXTS = st.text(alphabet="ab \n\r.é", max_size=60)


def test_words_within_a_line():
    assert differences("We talk every day.\n", "We talk every second day.\n") == [
        Piece(SAME, "We talk every "), Piece(ADDED, "second "), Piece(SAME, "day.\n"),
    ]  # fmt: skip


def test_what_is_far_from_a_change_is_left_out():
    lines = [f"line {n}\n" for n in range(10)]
    found = differences("".join(lines), "".join([*lines[:5], "new\n", *lines[5:]]))
    assert found == [
        Piece(SKIPPED, "".join(lines[:3])), Piece(SAME, "".join(lines[3:5])), Piece(ADDED, "new\n"),
        Piece(SAME, "".join(lines[5:7])), Piece(SKIPPED, "".join(lines[7:])),
    ]  # fmt: skip


def test_equal_texts_have_none():
    assert differences("a\r\nb", "a\nb") == []


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off(old, new):
    found = differences(old, new)
    normal = [text.replace("\r\n", "\n").replace("\r", "\n") for text in (old, new)]
    if normal[0] == normal[1]:
        assert found == []
        return
    assert "".join(piece.text for piece in found if piece.kind != ADDED) == normal[0]
    assert "".join(piece.text for piece in found if piece.kind != GONE) == normal[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\nb\n" * 20_000, "b\na\nc\n" * 20_000),
        ("a " * 50_000, "a b " * 25_000),
        ("\n".join("ab" * (n % 7) for n in range(490)), "\n".join("ba" * (n % 5) for n in range(490))),
        (" ".join("a" * 190), " ".join("ab" * 95)),
    ],
)
def test_no_pair_of_texts_takes_long(old, new):
    begun = time.process_time()
    differences(old, new)
    assert time.process_time() - begun < 2
