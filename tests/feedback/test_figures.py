"""The arithmetic of the community's health."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.figures import enough, middle, pairs_of, share_of_pairs, spread


@pytest.mark.parametrize(
    ("counts", "voices"), [([4, 1, 1, 1, 1, 1], 3.9), ([1] * 6, 6.0), ([7], 1.0), ([], 0.0), ([0, 3], 1.0)]
)
def test_spread_of_voices(counts, voices):
    assert spread(counts) == voices


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_there_are_at_least_one_and_at_most_all_voices(counts):
    assert 1 <= spread(counts) <= len(counts)


def test_pairs_of_teams_count_once_however_often_they_meet():
    assert pairs_of([[1, 2, 2, 1], [2, 1], [3], [3, 4, 1]]) == {(1, 2), (3, 4), (1, 3), (1, 4)}


@pytest.mark.parametrize(("met", "teams", "share"), [(6, 5, 60), (0, 5, 0), (1, 2, 100), (0, 1, 0), (0, 0, 0)])
def test_share_of_pairs(met, teams, share):
    assert share_of_pairs(met, teams) == share


@pytest.mark.parametrize(("days", "value"), [([], 0), ([3], 3), ([1, 2, 9], 2), ([1, 4], 2)])
def test_middle_of_days(days, value):
    assert middle(days) == value


def test_five_people_are_enough():
    assert (enough(4), enough(5)) == (False, True)
