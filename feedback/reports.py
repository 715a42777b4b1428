"""What the results page shows of one closed poll, and the table of the same."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from feedback.models import Comment, Poll, Question, Tally
from feedback.results import QuestionResult, below, leaning, question_result, rhythm_sentence

RHYTHM = "rhythm"
HEADS = 3  # results in short at the top of the page
IN_ORDER = frozenset({RHYTHM, "length", "depth"})  # choices that are steps


@dataclass(frozen=True)
class CommentGroup:
    """The comments on one question, in no order."""

    text: str
    comments: list[Comment]


@dataclass(frozen=True)
class Report:
    """What everyone may see of a poll. `results` is empty while it waits; `waits` says then what is missing."""

    answered: int
    invited: int
    others: list[Poll]  # polls that are shown together with this one
    waits: str
    results: list[QuestionResult]
    comments: list[CommentGroup]
    leaning: str

    @property
    def heads(self) -> list[QuestionResult]:
        """The first few results in short."""
        return [result for result in self.results if result.bars][:HEADS]


def report_of(poll: Poll, *, now: datetime, moderates: bool = False) -> Report:
    """Returns what may be seen of `poll` at `now`; four or five queries.

    Who `moderates` reads the comments a day earlier, and nothing else besides.
    """
    questions = poll.questions()
    unit = list(Poll.objects.filter(unit=poll.unit_id).select_related("session")) if poll.unit_id else []
    counts = _counts(unit, questions)
    results = [_result(question, counts[question.pk], poll.k) for question in questions if question.values]
    shows_comments = poll.shows_comments(now) or (moderates and poll.has_comments())
    return Report(
        answered=sum(one.answered for one in unit) if unit else poll.answered,
        invited=sum(one.invited for one in unit) if unit else poll.invited,
        others=[one for one in unit if one.pk != poll.pk],
        waits="" if unit else below(poll.answered, poll.k),
        results=results if unit else [],
        comments=_comments(poll, questions) if shows_comments else [],
        leaning=_leaning(poll, unit, questions, counts),
    )


def _counts(unit: list[Poll], questions: list[Question]) -> dict[int, Counter[str]]:
    """How often each value of each question was chosen in the unit, where the very same question was asked."""
    counts: dict[int, Counter[str]] = {question.pk: Counter() for question in questions}
    asked = {
        (one.pk, question.key): question.pk
        for one in unit
        for question in questions
        if question.set_id in (one.core_id, one.specific_id)
    }
    for tally in Tally.objects.filter(poll__in=unit) if unit else ():
        if question := asked.get((tally.poll_id, tally.question)):
            counts[question][tally.value] += tally.count
    return counts


def _result(question: Question, counts: Counter[str], k: int) -> QuestionResult:
    labels = {value: question.label_of(value) for value in question.values}
    in_order = question.type == Question.Type.SCALE or question.key in IN_ORDER
    return question_result(question.key, question.asked, labels, counts, k=k, in_order=in_order)


def _leaning(poll: Poll, unit: list[Poll], questions: list[Question], counts: dict[int, Counter[str]]) -> str:
    """What the rhythm's answers may mean for all who were invited to the polls that asked for it."""
    for question in questions:
        said = counts[question.pk]
        if question.key == RHYTHM and said.total() >= poll.k:
            invited = sum(one.invited for one in unit if question.set_id in (one.core_id, one.specific_id))
            return leaning(five(said), invited=invited)
    return ""


def five(counts: Counter[str] | dict[str, int]) -> list[int]:
    """Returns the counts of the five steps in order."""
    return [counts.get(str(step), 0) for step in range(1, 6)]


def _comments(poll: Poll, questions: list[Question]) -> list[CommentGroup]:
    by_question: dict[str, list[Comment]] = {}
    for comment in poll.comments.all():
        by_question.setdefault(comment.question, []).append(comment)
    return [CommentGroup(q.asked, by_question[q.key]) for q in questions if q.key in by_question]


def rows_of(report: Report) -> Iterator[tuple[object, ...]]:
    """Yields the report as the rows of a table: the same as on the page, and nothing more."""
    yield (_("kind"), _("question"), _("answer"), _("count"))
    yield (_("answers"), "", _("answered"), report.answered)
    yield (_("answers"), "", _("invited"), report.invited)
    if report.waits:
        yield (_("note"), "", report.waits, "")
    for result in report.results:
        if not result.bars:
            yield (_("note"), result.text, result.summary, "")
        for bar in result.bars:
            yield (_("answer"), result.text, bar.label, bar.value)
    for group in report.comments:
        for comment in group.comments:
            hidden = _("Hidden by a facilitator: %(reason)s") % {"reason": comment.hidden_reason}
            yield (_("comment"), group.text, hidden if comment.hidden_reason else comment.text, "")


def latest_rhythm() -> str:
    """Returns what the newest closed poll with enough answers said of the rhythm, as one sentence, or nothing."""
    poll = Poll.objects.closed().filter(answered__gte=F("k")).order_by("-closes_at").first()
    if poll is None:
        return ""
    numbers = five(dict(poll.tallies.filter(question=RHYTHM).values_list("value", "count")))
    return rhythm_sentence(numbers) if sum(numbers) >= poll.k else ""
