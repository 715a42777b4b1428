"""Everything a member may see, to take away: as a table, or as Markdown with its files in a zip."""

import zipfile
from collections.abc import Iterator
from itertools import batched
from typing import IO, Any, cast

from django.core.files.storage import default_storage
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from cop_portal.lib.addresses import slug_of
from library.aftermath import ASKED
from library.history import all_files_open_to
from library.importing.archives import FILES, FOLDER
from library.importing.front_matter import written
from library.models import Adaptation, Attachment, Comment, Hearsay, Material
from library.natures import sections_of
from library.rows import byline_of
from members.models import Member

BATCH = 100
COLUMNS = (
    "kind", "title", "address", "medium", "minutes", "summary", "tags", "principles", "nature", "outcome", "by",
    "published", "helped", "text", "page",
)  # fmt: skip


def materials_for(member: Member) -> Iterator[Material]:
    """Yields what `member` may see, drafts and private things of their own included, in batches."""
    rows: QuerySet[Material] = Material.objects.visible_to(member).for_rows().prefetch_related("principles")
    return rows.order_by("pk").iterator(chunk_size=BATCH)


def table_of(member: Member, site: str) -> Iterator[tuple[object, ...]]:
    """Yields the lines of the table, the names of its columns first. Names stand there as their owners show them."""
    yield COLUMNS
    for material in materials_for(member):
        link = material.link if material.kind == Material.Kind.LINK else None
        insight = material.insight if material.kind == Material.Kind.INSIGHT else None
        yield (
            material.kind,
            material.title,
            link.address if link else "",
            link.medium if link else "",
            link.minutes if link else "",
            material.summary,
            ", ".join(tag.name for tag in material.tags.all()),
            ", ".join(principle.title for principle in material.principles.all()),
            insight.nature if insight else "",
            insight.outcome if insight else "",
            byline_of(material),
            material.published_at.date().isoformat() if material.published_at else "",
            material.helped_count,
            _text_of(material),
            f"{site}{material.get_absolute_url()}",
        )


def _text_of(material: Material) -> str:
    if material.kind != Material.Kind.INSIGHT:
        return material.body
    sections = [f"{section.heading}: {section.text}" for section in sections_of(material.insight)]
    return "\n\n".join(filter(None, [*sections, material.body]))


def archive_of(member: Member) -> Iterator[bytes]:
    """Yields a zip while it is made, so that its size costs no memory: a file that is gone is left out."""
    pipe = _Pipe()
    with zipfile.ZipFile(cast(IO[bytes], pipe), "w", zipfile.ZIP_DEFLATED) as archive:
        for batch in batched(materials_for(member), BATCH):
            _with_what_was_said(batch, member)
            open_files = all_files_open_to(batch, member)
            for material in batch:
                files = {_path_of(attachment): attachment for attachment in reversed(open_files[material.pk])}
                head = head_of(material, list(files)) | said_of(material)
                archive.writestr(f"{FOLDER}/{material.slug}.md", written(head, material.body))
                for path, attachment in files.items():
                    yield from _stored(archive, pipe, path, attachment)
                yield pipe.taken()
    yield pipe.taken()


def _with_what_was_said(materials: tuple[Material, ...], member: Member) -> None:
    """Fetches what pages show of it to `member`; what was hidden stays where it is."""
    prefetch_related_objects(
        materials,
        Prefetch("comments", Comment.objects.shown().filter(hidden_at=None), to_attr="shown_comments"),
        Prefetch("adaptations", Adaptation.objects.select_related("team"), to_attr="shown_adaptations"),
        Prefetch("hearsay", Hearsay.objects.filter(member=member)),
    )


def said_of(material: Material) -> dict[str, Any]:
    """Returns what readers left at it, as its page shows it, and what had been said elsewhere, which is marked so."""
    before = material.hearsay.said if hasattr(material, "hearsay") else {}
    comments = [_elsewhere(one) for one in before.get("comments", [])]
    adaptations = [_elsewhere(one) for one in before.get("adaptations", [])]
    if not material.is_draft:
        comments += map(_comment, material.shown_comments)  # type: ignore[attr-defined]
        adaptations += map(_adaptation, material.shown_adaptations)  # type: ignore[attr-defined]
    said = {
        "by_elsewhere": before.get("by"),
        "helped": material.helped_count + before.get("helped", 0),
        "comments": comments,
        "adaptations": adaptations if material.kind == Material.Kind.INSIGHT else [],
    }
    return {name: value for name, value in said.items() if value}


def _elsewhere(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "elsewhere": True}


def _comment(comment: Comment) -> dict[str, Any]:
    said = {"by": comment.by.name if comment.by else _("a former member"), "at": comment.written_at.isoformat()}
    return {**said, "text": comment.text, **({"edited": True} if comment.edited_at else {})}


def _adaptation(adaptation: Adaptation) -> dict[str, Any]:
    said = {"team": adaptation.team.name, "choice": adaptation.choice, "at": adaptation.written_at.isoformat()}
    return said | ({"note": adaptation.note} if adaptation.note else {})


def head_of(material: Material, files: list[str]) -> dict[str, Any]:
    """Returns what stands before a material's text; nothing in it says more of a person than its page does."""
    head: dict[str, Any] = {
        "kind": material.kind,
        "title": material.title,
        "summary": material.summary,
        "tags": [tag.name for tag in material.tags.all()],
        "principles": [principle.title for principle in material.principles.all()],
        "by": byline_of(material),
        "shown_as": material.shown_as,
        "audience": material.audience,
        "draft": material.is_draft,
        "published": material.published_at.isoformat() if material.published_at else "",
        "review": material.review_on.isoformat() if material.review_on else "",
    }
    if material.kind == Material.Kind.LINK:
        head |= {"address": material.link.address, "medium": material.link.medium, "minutes": material.link.minutes}
    elif material.kind == Material.Kind.INSIGHT:
        insight = material.insight
        head |= {"nature": insight.nature, "outcome": insight.outcome, "repeat": insight.repeat}
        head["answers"] = insight.answers
        if insight.became and insight.nature in ASKED:
            at = {"at": insight.became_at.isoformat()} if insight.became_at else {}
            head["became"] = {"text": insight.became, **at}
    elif material.newest_file:
        head |= {"files": files, "sha256": material.newest_file.sha256}
    return {name: value for name, value in head.items() if value not in ("", None, [], False)}


def _path_of(attachment: Attachment) -> str:
    return f"{FILES}/{slug_of(attachment.material_id, '')}/{attachment.number}/{attachment.name}"


def _stored(archive: zipfile.ZipFile, pipe: "_Pipe", path: str, attachment: Attachment) -> Iterator[bytes]:
    try:
        source = default_storage.open(attachment.file.name or "", "rb")
    except FileNotFoundError:
        return
    with source, archive.open(zipfile.ZipInfo(path), "w") as target:
        for chunk in source.chunks():
            target.write(chunk)
            yield pipe.taken()


class _Pipe:
    """A file that can only be written to, and whose content is taken out again and again."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing to wait for."""

    def taken(self) -> bytes:
        data = b"".join(self.parts)
        self.parts.clear()
        return data
