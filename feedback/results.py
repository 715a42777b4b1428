"""Honest numbers: counts and the middle answer in words; pure, no model is imported.

The rules: nothing of a question below k answers, no mean of a scale, no percentage, no breakdown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cop_portal.lib.charts import BarRow, bar_rows


@dataclass(frozen=True)
class QuestionResult:
    """What is shown of one question. `bars` is empty while fewer than k answered."""

    key: str
    text: str
    answered: int
    bars: tuple[BarRow, ...]
    summary: str


def question_result(
    key: str, text: str, labels: Mapping[str, str], counts: Mapping[str, int], *, k: int, in_order: bool
) -> QuestionResult:
    """Returns the result of one question.

    `labels` are the words of each value in order, `counts` how often each was chosen. With `in_order`
    the values are steps of a scale, so that there is a middle answer. Below `k` answers only their
    number is told.
    """
    answered = sum(counts.values())
    if answered < k:
        return QuestionResult(key, text, answered, (), below(answered, k))
    numbers = [counts.get(value, 0) for value in labels]
    summary = middle(list(labels.values()), numbers) if in_order else most(list(labels.values()), numbers)
    bars = bar_rows(list(zip(labels.values(), numbers, strict=True)))
    return QuestionResult(key, text, answered, tuple(bars), summary)


def release_units(sizes: Sequence[int], *, k: int) -> list[tuple[int, ...]]:
    """Returns which polls are released together, by their index, in the order in which the units are complete.

    `sizes` are the answers of polls in the order in which they closed, under one rhythm. A poll with `k`
    answers is a unit by itself; smaller ones wait until they have as many together. What still waits is in none.
    """
    units: list[tuple[int, ...]] = []
    waiting: list[int] = []
    for index, size in enumerate(sizes):
        if size >= k:
            units.append((index,))
            continue
        waiting.append(index)
        if sum(sizes[one] for one in waiting) >= k:
            units.append(tuple(waiting))
            waiting = []
    return units


def below(answered: int, k: int) -> str:
    """Returns what is said in place of a result that too few gave."""
    return _("%(answered)s answered; shown from %(k)s on.") % {"answered": answered, "k": k}


def middle(labels: Sequence[str], counts: Sequence[int]) -> str:
    """Returns the middle answer in words; between two where an even number of answers is halved between them.

    Raises ValueError where nobody answered: there is no middle of nothing.
    """
    total = sum(counts)
    if not total:
        raise ValueError("nobody answered")
    low, high = _at(counts, (total - 1) // 2), _at(counts, total // 2)
    if low == high:
        return _("The middle answer is “%(answer)s”.") % {"answer": labels[low]}
    return _("The middle lies between “%(low)s” and “%(high)s”.") % {"low": labels[low], "high": labels[high]}


def _at(counts: Sequence[int], index: int) -> int:
    """The value of the answer at `index` when all answers stand in order."""
    for value, count in enumerate(counts):
        if index < count:
            return value
        index -= count
    raise ValueError("index beyond the answers")


def most(labels: Sequence[str], counts: Sequence[int]) -> str:
    """Returns what most people chose, or all that were chosen equally often."""
    top = max(counts)
    chosen = [label for label, count in zip(labels, counts, strict=True) if count == top]
    names = ", ".join(_("“%(words)s”") % {"words": label} for label in chosen)
    return ngettext("%(n)s person chose %(names)s.", "%(n)s people chose %(names)s.", top) % {"n": top, "names": names}


def rhythm_sentence(counts: Sequence[int]) -> str:
    """Returns the five counts of the rhythm question (much too rare .. much too often) as one sentence."""
    rare, right, often = counts[0] + counts[1], counts[2], counts[3] + counts[4]
    total = rare + right + often
    parts = [_("%(n)s of %(total)s called it about right") % {"n": right, "total": total}]
    if often:
        parts.append(_("%(n)s too often") % {"n": often})
    if rare:
        parts.append(_("%(n)s too rare") % {"n": rare})
    return ", ".join(parts)
