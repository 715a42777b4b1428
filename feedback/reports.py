"""What the results page shows of one closed poll."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from feedback.models import Comment, Poll, Question
from feedback.results import QuestionResult, question_result, rhythm_sentence


@dataclass(frozen=True)
class CommentGroup:
    """The comments on one question, in no order."""

    text: str
    comments: list[Comment]


@dataclass(frozen=True)
class Report:
    """Results of the countable questions and, once shown, the comments."""

    results: list[QuestionResult]
    comments: list[CommentGroup]
    rhythm: str


def report_of(poll: Poll, *, now: datetime) -> Report:
    """Returns what everyone may see of `poll` at `now`; two or three queries."""
    counts: dict[str, dict[str, int]] = {}
    for tally in poll.tallies.all():
        counts.setdefault(tally.question, {})[tally.value] = tally.count
    questions = poll.questions()
    counted = [_result(question, counts.get(question.key, {}), poll.k) for question in questions if question.values]
    return Report(counted, _comments(poll, questions, now), _rhythm(counts.get("rhythm", {}), poll.k))


def _result(question: Question, counts: dict[str, int], k: int) -> QuestionResult:
    labels = {value: question.label_of(value) for value in question.values}
    in_order = question.type == Question.Type.SCALE or question.key in ("rhythm", "length", "depth")
    return question_result(question.key, question.asked, labels, counts, k=k, in_order=in_order)


def _comments(poll: Poll, questions: list[Question], now: datetime) -> list[CommentGroup]:
    if not poll.shows_comments(now):
        return []
    by_question: dict[str, list[Comment]] = {}
    for comment in poll.comments.all():
        by_question.setdefault(comment.question, []).append(comment)
    return [CommentGroup(q.asked, by_question[q.key]) for q in questions if q.key in by_question]


def _rhythm(counts: dict[str, int], k: int) -> str:
    numbers = [counts.get(str(step), 0) for step in range(1, 6)]
    return rhythm_sentence(numbers) if sum(numbers) >= k else ""


def latest_rhythm() -> str:
    """Returns what the newest closed poll with enough answers said of the rhythm, as one sentence, or nothing."""
    poll = Poll.objects.closed().filter(answered__gte=F("k")).order_by("-closes_at").first()
    if poll is None:
        return ""
    return _rhythm(dict(poll.tallies.filter(question="rhythm").values_list("value", "count")), poll.k)
