"""Honest numbers: counts and the middle answer in words, nothing below k, no mean, no percentage."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.results import leaning, middle, most, question_result, release_units, rhythm_sentence, share_of_invited

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


@pytest.mark.parametrize(
    ("part", "answered", "invited", "words"),
    [
        (4, 7, 14, "between 29 % and 79 % of those invited"),
        (4, 7, 7, "57 % of those invited"),
        (0, 5, 10, "between 0 % and 50 % of those invited"),
        (1, 8, 8, "13 % of those invited"),  # half a percent counts up
        (3, 6, 5, "50 % of those invited"),  # guests came who were not invited at first
    ],
)
def test_a_share_of_all_invited_is_a_range(part, answered, invited, words):
    assert share_of_invited(part, answered=answered, invited=invited) == words


def test_nobody_invited_has_no_share():
    with pytest.raises(ValueError, match="nobody was invited"):
        share_of_invited(0, answered=0, invited=0)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_the_range_holds_whatever_the_others_had_answered(part, others, silent):
    answered, invited = part + others, part + others + silent
    if not invited:
        return
    numbers = [int(number) for number in re.findall(r"\d+", share_of_invited(part, answered=answered, invited=invited))]
    for more in range(silent + 1):
        assert numbers[0] - 1 < 100 * (part + more) / invited < numbers[-1] + 1


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 0, 3, 2, 2), "4 of 7 too often: between 29 % and 79 % of those invited."),
        ((2, 2, 3, 0, 0), "4 of 7 too rare: between 29 % and 79 % of those invited."),
        ((1, 1, 3, 1, 1), ""),
        ((0, 0, 7, 0, 0), ""),
    ],
)
def test_where_the_rhythm_leans(counts, words):
    assert leaning(counts, invited=14) == words


@pytest.mark.parametrize(
    ("labels", "counts", "in_order", "head"),
    [
        (["1 – no", "2", "3", "4", "5 – yes"], [0, 0, 1, 4, 6], True, ("10 of 11", "said 4 or 5")),
        (["yes", "partly", "no"], [8, 1, 2], False, ("8 of 11", "yes")),
        (["rare", "a bit rare", "right", "a bit often", "often"], [0, 0, 9, 1, 1], True, ("9 of 11", "right")),
    ],
)
def test_a_result_in_short(labels, counts, in_order, head):
    values = {str(number): label for number, label in enumerate(labels, 1)}
    by_value = {str(number): count for number, count in enumerate(counts, 1)}
    assert question_result("x", "X?", values, by_value, k=5, in_order=in_order).head == head
