"""The writes about principles: wording them, suggesting a wording, and what becomes of that."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from library.models import Principle, Suggestion
from members.kinds import Kind
from members.models import Member
from members.telling import notify, notify_many

SUGGESTED = gettext_noop("%(name)s suggests a wording for “%(title)s”")
TAKEN = gettext_noop("Your wording for “%(title)s” is taken")
DECLINED = gettext_noop("Your wording for “%(title)s” is not taken; the reason stands beside it")


class RewordedMeanwhileError(Exception):
    """Somebody worded it otherwise since; `principle` is as it is now."""

    def __init__(self, principle: Principle) -> None:
        super().__init__(principle.pk)
        self.principle = principle


class DecidedAlreadyError(Exception):
    """Another facilitator has taken or declined it."""


@transaction.atomic
def add_principle(wording: Mapping[str, str], *, by: Member, now: datetime) -> Principle:
    """Returns a new principle behind all others."""
    last = Principle.objects.order_by("-position").values_list("position", flat=True).first()
    principle = Principle(position=0 if last is None else last + 1)
    _word(principle, wording, by, now)
    return principle


@transaction.atomic
def reword(principle: Principle, wording: Mapping[str, str], *, version: int, by: Member, now: datetime) -> Principle:
    """Gives a principle other words; what stood is in its history. Raises RewordedMeanwhileError."""
    stored = Principle.objects.select_for_update().get(pk=principle.pk)
    if stored.version != version:
        raise RewordedMeanwhileError(stored)
    if stored.wording() == wording:
        return stored
    if not stored.history.exists():
        Principle.history.bulk_history_create([stored], default_date=now)
    stored.version += 1
    _word(stored, wording, by, now)
    return stored


@transaction.atomic
def suggest(principle: Principle, wording: Mapping[str, str], *, why: str, by: Member, now: datetime) -> Suggestion:
    """Returns a new suggestion; facilitators are told."""
    suggestion = Suggestion.objects.create(principle=principle, by=by, why=why, made_at=now, **wording)
    facilitators = Member.objects.filter(Q(is_facilitator=True) | Q(is_staff=True)).exclude(pk=by.pk)
    notify_many(
        facilitators,
        kind=Kind.REPLY,
        about=f"principle:{principle.pk}",
        version=f"suggestion-{suggestion.pk}",
        text=lambda _member: gettext(SUGGESTED) % {"name": by.name, "title": principle.title},
        url=suggestion.get_absolute_url(),
        now=now,
    )
    return suggestion


@transaction.atomic
def take(suggestion: Suggestion, *, version: int, answer: str, by: Member, now: datetime) -> None:
    """Makes the suggested words those of the principle, whose `version` the facilitator saw.

    Raises DecidedAlreadyError and RewordedMeanwhileError.
    """
    _decide(suggestion, Suggestion.State.TAKEN, answer, by, now)
    reword(suggestion.principle, suggestion.wording(), version=version, by=by, now=now)
    _tell(suggestion, TAKEN, now)


@transaction.atomic
def decline(suggestion: Suggestion, *, answer: str, by: Member, now: datetime) -> None:
    """Leaves the principle as it is, and says why. Raises DecidedAlreadyError."""
    _decide(suggestion, Suggestion.State.DECLINED, answer, by, now)
    _tell(suggestion, DECLINED, now)


def _decide(suggestion: Suggestion, state: str, answer: str, by: Member, now: datetime) -> None:
    still_open = Suggestion.objects.filter(pk=suggestion.pk, state=Suggestion.State.OPEN)
    if not still_open.update(state=state, answer=answer, decided_by=by, decided_at=now):
        raise DecidedAlreadyError


def _word(principle: Principle, wording: Mapping[str, str], by: Member, now: datetime) -> None:
    for name, words in wording.items():
        setattr(principle, name, words)
    # What django-simple-history writes beside the words.
    principle._history_user, principle._history_date = by, now  # type: ignore[attr-defined]
    principle.save()


def _tell(suggestion: Suggestion, words: str, now: datetime) -> None:
    if suggestion.by is None or suggestion.by == suggestion.decided_by:
        return
    notify(
        suggestion.by,
        kind=Kind.REPLY,
        about=f"principle:{suggestion.principle_id}",
        version=f"decided-{suggestion.pk}",
        text=lambda _member: gettext(words) % {"title": suggestion.principle.title},
        url=suggestion.get_absolute_url(),
        now=now,
    )
