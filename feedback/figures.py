"""The arithmetic of the community's health. Imports no model."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import comb
from statistics import median

FEWEST = 5  # people; about fewer nothing is said


def spread(counts: Iterable[int]) -> float:
    """Returns how many voices there would be if all spoke equally often: 1 / sum(p²), one decimal; 0 for nobody.

    The inverse of Simpson's index: 4, 1, 1, 1, 1, 1 gives 3.9 of 6.
    """
    shares = [count for count in counts if count > 0]
    total = sum(shares)
    return round(total**2 / sum(count**2 for count in shares), 1) if total else 0.0


def pairs_of(groups: Iterable[Iterable[int]]) -> set[tuple[int, int]]:
    """Returns the pairs of teams that were together in at least one group of people, given as teams."""
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def share_of_pairs(met: int, teams: int) -> int:
    """Returns the percentage of all pairs of `teams` teams: 6 pairs of 5 teams are 60. Without two teams it is 0."""
    return round(100 * met / comb(teams, 2)) if teams > 1 else 0


def middle(days: Sequence[int]) -> int:
    """Returns the median as a whole number, 0 for none."""
    return round(median(days)) if days else 0


def enough(people: int) -> bool:
    """Whether there are so many people that a figure names none of them."""
    return people >= FEWEST
