"""The notes of a session: who may read and write them, every version of them, and what changed in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.db import transaction

from members.models import Member
from sessions.coming import Coming
from sessions.models import Session
from sessions.texts import render_texts
from sessions.versions import touch

NOTES = ("takeaways", "team_may_try", "notes")


def may_read_notes(session: Session, member: Member, *, came: bool, leads: bool) -> bool:
    """Notes that are limited are for the members who came, led or took them; of others, for all who see the session."""
    if not session.notes_for_present:
        return True
    return member.is_member and (came or leads or session.note_taker_id == member.pk)


def may_write_notes(session: Session, member: Member) -> bool:
    """The leads, whoever takes notes, and facilitators where they may read them."""
    me = Coming.to(session).of(member)
    writes = me.leads or session.note_taker_id == member.pk or member.may_facilitate
    return member.is_member and writes and may_read_notes(session, member, came=bool(me.came), leads=me.leads)


@transaction.atomic
def write_notes(session: Session, *, for_present: bool, by: Member, now: datetime, **texts: str) -> Session:
    """Stores what a session left, `texts` being those of NOTES, and every version of it.

    Words from before there was a history are its first version.
    """
    session = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    changed = {name for name in NOTES if getattr(session, name) != texts[name]}
    if not changed and session.notes_for_present == for_present:
        return session
    if changed and not session.history.exists() and any(getattr(session, name) for name in NOTES):
        _keep(session, by=None, at=session.changed_at)
    for name in changed:
        setattr(session, name, texts[name])
    session.notes_for_present = for_present
    render_texts(session)
    session.save()
    if changed:
        _keep(session, by=by, at=now)
        touch(session, now=now, scheduled=False)
    return session


def _keep(session: Session, *, by: Member | None, at: datetime) -> None:
    kept: Any = session
    kept._history_user = by  # else it would be whoever sent the request
    Session.history.bulk_history_create([kept], update=True, default_date=at)


# --- Versions --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Version:
    """One edit: by whom, when, and per text the pieces that stayed, came or went."""

    by: str
    at: datetime
    texts: list[tuple[str, list[tuple[str, str]]]]


def versions_of(session: Session, labels: dict[str, str]) -> list[Version]:
    """Returns the edits of the notes, latest first, with what each changed."""
    rows = list(session.history.select_related("history_user").order_by("-history_date", "-history_id"))
    return [_version(row, before, labels) for row, before in zip(rows, [*rows[1:], None][: len(rows)], strict=True)]


def _version(row: Any, before: Any, labels: dict[str, str]) -> Version:
    texts = [
        (labels[name], list(changes(getattr(before, name, "") if before else "", getattr(row, name)))) for name in NOTES
    ]
    name = row.history_user.name if row.history_user else ""
    return Version(name, row.history_date, [(label, parts) for label, parts in texts if _differs(parts)])


def _differs(parts: list[tuple[str, str]]) -> bool:
    return any(kind != "same" for kind, _text in parts)


def changes(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yields the lines of both texts as ("same" | "gone" | "new", line)."""
    before, after = old.splitlines(), new.splitlines()
    for tag, first, last, start, end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (("same", line) for line in before[first:last])
            continue
        yield from (("gone", line) for line in before[first:last])
        yield from (("new", line) for line in after[start:end])
