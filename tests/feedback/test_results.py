"""Honest numbers: counts and the middle answer in words, nothing below k, no mean, no percentage."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.results import middle, most, question_result, release_units, rhythm_sentence

LABELS = ["one", "two", "three", "four", "five"]
COUNTS = st.lists(st.integers(0, 40), min_size=5, max_size=5)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([0, 0, 1, 0, 0], "The middle answer is “three”."),
        ([1, 0, 0, 0, 1], "The middle lies between “one” and “five”."),
        ([2, 0, 0, 1, 0], "The middle answer is “one”."),
        ([0, 3, 3, 0, 0], "The middle lies between “two” and “three”."),
        ([0, 0, 0, 0, 9], "The middle answer is “five”."),
    ],
)
def test_the_middle_answer_in_words(counts, words):
    assert middle(LABELS, counts) == words


def test_there_is_no_middle_of_nothing():
    with pytest.raises(ValueError, match="nobody answered"):
        middle(LABELS, [0] * 5)


@given(COUNTS.filter(any))
def test_the_middle_is_the_median_of_the_answers(counts):
    answers = sorted(value for value, count in enumerate(counts) for _ in range(count))
    low, high = LABELS[answers[(len(answers) - 1) // 2]], LABELS[answers[len(answers) // 2]]
    assert re.findall("“(.*?)”", middle(LABELS, counts)) == ([low] if low == high else [low, high])


@pytest.mark.parametrize(
    ("counts", "words"),
    [([3, 1], "3 people chose “one”."), ([1, 0], "1 person chose “one”."), ([2, 2], "2 people chose “one”, “two”.")],
)
def test_what_most_chose(counts, words):
    assert most(LABELS[:2], counts) == words


@given(COUNTS, st.integers(3, 9))
def test_below_k_only_the_number_is_told(counts, k):
    labels = {str(number): label for number, label in enumerate(LABELS, 1)}
    by_value = {str(number): count for number, count in enumerate(counts, 1)}
    result = question_result("worth", "Worth it?", labels, by_value, k=k, in_order=True)
    if sum(counts) < k:
        assert result.bars == ()
        assert result.summary == f"{sum(counts)} answered; shown from {k} on."
    else:
        assert [(bar.label, bar.value) for bar in result.bars] == list(zip(LABELS, counts, strict=True))
        assert "%" not in result.summary


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 0, 8, 2, 0), "8 of 10 called it about right, 2 too often"),
        ((1, 1, 3, 2, 3), "3 of 10 called it about right, 5 too often, 2 too rare"),
        ((0, 0, 5, 0, 0), "5 of 5 called it about right"),
    ],
)
def test_the_rhythm_as_a_sentence(counts, words):
    assert rhythm_sentence(counts) == words


@pytest.mark.parametrize(
    ("sizes", "units"),
    [
        ([6, 3, 7, 2, 4], [(0,), (2,), (1, 3)]),
        ([], []),
        ([5], [(0,)]),
        ([4], []),
        ([4, 4, 4], [(0, 1)]),
        ([1, 1, 1, 1, 1], [(0, 1, 2, 3, 4)]),
        ([0, 3, 0, 2, 0], [(0, 1, 2, 3)]),
    ],
)
def test_small_polls_are_released_together(sizes, units):
    assert release_units(sizes, k=5) == units


@given(st.lists(st.integers(0, 12)), st.integers(3, 8))
def test_no_unit_is_smaller_than_k_and_none_changes_later(sizes, k):
    units = release_units(sizes, k=k)
    released = [index for unit in units for index in unit]
    assert all(sum(sizes[index] for index in unit) >= k for unit in units)
    assert len(released) == len(set(released))
    assert [max(unit) for unit in units] == sorted(max(unit) for unit in units)
    assert sum(size for index, size in enumerate(sizes) if index not in released) < k
    for length in range(len(sizes)):
        before = release_units(sizes[:length], k=k)
        assert before == units[: len(before)]
