"""How answers moved over sessions: dots with their range, and the same numbers as a table."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cop_portal.lib.charts import Trend, TrendPoint, trend
from feedback.models import Poll, Question, Tally
from feedback.reports import RHYTHM, five
from feedback.results import below, middle_steps, of
from sessions.models import Session

KEYS = ("worth", RHYTHM)  # core questions of five steps
MOST = 12  # units


@dataclass(frozen=True)
class TrendRow:
    """One unit in words; `sessions` are those released together."""

    sessions: list[Session]
    answered: str
    middle: str
    range: str
    version: int


@dataclass(frozen=True)
class TrendView:
    """A picture and its table, oldest first; `bottom` and `top` are what the ends of the scale mean."""

    key: str
    text: str
    bottom: str
    top: str
    picture: Trend
    rows: list[TrendRow]
    has_versions: bool


def trends(seen: QuerySet[Session]) -> list[TrendView]:
    """Returns the trends over the newest units whose sessions are all `seen`; five queries, one if there is no unit."""
    heads = list(Poll.objects.closed().unit_heads(seen)[:MOST])[::-1]
    if len(heads) < 2:  # noqa: PLR2004 -- one point is no trend
        return []
    units: dict[int, list[Poll]] = {head.pk: [] for head in heads}
    for poll in Poll.objects.filter(unit__in=units).select_related("session", "core").order_by("closes_at"):
        units[poll.unit_id or 0].append(poll)
    counts = _counts(units)
    questions = {(one.set_id, one.key): one for one in Question.objects.filter(set__in={h.core_id for h in heads})}
    return [view for key in KEYS if (view := _view(key, heads, units, counts, questions))]


def _counts(units: dict[int, list[Poll]]) -> dict[tuple[int, str], Counter[str]]:
    """What was chosen in each unit, by its head and the question's key; only where its head's questions were asked."""
    unit_of = {poll.pk: head for head, polls in units.items() for poll in polls if poll.core_id == polls[-1].core_id}
    counts: dict[tuple[int, str], Counter[str]] = {}
    for tally in Tally.objects.filter(poll__in=unit_of, question__in=KEYS):
        counts.setdefault((unit_of[tally.poll_id], tally.question), Counter())[tally.value] += tally.count
    return counts


def _view(
    key: str,
    heads: list[Poll],
    units: dict[int, list[Poll]],
    counts: dict[tuple[int, str], Counter[str]],
    questions: dict[tuple[int, str], Question],
) -> TrendView | None:
    points, rows = [], []
    asked = [(head, questions.get((head.core_id, key))) for head in heads]
    asking = [(head, question) for head, question in asked if question and len(question.values) == 5]  # noqa: PLR2004
    for head, question in asking:
        said, version = five(counts.get((head.pk, key), Counter())), units[head.pk][-1].core.version
        points.append(_point(said, version, head.k))
        rows.append(_row(units[head.pk], question, said, version, head.k))
    if len(points) < 2:  # noqa: PLR2004
        return None
    newest, versions = asking[-1][1], {point.version for point in points}
    bottom, top = newest.label_of("1"), newest.label_of("5")
    return TrendView(key, newest.asked, bottom, top, trend(points), rows, has_versions=len(versions) > 1)


def _point(said: list[int], version: int, k: int) -> TrendPoint:
    if sum(said) < k:
        return TrendPoint("", None, version=version)
    low, high = middle_steps(said)
    steps = [step for step, count in enumerate(said, 1) if count]
    return TrendPoint("", (low + high) / 2 + 1, steps[0], steps[-1], version)


def _row(polls: list[Poll], question: Question, said: list[int], version: int, k: int) -> TrendRow:
    sessions, total = [poll.session for poll in polls], sum(said)
    answered = of(total, sum(poll.invited for poll in polls))
    if total < k:
        return TrendRow(sessions, answered, below(total, k), "", version)
    steps = [question.label_of(str(step)) for step, count in enumerate(said, 1) if count]
    low, high = (question.label_of(str(step + 1)) for step in middle_steps(said))
    middle = low if low == high else _("between %(low)s and %(high)s") % {"low": low, "high": high}
    spread = steps[0] if len(steps) == 1 else _("%(low)s to %(high)s") % {"low": steps[0], "high": steps[-1]}
    return TrendRow(sessions, answered, middle, spread, version)
