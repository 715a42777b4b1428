"""Everything a member may see, to take away: as a table, or as Markdown with its files in a zip."""

import zipfile
from collections.abc import Iterator
from typing import IO, Any, cast

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from cop_portal.lib.addresses import slug_of
from library.history import files_open_to
from library.importing.archives import FILES, FOLDER
from library.importing.front_matter import written
from library.models import Attachment, Material
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
        for material in materials_for(member):
            files = {path: attachment for attachment, path in _files_of(material, member)}
            archive.writestr(f"{FOLDER}/{material.slug}.md", written(head_of(material, list(files)), material.body))
            for path, attachment in files.items():
                yield from _stored(archive, pipe, path, attachment)
            yield pipe.taken()
    yield pipe.taken()


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
    }
    if material.kind == Material.Kind.LINK:
        head |= {"address": material.link.address, "medium": material.link.medium, "minutes": material.link.minutes}
    elif material.kind == Material.Kind.INSIGHT:
        insight = material.insight
        head |= {"nature": insight.nature, "outcome": insight.outcome, "repeat": insight.repeat}
        head["answers"] = insight.answers
    elif material.newest_file:
        head |= {"files": files, "sha256": material.newest_file.sha256}
    return {name: value for name, value in head.items() if value not in ("", None, [], False)}


def _files_of(material: Material, member: Member) -> Iterator[tuple[Attachment, str]]:
    """Yields the versions of a file that `member` may open with their paths in the archive, oldest first."""
    if material.kind == Material.Kind.FILE:
        for attachment in reversed(files_open_to(material, member)):
            yield attachment, f"{FILES}/{slug_of(material.pk, '')}/{attachment.number}/{attachment.name}"


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
