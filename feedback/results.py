"""Honest numbers: counts and the middle answer in words; pure, no model is imported.

The rules: nothing of a question below k answers, no mean of a scale, no percentage but as a range, no breakdown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cop_portal.lib.charts import BarRow, bar_rows

STEPS_WITH_WORDS = 3  # longer scales name their ends alone


@dataclass(frozen=True)
class QuestionResult:
    """What is shown of one question. `bars` is empty while fewer than k answered; `head` is the result in short."""

    key: str
    text: str
    answered: int
    bars: tuple[BarRow, ...]
    summary: str
    head: tuple[str, str] = ("", "")


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
    head = _head(list(labels.values()), numbers, in_order=in_order)
    return QuestionResult(key, text, answered, tuple(bars), summary, head)


def _head(labels: Sequence[str], numbers: Sequence[int], *, in_order: bool) -> tuple[str, str]:
    """The figure of a result and its words: "8 of 11", "yes"; on a scale how many chose its two upper steps."""
    total, steps = sum(numbers), len(numbers)
    if in_order and steps > STEPS_WITH_WORDS and labels[1:-1] == [str(step) for step in range(2, steps)]:
        return of(sum(numbers[-2:]), total), _("said %(low)s or %(high)s") % {"low": steps - 1, "high": steps}
    top = numbers.index(max(numbers))
    return of(numbers[top], total), labels[top]


def of(part: int, total: int) -> str:
    """Returns "4 of 7": never a percentage."""
    return _("%(n)s of %(total)s") % {"n": part, "total": total}


def share_of_invited(part: int, *, answered: int, invited: int) -> str:
    """Returns what `part` of `answered` may be of all invited: nobody knows what the others would have said.

    One figure if all answered. More answers than were invited at first (guests came) count as invited.
    """
    invited = max(invited, answered)
    if not invited:
        raise ValueError("nobody was invited")
    low, high = _percent(part, invited), _percent(part + invited - answered, invited)
    if answered == invited:
        return _("%(share)s %% of those invited") % {"share": low}
    return _("between %(low)s %% and %(high)s %% of those invited") % {"low": low, "high": high}


def _percent(part: int, total: int) -> int:
    return (200 * part + total) // (2 * total)  # half a percent counts up


def leaning(counts: Sequence[int], *, invited: int) -> str:
    """Returns which side of the rhythm question more people took, and what that may be of all invited; else ""."""
    rare, often, total = counts[0] + counts[1], counts[3] + counts[4], sum(counts)
    if rare == often:
        return ""
    words = (
        _("%(n)s of %(total)s too often: %(share)s.") if often > rare else _("%(n)s of %(total)s too rare: %(share)s.")
    )
    part = max(often, rare)
    share = share_of_invited(part, answered=total, invited=invited)
    return words % {"n": part, "total": total, "share": share}


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


def middle_steps(counts: Sequence[int]) -> tuple[int, int]:
    """Returns the indexes of the middle answer, two where it lies between two; raises ValueError if nobody answered."""
    total = sum(counts)
    if not total:
        raise ValueError("nobody answered")
    return _at(counts, (total - 1) // 2), _at(counts, total // 2)


def middle(labels: Sequence[str], counts: Sequence[int]) -> str:
    """Returns the middle answer in words; between two where an even number of answers is halved between them.

    Raises ValueError where nobody answered: there is no middle of nothing.
    """
    low, high = middle_steps(counts)
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
