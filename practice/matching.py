"""Who coaches whom: pure, from what people seek and offer, where they work and whom they met.

`draw` finds the groups of a round. Two people are a pair of a certain weight, or none at all where a rule keeps them
apart; of all ways to pair as many people as possible the heaviest is taken, the seed deciding between equals. Only
one rule ever gives way, and only as far as it must: that people who met lately do not meet again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import combinations
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

BASE, A_SKILL, MOST_SKILLS, BOTH_WAYS, NEVER_MET, WAITED = 100, 20, 2, 15, 10, 50
BANDS = {0: 0, 1: 10, 2: 15, 3: 5}  # by how many bands of experience two people are apart
GOOD_HOURS, FEWEST_HOURS, AN_HOUR_LESS = 4, 2, 3
DAY_BEGINS, DAY_ENDS = time(9), time(17)
WIDEST = 4  # rounds in which nobody meets the same person again
TAKEN_OUT = 12  # people who are tried as the third of a trio
TIES = 100

type Id = int
type Pair = tuple[Id, Id]
type History = Sequence[Iterable[Collection[Id]]]
type Report = Callable[[int, int], None]

NO_ONE_ELSE = gettext_noop("Nobody else takes part.")
KEPT_APART = gettext_noop("The rules leave nobody to meet: teams, hours, or who met lately.")
ODD_ONE = gettext_noop("The number is odd, and no pair could take a third person.")
ALL_TAKEN = gettext_noop("Everyone who could be met is in another pair.")


@dataclass(frozen=True)
class Person:
    """Somebody who takes part. `band` is 0 to 3 or None, `zone` an IANA name, `manager` an id.

    `trios` counts the trios they were in so far; `waited`: the round before had no place for them.
    """

    id: Id
    team: Id | str | None
    band: int | None
    offers: Collection[object]
    seeks: Collection[object]
    zone: str
    manager: Id | None = None
    avoids: Collection[Id] = frozenset()
    trios: int = 0
    waited: bool = False


@dataclass(frozen=True)
class Draw:
    """Groups of a round; who has none, and why; how many rounds back nobody meets again."""

    groups: tuple[tuple[Id, ...], ...]
    unmatched: Mapping[Id, str]
    window: int


@dataclass(frozen=True)
class Reasons:
    """What speaks for a pair: skills that the second has for the first, and the reverse; the rest as it is."""

    to_first: frozenset[object]
    to_second: frozenset[object]
    bands_apart: int | None
    shared_hours: float
    never_met: bool


def weight(a: Person, b: Person, *, history: History = (), on: date) -> int | None:
    """Returns how well `a` and `b` fit, None where the pair is never allowed, whatever the window.

    `history` holds the rounds before, oldest first; `on` is the first day of the round.
    """
    if not may_meet(a, b, on=on):
        return None
    return weigh(reasons(a, b, history=history, on=on))


def may_meet(a: Person, b: Person, *, on: date) -> bool:
    """Whether the rules that are never relaxed allow the pair: team, reporting line, wishes, hours of work."""
    same_team = a.team is not None and a.team == b.team
    reporting = b.id == a.manager or a.id == b.manager
    unwanted = b.id in a.avoids or a.id in b.avoids
    return not (a.id == b.id or same_team or reporting or unwanted) and shared_hours(a.zone, b.zone, on) >= FEWEST_HOURS


def reasons(a: Person, b: Person, *, history: History = (), on: date) -> Reasons:
    """Returns what the weight of a pair is made of."""
    never_met = not any(a.id in group and b.id in group for past in history for group in past)
    return _reasons(a, b, never_met, on)


def shared_hours(first: str, second: str, on: date) -> float:
    """Returns the hours that are between 9 and 17 o'clock of that day in both zones."""
    (a_begins, a_ends), (b_begins, b_ends) = _working_day(first, on), _working_day(second, on)
    shared = min(a_ends, b_ends) - max(a_begins, b_begins)
    return max(0.0, shared / timedelta(hours=1))


def draw(people: Iterable[Person], *, history: History = (), seed: int, on: date, report: Report | None = None) -> Draw:
    """Returns the groups for a round that begins `on`; the order of `people` does not matter.

    `report` is called now and then with the steps done and the steps there are. Raises ValueError for an id that
    comes twice.
    """
    pool = _Pool(sorted(people, key=lambda one: one.id), history, seed, on)
    steps = _Steps(report, pool)
    widest = _best(pool, WIDEST, steps)
    if widest.matched == pool.most:
        return pool.told(widest)
    every = _best(pool, 0, steps)
    for window in range(WIDEST, 0, -1):
        found = widest if window == WIDEST else _best(pool, window, steps)
        if found.matched == every.matched:
            return pool.told(found)
    return pool.told(every)


@dataclass(frozen=True)
class _Found:
    """One way to group people, and what it is worth among the others."""

    groups: tuple[tuple[Id, ...], ...]
    window: int
    past_trios: int = 0
    weight: int = 0

    @property
    def matched(self) -> int:
        return sum(map(len, self.groups))


class _Pool:
    """Everyone who takes part, with the edges between them."""

    def __init__(self, people: Sequence[Person], history: History, seed: int, on: date) -> None:
        self.people = {one.id: one for one in people}
        if len(self.people) != len(people):
            raise ValueError("Everyone takes part once.")
        self.last_met = _last_met(history)
        self.edges: dict[Pair, int] = {}
        for a, b in combinations(people, 2):
            if may_meet(a, b, on=on):
                self.edges[a.id, b.id] = self._edge(a, b, seed, on)

    @property
    def most(self) -> int:
        """How many can be matched at best."""
        return len(self.people) if len(self.people) > 1 else 0

    def _edge(self, a: Person, b: Person, seed: int, on: date) -> int:
        fits = weigh(_reasons(a, b, (a.id, b.id) not in self.last_met, on))
        fits += WAITED * (a.waited + b.waited)
        return fits * TIES * len(self.people) + _tie(seed, a.id, b.id)

    def edges_in(self, window: int) -> dict[Pair, int]:
        """The edges between people who did not meet in the last `window` rounds."""
        return {pair: worth for pair, worth in self.edges.items() if self.last_met.get(pair, WIDEST) >= window}

    def told(self, found: _Found) -> Draw:
        """The result, with a reason for everyone who has no group."""
        matched = {one for group in found.groups for one in group}
        linked = {one for pair in self.edges_in(found.window) for one in pair}
        left = [one for one in self.people if one not in matched]
        return Draw(found.groups, {one: self._why(one, linked) for one in left}, found.window)

    def _why(self, one: Id, linked: set[Id]) -> str:
        if len(self.people) == 1:
            return NO_ONE_ELSE
        if one not in linked:
            return KEPT_APART
        return ODD_ONE if len(self.people) % 2 else ALL_TAKEN


class _Steps:
    """How far a draw is: a matching is a step."""

    def __init__(self, report: Report | None, pool: _Pool) -> None:
        self.report, self.done = report, 0
        self.total = 1 + min(TAKEN_OUT, len(pool.people)) if len(pool.people) % 2 else 1
        self.once = self.total

    def begin(self) -> None:
        """One more try with another window."""
        self.total = max(self.total, self.done + self.once)

    def step(self) -> None:
        self.done = min(self.done + 1, self.total)
        if self.report:
            self.report(self.done, self.total)


def _best(pool: _Pool, window: int, steps: _Steps) -> _Found:
    """The best groups where nobody meets whom they met in the last `window` rounds."""
    steps.begin()
    edges = pool.edges_in(window)
    if len(pool.people) % 2 == 0:
        return _pairs(pool, edges, window, steps)
    tried = (_with_trio(pool, one, edges, window, steps) for one in _third_ones(pool))
    trio = max((found for found in tried if found), key=_worth, default=None)
    if trio and trio.matched == pool.most:
        return trio
    # With as many people matched, pairs alone are better than a trio.
    pairs = _pairs(pool, edges, window, steps)
    return trio if trio and trio.matched > pairs.matched else pairs


def _pairs(pool: _Pool, edges: Mapping[Pair, int], window: int, steps: _Steps) -> _Found:
    found = _Found(_groups(_matching(pool.people, edges)), window)
    steps.step()
    return found


def _worth(found: _Found) -> tuple[int, int, int]:
    return found.matched, -found.past_trios, found.weight


def _third_ones(pool: _Pool) -> list[Id]:
    """Those who are tried as the third of a trio: who were in the fewest so far."""
    return sorted(pool.people, key=lambda one: (pool.people[one].trios, one))[:TAKEN_OUT]


def _with_trio(pool: _Pool, third: Id, edges: Mapping[Pair, int], window: int, steps: _Steps) -> _Found | None:
    """Pairs without `third`, who then joins the best of those that may take them; None where none may."""
    others = {pair: worth for pair, worth in edges.items() if third not in pair}
    pairs = _matching([one for one in pool.people if one != third], others)
    steps.step()
    weight_of_pairs = sum(edges[pair] for pair in pairs)
    options = []
    for a, b in pairs:
        joined = [edges.get(_pair(one, third)) for one in (a, b)]
        if None not in joined:
            past = sum(pool.people[one].trios for one in (a, b, third))
            worth = weight_of_pairs + sum(one for one in joined if one is not None)
            groups = _groups([*(pair for pair in pairs if pair != (a, b)), tuple(sorted((a, b, third)))])
            options.append(_Found(groups, window, past, worth))
    return max(options, key=_worth, default=None)


def _matching(people: Iterable[Id], edges: Mapping[Pair, int]) -> list[Pair]:
    """The heaviest of the largest sets of pairs without a person in common."""
    import networkx  # only the worker draws

    graph: networkx.Graph[Id] = networkx.Graph()
    graph.add_nodes_from(sorted(people))
    graph.add_weighted_edges_from((a, b, edges[a, b]) for a, b in sorted(edges))
    return sorted(_pair(a, b) for a, b in networkx.max_weight_matching(graph, maxcardinality=True))


def _groups(pairs: Iterable[tuple[Id, ...]]) -> tuple[tuple[Id, ...], ...]:
    return tuple(sorted(pairs))


def _pair(a: Id, b: Id) -> Pair:
    return (a, b) if a < b else (b, a)


def _last_met(history: History) -> dict[Pair, int]:
    """How many rounds ago two people met last: 0 is the latest round."""
    met: dict[Pair, int] = {}
    for ago, past in enumerate(reversed(history)):
        for pair in pairs_of(past):
            met.setdefault(pair, ago)
    return met


def pairs_of(groups: Iterable[Collection[Id]]) -> Iterator[Pair]:
    """All pairs within the groups: a trio is three."""
    for group in groups:
        yield from combinations(sorted(group), 2)


def _reasons(a: Person, b: Person, never_met: bool, on: date) -> Reasons:
    apart = None if a.band is None or b.band is None else abs(a.band - b.band)
    given, taken = frozenset(a.seeks) & frozenset(b.offers), frozenset(b.seeks) & frozenset(a.offers)
    return Reasons(given, taken, apart, shared_hours(a.zone, b.zone, on), never_met)


def weigh(why: Reasons) -> int:
    """Returns what these reasons are worth. Whole hours count: half an hour more is none more."""
    skills = A_SKILL * (min(MOST_SKILLS, len(why.to_first)) + min(MOST_SKILLS, len(why.to_second)))
    both = BOTH_WAYS if why.to_first and why.to_second else 0
    bands = 0 if why.bands_apart is None else BANDS[why.bands_apart]
    short = AN_HOUR_LESS * max(0, GOOD_HOURS - int(why.shared_hours))
    return BASE + skills + both + bands + NEVER_MET * why.never_met - short


def _tie(seed: int, a: Id, b: Id) -> int:
    """What decides between equals, the same for the same seed."""
    first, second = _pair(a, b)
    return int.from_bytes(sha256(f"{seed}:{first}:{second}".encode()).digest()) % TIES


@lru_cache(maxsize=1024)
def _working_day(zone: str, on: date) -> tuple[datetime, datetime]:
    """From 9 to 17 o'clock of that day in that zone, as instants."""
    clock = ZoneInfo(zone)
    begins, ends = (datetime.combine(on, at, clock).astimezone(ZoneInfo("UTC")) for at in (DAY_BEGINS, DAY_ENDS))
    return begins, ends
