"""Which questions a poll asks: the core ones and those of the session's format, in their current version."""

from typing import Any

from django.db import transaction

from cop_portal.lib.content import shipped_content
from feedback.models import Question, QuestionSet

FOR_ABSENT = {"rhythm", "topic"}
REQUIRED = {"worth"}


def current_set(scope: str) -> QuestionSet | None:
    """Returns the questions in use for `scope` (`core` or a format); None for a format without any.

    The first time it stores the questions that ship with the portal; from then on admins own them.
    """
    found = QuestionSet.objects.filter(scope=scope, is_current=True).first()
    return found or _ship(scope)


@transaction.atomic
def _ship(scope: str) -> QuestionSet | None:
    entries = shipped_content()["feedback_questions"].get(scope)
    if not entries:
        return None
    made, is_new = QuestionSet.objects.get_or_create(scope=scope, version=1)
    if is_new:
        Question.objects.bulk_create(_question(made, position, entry) for position, entry in enumerate(entries))
    return made


def _question(owner: QuestionSet, position: int, entry: dict[str, Any]) -> Question:
    return Question(
        set=owner,
        position=position,
        key=entry["key"],
        type=entry["type"],
        text=entry["text"],
        options=entry.get("options", []),
        low=entry.get("low", ""),
        high=entry.get("high", ""),
        for_absent=entry["key"] in FOR_ABSENT,
        required=entry["key"] in REQUIRED,
    )
