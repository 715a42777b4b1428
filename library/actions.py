"""The writes of the library app, each a verb. What can be found changes with them, in the same transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from cop_portal.lib.markdown import RENDERER_VERSION
from library.files import AcceptedFile, attach
from library.history import note_before, note_edit, principles_of
from library.indexing import index_material
from library.links import normal_address
from library.mentions import note_mentions
from library.models import Insight, Link, LinkHealth, Material, Principle
from library.rendered import BODY, answers_html, html_of
from library.reviews import REVIEW_AFTER
from library.tag_actions import tags_named
from members.models import Member

MAX_ADDRESS = 1_000


class ChangedMeanwhileError(Exception):
    """Somebody saved another version since this one was opened; `material` is as it is now."""

    def __init__(self, material: Material) -> None:
        super().__init__(material.pk)
        self.material = material


@dataclass(frozen=True)
class Words:
    """What materials of every kind have; `body` may be a MarkdownText that its form rendered."""

    title: str
    summary: str = ""
    body: str = ""
    tags: Iterable[str] = ()
    principles: Iterable[Principle] = ()
    shown_as: str = Material.ShownAs.OWNER
    audience: str = Material.Audience.MEMBERS


@transaction.atomic
def add_article(words: Words, *, by: Member, publish: bool = True, now: datetime) -> Material:
    """Returns a new article; without `publish` it is a draft that only its owner sees."""
    return _indexed(_new(Material.Kind.ARTICLE, words, by, publish, now))


@transaction.atomic
def add_link(
    words: Words, *, address: str, medium: str, minutes: int | None, by: Member, publish: bool = True, now: datetime
) -> Material:
    """Returns a new link; `words.body` says why it helped."""
    material = _new(Material.Kind.LINK, words, by, publish, now)
    Link.objects.create(material=material, **_link_fields(address, medium, minutes))
    return _indexed(material)


def add_file(words: Words, *, file: AcceptedFile, by: Member, publish: bool = True, now: datetime) -> Material:
    """Returns a new material with the first version of its file."""
    with _no_orphans() as stored:
        material = _new(Material.Kind.FILE, words, by, publish, now)
        attach(material, file, by=by, now=now, stored=stored)
        return _indexed(material)


@transaction.atomic
def add_insight(
    words: Words,
    *,
    nature: str,
    answers: Mapping[str, str],
    outcome: str = "",
    repeat: str = "",
    by: Member,
    publish: bool = True,
    now: datetime,
) -> Material:
    """Returns a new insight of one nature."""
    material = _new(Material.Kind.INSIGHT, words, by, publish, now)
    fields = _insight_fields(answers, outcome, repeat)
    Insight.objects.create(material=material, nature=nature, **fields)
    return _indexed(material)


def edit_material(
    material: Material,
    words: Words,
    *,
    version: int,
    publish: bool,
    now: datetime,
    link: Mapping[str, Any] | None = None,
    insight: Mapping[str, Any] | None = None,
    file: AcceptedFile | None = None,
    form_key: UUID | None = None,
    by: Member,
) -> Material:
    """Saves an edit made on `version`; returns the material as stored.

    `link` and `insight` hold what their `add_` actions take; `file` is a further version of the file.
    `form_key` is the form's own: what a draft kept of it by itself is no other version.
    Raises ChangedMeanwhileError when another version was saved since.
    """
    with _no_orphans() as files:
        stored = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
        if stored.version != version and (form_key is None or stored.saved_by_form != form_key):
            raise ChangedMeanwhileError(stored)
        note_before(stored)
        _put(stored, words)
        stored.changed_at, stored.version, stored.saved_by_form = now, stored.version + 1, None
        if publish:
            _publish(stored, now)
        _look_again_later(stored, now)
        stored.save()
        _connect(stored, words)
        if link:
            LinkHealth.objects.filter(link=stored.pk).exclude(link__address=link["address"]).delete()
            Link.objects.filter(material=stored).update(**_link_fields(**link))
        if insight:
            Insight.objects.filter(material=stored).update(**_insight_fields(**insight))
        if file:
            attach(stored, file, by=by, now=now, stored=files)
        note_edit(stored, by=by, now=now)
        return _indexed(stored)


def bring_back(material: Material, edit: Any, *, by: Member, now: datetime) -> Material:
    """Makes an earlier version the newest one; returns the material as stored.

    It brings back what was written, not who may read it and under which name: that stays as it is.
    """
    words = Words(
        title=edit.title, summary=edit.summary, body=edit.body, tags=edit.details["tags"],
        principles=principles_of(edit), shown_as=material.shown_as, audience=material.audience,
    )  # fmt: skip
    rest = {name: edit.details.get(name) for name in ("link", "insight")}
    return edit_material(material, words, version=material.version, publish=False, now=now, by=by, **rest)


def bin_material(material: Material, *, now: datetime) -> None:
    """Puts it into its owner's bin; tags, links, comments and files stay with it."""
    Material.objects.filter(pk=material.pk, binned_at=None).update(binned_at=now, version=F("version") + 1)


def restore_material(material: Material) -> None:
    """Takes it out of the bin, as it was."""
    Material.objects.filter(pk=material.pk).update(binned_at=None, version=F("version") + 1)


def _new(kind: str, words: Words, by: Member, publish: bool, now: datetime) -> Material:
    material = Material(kind=kind, owner=by, team=by.team, created_at=now, changed_at=now)
    _put(material, words)
    if publish:
        _publish(material, now)
    material.save()
    _connect(material, words)
    return material


def _put(material: Material, words: Words) -> None:
    material.title, material.summary, material.body = words.title, words.summary, str(words.body)
    material.shown_as, material.audience = words.shown_as, words.audience
    material.html, material.html_version = html_of(words.body, BODY), RENDERER_VERSION


def _publish(material: Material, now: datetime) -> None:
    """The date of an edit is not that of publication: the first one stays."""
    material.published_at = material.published_at or now
    material.review_on = material.review_on or now.date() + REVIEW_AFTER


def _look_again_later(material: Material, now: datetime) -> None:
    """Who edits what is shared has looked at it."""
    if not material.is_draft:
        material.review_on, material.past_review = now.date() + REVIEW_AFTER, False


def _connect(material: Material, words: Words) -> None:
    material.tags.set(tags_named(words.tags))
    material.principles.set(words.principles)


def _indexed(material: Material) -> Material:
    """Keeps in step what is made of its texts: what can be found, and what it links to."""
    index_material(material)
    note_mentions(material)
    return material


def _link_fields(address: str, medium: str, minutes: int | None) -> dict[str, Any]:
    normal = normal_address(address)[:MAX_ADDRESS]
    return {"address": address, "normal_address": normal, "medium": medium, "minutes": minutes}


def _insight_fields(answers: Mapping[str, str], outcome: str = "", repeat: str = "") -> dict[str, Any]:
    texts = {name: str(text) for name, text in answers.items()}
    return {"answers": texts, "answers_html": answers_html(answers), "outcome": outcome, "repeat": repeat}


@contextmanager
def _no_orphans() -> Iterator[list[str]]:
    """A transaction; should it fail, the files whose names are in the list are taken away again."""
    stored: list[str] = []
    try:
        with transaction.atomic():
            yield stored
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise
