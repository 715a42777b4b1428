"""Earlier versions of a material: noted at each edit, compared, shown to whom they may be shown, brought back.

A material has no history until its first edit, which then notes two versions: what stood there, and what it became.
Texts that save themselves as one types write none (`library.drafts`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from library.differences import Piece, differences
from library.models import Attachment, Insight, Link, Material, Principle
from library.natures import NATURES
from members.models import Member

type Edit = Any  # a row of Material.history: django-simple-history makes its class

_COLUMNS = ("title", "summary", "body", "shown_as", "audience", "published_at")


# --- noting -------------------------------------------------------------------------------------
def note_before(material: Material) -> None:
    """Notes what stands there, where nothing was noted yet. Call it on the stored row before it changes."""
    if not Material.history.filter(id=material.pk).exists():
        _note(material, by=material.owner, at=material.changed_at, kind="+")


def note_edit(material: Material, *, by: Member, now: datetime) -> None:
    """Notes what a material has become, unless nothing has changed."""
    last = Material.history.filter(id=material.pk).order_by("-history_id").first()
    if last is None or _kept(last) != {**_columns(material), "details": details_of(material)}:
        _note(material, by=by, at=now, kind="~")


def _note(material: Material, *, by: Member | None, at: datetime, kind: str) -> None:
    """Of somebody else's hand it is kept that it was another's: it never stands under the owner's name."""
    details = details_of(material)
    if by is not None and by.pk != material.owner_id:
        details["by_another"] = True
    Material.history.create(
        id=material.pk, version=material.version, **_columns(material), details=details,
        history_date=at, history_user=by, history_type=kind,
    )  # fmt: skip


def details_of(material: Material) -> dict[str, Any]:
    """Returns what a version has beside its columns, as it is stored now."""
    details: dict[str, Any] = {
        "tags": sorted(material.tags.values_list("name", flat=True)),
        "principles": [list(row) for row in material.principles.order_by("pk").values_list("pk", "title")],
    }
    if material.kind == Material.Kind.LINK:
        details["link"] = Link.objects.filter(pk=material.pk).values("address", "medium", "minutes").get()
    if material.kind == Material.Kind.INSIGHT:
        details["insight"] = Insight.objects.filter(pk=material.pk).values("answers", "outcome", "repeat").get()
        details["became"] = Insight.objects.values_list("became", flat=True).get(pk=material.pk)
    return details


def _columns(row: Edit | Material) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _kept(edit: Edit) -> dict[str, Any]:
    details = {name: value for name, value in edit.details.items() if name != "by_another"}
    return {**_columns(edit), "details": details}


# --- showing ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Version:
    """One line of the list: `changed` names the fields that differ from the version before, of the first none."""

    pk: int
    number: int
    who: str
    when: datetime
    changed: list[str]
    is_first: bool
    is_newest: bool


@dataclass(frozen=True)
class FieldChange:
    """One field that differs between two versions."""

    label: str
    pieces: list[Piece]


def edits_of(material: Material, reader: Member) -> "QuerySet[Any]":
    """Returns what `reader` may see of the history, newest first: of what was a draft or private the owner alone."""
    edits: QuerySet[Any] = Material.history.filter(id=material.pk).select_related("history_user")
    edits = edits.order_by("-history_id")
    if material.owner_id == reader.pk:
        return edits
    return edits.filter(published_at__isnull=False, audience=Material.Audience.MEMBERS)


def versions_of(material: Material, reader: Member, *, offset: int, limit: int) -> list[Version]:
    """Returns lines of the list; one row more is read, since each is compared with the one before."""
    edits = list(edits_of(material, reader)[offset : offset + limit + 1])
    befores: list[Edit | None] = [*edits[1:], None]
    is_mine = material.owner_id == reader.pk
    return [
        Version(
            pk=edit.pk,
            number=edit.version,
            who=who_of(edit, material),
            when=edit.history_date,
            changed=[label for label, _old, _new in _unlike(before, edit, material, is_mine)] if before else [],
            is_first=before is None,
            is_newest=offset == 0 and place == 0,
        )
        for place, (edit, before) in enumerate(zip(edits, befores, strict=False))
    ][:limit]


def changes_of(edit: Edit, material: Material, reader: Member) -> list[FieldChange]:
    """Returns how a version differs from the one before that `reader` may see."""
    earlier = edits_of(material, reader).filter(history_id__lt=edit.history_id)
    before = earlier.first()
    if before is None:
        return []
    unlike = _unlike(before, edit, material, material.owner_id == reader.pk)
    return [FieldChange(label, differences(old, new)) for label, old, new in unlike]


def who_of(edit: Edit, material: Material) -> str:
    """Returns whose hand it was, as the owner wants it shown today: an earlier name is no way round it."""
    if material.shown_as == Material.ShownAs.OWNER or edit.details.get("by_another"):
        return str(edit.history_user) if edit.history_user else _("a former member")
    return material.byline


def texts_of(edit: Edit, material: Material) -> dict[str, str]:
    """Returns what a version says, by the label of each field that is not empty."""
    return {label: text for label, text in _fields(edit, material) if text}


def _unlike(before: Edit, after: Edit, material: Material, is_mine: bool) -> Iterator[tuple[str, str, str]]:
    """Yields (label, older, newer) of fields that differ; who sees it and under which name only the owner learns."""
    old, new = dict(_fields(before, material)), dict(_fields(after, material))
    if is_mine:
        old |= dict(_owners_fields(before))
        new |= dict(_owners_fields(after))
    for label, text in new.items():
        if old.get(label, "") != text:
            yield label, old.get(label, ""), text


def _fields(edit: Edit, material: Material) -> Iterator[tuple[str, str]]:
    yield _("Title"), edit.title
    yield _("In one sentence"), edit.summary
    yield from _link_fields(edit.details.get("link"))
    yield from _insight_fields(edit.details.get("insight"), material)
    yield _("What became of it"), edit.details.get("became", "")
    yield _("Text"), edit.body
    yield _("Tags"), ", ".join(edit.details.get("tags", ()))
    yield _("Principles"), "\n".join(title for _pk, title in edit.details.get("principles", ()))


def _owners_fields(edit: Edit) -> Iterator[tuple[str, str]]:
    yield _("State"), _("published") if edit.published_at else _("draft")
    yield _("Shown"), str(Material.ShownAs(edit.shown_as).label)
    yield _("Who may read it"), str(Material.Audience(edit.audience).label)


def _link_fields(link: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    if link:
        yield _("Address"), link["address"]
        yield _("It is"), str(Link.Medium(link["medium"]).label)
        yield _("Minutes it takes"), str(link["minutes"] or "")


def _insight_fields(insight: dict[str, Any] | None, material: Material) -> Iterator[tuple[str, str]]:
    if insight:
        for question in NATURES[material.insight.nature].questions:
            yield str(question.heading), insight["answers"].get(question.name, "")
        yield _("It turned out"), str(dict(Insight.Outcome.choices).get(insight["outcome"], ""))
        yield _("Would we repeat it?"), str(dict(Insight.Repeat.choices).get(insight["repeat"], ""))


# --- files --------------------------------------------------------------------------------------
def files_open_to(material: Material, reader: Member) -> list[Attachment]:
    """Returns the versions of its file that `reader`, who may open the material, may open, newest first.

    A guest gets the newest alone, and what was replaced while nobody else could read it stays with its owner.
    """
    return all_files_open_to([material], reader)[material.pk]


def all_files_open_to(materials: Sequence[Material], reader: Member) -> dict[int, list[Attachment]]:
    """Returns the same by material, of those that are no files nothing, in the same number of queries for many."""
    found = {one.pk: list(one.attachments.all()) if one.kind == Material.Kind.FILE else [] for one in materials}
    asked = [one for one in materials if one.owner_id != reader.pk and len(found[one.pk]) > 1]
    since = _shared_since(asked) if asked and reader.is_member else {}
    for one in asked:
        found[one.pk] = _since(found[one.pk], since.get(one.pk)) if reader.is_member else found[one.pk][:1]
    return found


def _since(files: list[Attachment], since: datetime | None) -> list[Attachment]:
    """Leaves out what was replaced before `since`."""
    if since is None:
        return files
    return [file for file, newer in zip(files, [None, *files], strict=False) if not newer or newer.uploaded_at > since]


def _shared_since(materials: Sequence[Material]) -> dict[int, datetime]:
    """Returns since when shared materials are so without a break; those that were never anything else are not in it."""
    edits = Material.history.filter(id__in=[one.pk for one in materials])
    kept_back = edits.exclude(published_at__isnull=False, audience=Material.Audience.MEMBERS)
    last = dict(kept_back.order_by().values("id").annotate(last=Max("history_id")).values_list("id", "last"))
    if not last:
        return {}
    since = {one.pk: one.changed_at for one in materials if one.pk in last}
    later = edits.filter(id__in=last).order_by("-history_id").values_list("id", "history_id", "history_date")
    since |= {pk: at for pk, number, at in later if number > last[pk]}  # the earliest of them comes last and stays
    return since


# --- bringing back ------------------------------------------------------------------------------
def principles_of(edit: Edit) -> list[Principle]:
    """Returns the principles of a version that there still are."""
    return list(Principle.objects.filter(pk__in=[pk for pk, _title in edit.details.get("principles", ())]))
