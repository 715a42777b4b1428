"""Reporting, hiding with a reason that everybody reads, and restoring; whoever it concerns is told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from members.hiding import Hideable, Report
from members.kinds import Kind
from members.letters import Letter
from members.models import Member
from members.moderation import kind_of, row_of
from members.telling import notify, notify_many

REPORTED = _("A report waits for a facilitator: %(title)s")
HIDDEN = _("A facilitator hid “%(title)s”: %(reason)s")
RESTORED = _("“%(title)s” is shown again.")
LOOKED_AT = _("A facilitator looked at what you reported: %(title)s")
HIDDEN_LETTER = _(
    "A facilitator hid what you wrote, “%(title)s”. The reason, which everybody can read:\n\n%(reason)s\n\n"
    "You still see it, and you can change it. If you think that this is a mistake, talk to a facilitator: "
    "they can show it again."
)
RESTORED_LETTER = _("What a facilitator had hidden, “%(title)s”, is shown to all members again.")


@transaction.atomic
def report(row: Hideable, *, reason: str, by: Member, now: datetime) -> Report:
    """Keeps a member's report and tells the facilitators; while it waits, the same member makes no second one."""
    waiting = Report.objects.about(row).waiting().filter(by=by).first()
    if waiting:
        return waiting
    made = Report.objects.create(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk, by=by, reason=reason, made_at=now
    )
    words = {"title": kind_of(row).title(row)}
    others = Member.objects.in_directory().filter(Q(is_facilitator=True) | Q(is_staff=True)).exclude(pk=by.pk)
    _tell(others, made, REPORTED, words, url=reverse("members:report", args=[made.pk]), now=now)
    return made


@transaction.atomic
def hide(made: Report, *, public_reason: str, by: Member, now: datetime) -> None:
    """Hides what was reported from everybody but its author; all that waits about it is decided by this."""
    row = _locked(made)
    if row is None or row.is_hidden:
        return
    type(row)._base_manager.filter(pk=row.pk).update(hidden_at=now, hidden_reason=public_reason)
    made.public_reason = public_reason
    _decide(made, row, Report.Outcome.HIDDEN, by, now)
    _tell_author(made, row, HIDDEN, HIDDEN_LETTER, now=now)


@transaction.atomic
def keep(made: Report, *, by: Member, now: datetime) -> None:
    """Leaves what was reported as it is."""
    row = _locked(made)
    if made.decided_at is None:
        _decide(made, row, Report.Outcome.KEPT, by, now)


@transaction.atomic
def restore(made: Report, *, by: Member, now: datetime) -> None:
    """Shows again what was hidden."""
    row = _locked(made)
    if row is None or not row.is_hidden:
        return
    type(row)._base_manager.filter(pk=row.pk).update(hidden_at=None, hidden_reason="")
    made.decided_by, made.decided_at, made.outcome = by, now, Report.Outcome.RESTORED
    made.save(update_fields=["decided_by", "decided_at", "outcome"])
    _tell_author(made, row, RESTORED, RESTORED_LETTER, now=now)


def _locked(made: Report) -> Any:
    """Returns the row that was reported, locked, or None where it is gone or private."""
    model = made.content_type.model_class()
    assert model is not None  # noqa: S101 -- reports are of models that are there
    made.refresh_from_db()
    row = model._base_manager.select_for_update().filter(pk=made.object_id).first()
    return row if row is not None and row_of(made) is not None else None


def _decide(made: Report, row: Hideable | None, outcome: str, by: Member, now: datetime) -> None:
    decision = {"outcome": outcome, "decided_by": by, "decided_at": now, "public_reason": made.public_reason}
    waiting = Report.objects.filter(content_type=made.content_type, object_id=made.object_id).waiting()
    reporters = list(Member.objects.filter(pk__in=waiting.values("by")).exclude(pk=by.pk))
    waiting.update(**decision)
    Report.objects.filter(pk=made.pk).update(**decision)
    if row is not None:
        words = {"title": kind_of(row).title(row)}
        _tell(reporters, made, LOOKED_AT, words, url=kind_of(row).url(row), now=now)


def _tell(
    members: Iterable[Member], made: Report, words: str, facts: dict[str, str], *, url: str, now: datetime
) -> None:
    notify_many(
        members,
        kind=Kind.REPORT,
        about=f"report:{made.pk}",
        version=_version(words),
        text=lambda _member: gettext(words) % facts,
        url=url,
        now=now,
    )


def _tell_author(made: Report, row: Hideable, words: str, letter: str, *, now: datetime) -> None:
    kind = kind_of(row)
    author = kind.author(row)
    if author is None:
        return
    facts = {"title": kind.title(row), "reason": made.public_reason}
    notify(
        author,
        kind=Kind.HIDDEN,
        about=f"report:{made.pk}",
        version=f"{_version(words)} {now:%Y-%m-%dT%H:%M:%S}",
        text=lambda _member: gettext(words) % facts,
        url=kind.url(row),
        mail=lambda _member: Letter(gettext(words) % facts, gettext(letter) % facts),
        now=now,
    )


def _version(words: str) -> str:
    return {REPORTED: "made", HIDDEN: "hidden", RESTORED: "restored"}.get(words, "decided")
