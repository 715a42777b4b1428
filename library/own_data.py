"""What the library has of one member, for their export: all they wrote and uploaded, drafts and bin too."""

from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO, cast

from django.conf import settings

from cop_portal.lib.own_data import Piece, as_json, as_markdown, file_name
from library.models import Adaptation, Attachment, Comment, Hearsay, Helped, Material, ReadingItem
from library.natures import NATURES
from library.suggestions import Suggestion
from members.models import Member


def own_data(member: Member) -> Iterator[Piece]:
    """Yields a Markdown file for each material, the files themselves, and what the member left at those of others."""
    materials = Material.objects.filter(owner=member).select_related("insight", "link", "team").order_by("pk")
    own = list(materials.prefetch_related("tags", "principles", "attachments"))
    for material in own:
        yield as_markdown(
            f"materials/{file_name(material.pk, material.title, 'md')}", material.title, *_parts(material)
        )
        yield from (_file(one) for one in material.attachments.all())
    yield as_json("materials.json", [_facts(material) for material in own])
    yield as_json("comments.json", _left(Comment.objects.filter(by=member, deleted_at=None), "text", "written_at"))
    adaptations = Adaptation.objects.filter(by=member)
    yield as_json("adaptations.json", _left(adaptations, "choice", "note", "written_at"))
    yield as_json("reading-list.json", _left(ReadingItem.objects.filter(member=member), "state", "changed_at"))
    yield as_json("helped-me.json", _left(Helped.objects.filter(member=member)))
    yield as_json("said-elsewhere.json", _left(Hearsay.objects.filter(member=member), "said"))
    suggested = Suggestion.objects.filter(by=member)
    fields = ("principle", "title", "statement", "looks_like", "drift", "prompt", "why", "made_at", "state")
    yield as_json("suggested-wordings.json", list(suggested.values(*fields)))


def _left(rows: Any, *fields: str) -> list[dict[str, Any]]:
    """What a member left at materials, which may be those of others: by their address, and without their words."""
    found = rows.order_by("pk").values("material", *fields)
    return [{**row, "material": f"{settings.SITE_URL}/library/{row['material']}/"} for row in found]


def _parts(material: Material) -> list[str]:
    parts = [material.summary, material.body]
    if material.kind == Material.Kind.LINK:
        parts.insert(1, f"<{material.link.address}>")
    if material.kind == Material.Kind.INSIGHT:
        questions = NATURES[material.insight.nature].questions
        answers = ((one.heading, material.insight.answers.get(one.name, "")) for one in questions)
        parts += [f"## {heading}\n\n{text}" for heading, text in answers if text]
    return parts


def _facts(material: Material) -> dict[str, object]:
    return {
        "number": material.pk,
        "kind": material.kind,
        "title": material.title,
        "shown": material.shown_as,
        "who_may_read_it": material.audience,
        "team": str(material.team) if material.team else None,
        "tags": [str(tag) for tag in material.tags.all()],
        "principles": [str(principle) for principle in material.principles.all()],
        "created": material.created_at,
        "changed": material.changed_at,
        "published": material.published_at,
        "in_the_bin_since": material.binned_at,
        "helped_members": material.helped_count,
    }


def _file(attachment: Attachment) -> Piece:
    name = attachment.name.replace("/", "-").replace("\\", "-")
    path = f"files/{attachment.material_id}-{attachment.number}-{name}"
    opened = partial(attachment.file.storage.open, str(attachment.file.name), "rb")
    return Piece(path, cast("partial[BinaryIO]", opened))
