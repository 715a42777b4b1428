"""Who coaches whom: the examples, never-rules on random pools, and every best found against all there are."""

from datetime import date
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from practice import matching
from practice.matching import Person, draw, may_meet, pairs_of, reasons, shared_hours, weight

ON = date(2026, 11, 30)
ZONES = ("Europe/Berlin", "Europe/London", "Asia/Kolkata", "America/New_York", "Pacific/Auckland")
SKILLS = ("delegation", "incidents", "interviews", "feedback")


def person(number, team=None, **fields):
    facts = {"band": 2, "offers": frozenset(), "seeks": frozenset(), "zone": "Europe/Berlin"} | fields
    return Person(number, number if team is None else team, **facts)


MIRA = person(1, band=3, seeks={"delegation"}, offers={"incidents"}, zone="Europe/Oslo")
TOM = person(2, band=1, seeks={"incidents"}, offers={"delegation"}, zone="Europe/London")
INES = person(3, band=3, offers={"delegation"}, zone="Europe/Oslo")


def test_the_weights_of_the_examples():
    assert (weight(MIRA, TOM, on=ON), weight(TOM, MIRA, on=ON)) == (180, 180)
    assert weight(MIRA, INES, on=ON) == 130


def test_what_a_weight_is_made_of():
    assert weight(MIRA, TOM, history=[[{1, 2}], []], on=ON) == 170
    assert weight(person(1, band=0), person(2, band=3), on=ON) == 115
    assert weight(person(1, band=None), person(2), on=ON) == 110
    many = frozenset(SKILLS)
    assert weight(person(1, seeks=many), person(2, offers=many), on=ON) == 150
    assert reasons(MIRA, TOM, on=ON).to_first == {"delegation"}


def test_hours_that_are_shared_are_those_of_the_day():
    assert shared_hours("Europe/Berlin", "Europe/London", ON) == 7
    assert shared_hours("Europe/Berlin", "Asia/Kolkata", ON) == 3.5
    assert shared_hours("Europe/Berlin", "Asia/Kolkata", date(2026, 7, 1)) == 4.5
    # The clocks of New York change two weeks before those of Berlin.
    assert shared_hours("Europe/Berlin", "America/New_York", date(2026, 3, 2)) == 2
    assert shared_hours("Europe/Berlin", "America/New_York", date(2026, 3, 16)) == 3
    assert weight(person(1), person(2, zone="Asia/Kolkata"), on=ON) == 107
    assert weight(person(1), person(2, zone="Asia/Tokyo"), on=ON) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (person(1, team="x"), person(2, team="x")),
        (person(1, manager=2), person(2)),
        (person(1), person(2, manager=1)),
        (person(1, avoids={2}), person(2)),
        (person(1), person(2, avoids={1})),
        (person(1), person(1)),
    ],
)
def test_who_never_meets(a, b):
    assert weight(a, b, on=ON) is None
    assert draw([a, b] if a.id != b.id else [a], seed=1, on=ON).groups == ()


def test_people_without_a_team_are_no_team():
    people = [Person(number, None, 1, (), (), "UTC") for number in (1, 2)]
    assert draw(people, seed=1, on=ON).groups == ((1, 2),)


def test_nobody_and_one():
    assert draw([], seed=1, on=ON) == matching.Draw((), {}, 4)
    assert draw([MIRA], seed=1, on=ON) == matching.Draw((), {1: matching.NO_ONE_ELSE}, 4)


def test_someone_twice_is_refused():
    with pytest.raises(ValueError, match="once"):
        draw([MIRA, MIRA], seed=1, on=ON)


def test_teams_of_two_are_paired_across():
    people = [person(number, team=number // 2) for number in range(6)]
    found = draw(people, seed=7, on=ON)
    assert len(found.groups) == 3
    assert all(a // 2 != b // 2 for a, b in found.groups)


def rounds_of(people, number, seed=1):
    history, draws = [], []
    for one in range(number):
        draws.append(draw(people, history=history, seed=seed + one, on=ON))
        history.append(draws[-1].groups)
    return draws


def test_four_people_meet_everyone_before_they_meet_again():
    draws = rounds_of([person(number) for number in range(4)], 4)
    assert {pair for found in draws[:3] for pair in found.groups} == set(combinations(range(4), 2))
    assert [found.window for found in draws] == [4, 4, 4, 2]
    assert draws[3].groups == draws[0].groups


@pytest.mark.parametrize("seed", [1, 100])
def test_twelve_rounds_of_twenty_four_repeat_nobody(seed):
    draws = rounds_of([person(number, team=number // 4) for number in range(24)], 12, seed)
    pairs = [pair for found in draws for pair in found.groups]
    assert len(pairs) == len(set(pairs)) == 144
    assert all(a // 4 != b // 4 for a, b in pairs)


def test_the_order_of_people_is_nothing_and_the_seed_is_something():
    people = [person(number, team=number % 6) for number in range(25)]
    first = draw(people, seed=5, on=ON)
    mixed = Random(3).sample(people, len(people))
    assert draw(mixed, seed=5, on=ON) == first
    assert draw(people, seed=6, on=ON).groups != first.groups


def test_an_odd_number_makes_one_trio_of_those_who_were_in_few():
    people = [person(number, trios=0 if number in {4, 5, 6} else 2) for number in range(7)]
    found = draw(people, seed=1, on=ON)
    assert sorted(map(len, found.groups)) == [2, 2, 3]
    trio = next(group for group in found.groups if len(group) == 3)
    assert len({4, 5, 6} & set(trio)) >= 2
    assert found.unmatched == {}


def test_a_trio_counts_as_three_pairs():
    people = [person(number) for number in range(3)]
    assert draw(people, seed=1, on=ON).groups == ((0, 1, 2),)
    again = draw(people, history=[[{0, 1, 2}]], seed=1, on=ON)
    assert (again.groups, again.window) == (((0, 1, 2),), 0)


def test_without_a_legal_trio_one_waits_and_comes_first_next_time():
    people = [person(1, team="x"), person(2, team="y"), person(3, team="y")]
    found = draw(people, seed=1, on=ON)
    [left] = found.unmatched
    assert found.unmatched[left] == matching.ODD_ONE
    people = [Person(**(vars(one) | {"waited": one.id == left})) for one in people]
    for seed in range(5):
        assert draw(people, history=[found.groups], seed=seed, on=ON).groups == ((1, left),)


def test_more_people_count_for_more_than_the_best_pair():
    best = {"seeks": frozenset(SKILLS), "offers": frozenset(SKILLS)}
    people = [person(1, band=1, avoids={3, 4}), person(2, avoids={4}, band=1, **best), person(3, band=3, **best)]
    people.append(person(4, band=3))
    history = [[{1, 2}, {3, 4}], [], [], [], []]
    assert weight(people[1], people[2], history=history, on=ON) == 220
    assert draw(people, history=history, seed=1, on=ON).groups == ((1, 2), (3, 4))


def test_whom_the_rules_keep_from_everyone_is_told_so():
    people = [person(1), person(2), person(3, zone="Pacific/Auckland"), person(4, zone="Asia/Tokyo", avoids={3})]
    found = draw(people, seed=1, on=ON)
    assert (found.groups, found.unmatched) == (((1, 2),), {3: matching.KEPT_APART, 4: matching.KEPT_APART})


def test_steps_are_reported_and_end():
    steps = []
    draw([person(n) for n in range(15)], seed=1, on=ON, report=lambda done, total: steps.append((done, total)))
    assert [done for done, _ in steps] == list(range(1, 13))
    assert all(done <= total for done, total in steps)


@st.composite
def pools(draw_, most):
    size = draw_(st.integers(0, most))
    chance = Random(draw_(st.integers(0, 10**6)))
    people = [
        person(
            number,
            team=chance.randrange(max(1, size // 2)),
            band=chance.choice([None, 0, 1, 2, 3]),
            offers=frozenset(chance.sample(SKILLS, 2)),
            seeks=frozenset(chance.sample(SKILLS, chance.randrange(3))),
            zone=chance.choice(ZONES[: chance.randint(1, 5)]),
            manager=chance.choice([None, None, None, chance.randrange(size)]),
            avoids=frozenset(chance.sample(range(size), chance.choice([0, 0, min(1, size)]))),
            trios=chance.randrange(3),
            waited=chance.random() < 0.1,
        )
        for number in range(size)
    ]
    history = [
        [frozenset(group) for group in zip(*[iter(chance.sample(range(size), size))] * 2, strict=False)]
        for _ in range(chance.randrange(6))
    ]
    return people, history


def all_matchings(people, allowed):
    """Every set of pairs without a person in common."""
    if not people:
        yield ()
        return
    first, rest = people[0], people[1:]
    yield from all_matchings(rest, allowed)
    for other in rest:
        if (first, other) in allowed:
            for found in all_matchings([one for one in rest if one != other], allowed):
                yield ((first, other), *found)


def worths(people, history, seed, window):
    """Each allowed pair with its edge, worked out by the rules alone."""
    by_id, n = {one.id: one for one in people}, len(people)
    recent = {pair for past in (history[-window:] if window else []) for pair in pairs_of(past)}
    edges = {}
    for a, b in combinations(sorted(by_id), 2):
        fits = weight(by_id[a], by_id[b], history=history, on=ON)
        if fits is not None and (a, b) not in recent:
            waited = 50 * (by_id[a].waited + by_id[b].waited)
            edges[a, b] = (fits + waited) * 100 * n + matching._tie(seed, a, b)
    return edges


def most_pairs(people, edges):
    return max(map(len, all_matchings(sorted(one.id for one in people), edges)))


@hypothesis(max_examples=60)
@given(pools(most=8), st.integers(0, 1000))
def test_an_even_pool_gets_the_best_of_all_there_are(pool, seed):
    people, history = pool
    people = people[: len(people) // 2 * 2]
    found = draw(people, history=history, seed=seed, on=ON)
    best = most_pairs(people, worths(people, history, seed, 0))
    full = [w for w in range(5) if most_pairs(people, worths(people, history, seed, w)) == best]
    assert found.window == max(full)
    edges = worths(people, history, seed, found.window)
    every = all_matchings(sorted(one.id for one in people), edges)
    top = max((len(pairs), sum(edges[pair] for pair in pairs)) for pairs in every)
    assert (len(found.groups), sum(edges[pair] for pair in found.groups)) == top


def best_with_trio(people, edges):
    """(people, -past trios, weight) of the best way with one trio, None where there is none."""
    trios, ids, found = {one.id: one.trios for one in people}, sorted(one.id for one in people), []
    for third in sorted(ids, key=lambda one: (trios[one], one))[:12]:
        rest = [one for one in ids if one != third]
        every = list(all_matchings(rest, edges))
        pairs = max(every, key=lambda some: (len(some), sum(edges[pair] for pair in some)))
        for a, b in pairs:
            joined = [edges.get(tuple(sorted((one, third)))) for one in (a, b)]
            if None not in joined:
                worth = sum(edges[pair] for pair in pairs) + sum(joined)
                found.append((2 * len(pairs) + 1, -(trios[a] + trios[b] + trios[third]), worth))
    return max(found, default=None)


@hypothesis(max_examples=40)
@given(pools(most=7), st.integers(0, 1000))
def test_an_odd_pool_gets_its_trio_or_leaves_one_out(pool, seed):
    people, history = pool
    people = people if len(people) % 2 else people[:-1]
    if not people:
        return

    def matched(window):
        edges = worths(people, history, seed, window)
        trio = best_with_trio(people, edges)
        return max(2 * most_pairs(people, edges), trio[0] if trio else 0)

    found = draw(people, history=history, seed=seed, on=ON)
    assert found.window == max(window for window in range(5) if matched(window) == matched(0))
    assert sum(map(len, found.groups)) == matched(found.window)
    if any(len(group) == 3 for group in found.groups):
        edges = worths(people, history, seed, found.window)
        trio = next(group for group in found.groups if len(group) == 3)
        past = sum(one.trios for one in people if one.id in trio)
        assert best_with_trio(people, edges)[:2] == (matched(found.window), -past)


@hypothesis(max_examples=12)
@given(pools(most=60), st.integers(0, 1000))
def test_no_rule_is_broken_in_any_pool(pool, seed):
    people, history = pool
    by_id = {one.id: one for one in people}
    found = draw(people, history=history, seed=seed, on=ON)
    placed = [one for group in found.groups for one in group]
    assert sorted([*placed, *found.unmatched]) == sorted(by_id)
    assert all(len(group) in {2, 3} and list(group) == sorted(group) for group in found.groups)
    assert sum(len(group) == 3 for group in found.groups) <= len(people) % 2
    recent = {pair for past in (history[-found.window :] if found.window else []) for pair in pairs_of(past)}
    for a, b in pairs_of(found.groups):
        assert may_meet(by_id[a], by_id[b], on=ON)
        assert (a, b) not in recent
    assert draw(reversed(people), history=history, seed=seed, on=ON) == found
