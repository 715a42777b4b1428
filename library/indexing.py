"""Keeping the search in step: every action that changes what can be found calls `index_materials`."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import F

from library import words
from library.models import Material, SearchEntry

HELPED_DAYS = 14  # among equal matches, each member it helped makes a material this much younger
LOWERED_DAYS = 365  # and what is past its review counts as so much older
BATCH = 200
# A tsvector holds 1 MB of different words: what is beyond this is not found, on either database.
MOST_BYTES = 900_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def index_materials(pks: Iterable[int]) -> None:
    """Writes the entries of these materials anew, in the caller's transaction."""
    materials = Material.objects.filter(pk__in=list(pks)).select_related("insight", "link")
    entries = [entry_of(material) for material in materials.prefetch_related("tags__aliases", "attachments")]
    fields = [field.name for field in SearchEntry._meta.concrete_fields if not field.primary_key]
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["material"], update_fields=fields, batch_size=BATCH
    )


def index_material(material: Material) -> None:
    """Writes one material's entry anew."""
    index_materials([material.pk])


def weigh(material: Material) -> int:
    """Returns what decides among equal matches: the day of publication, moved by those it helped and its review."""
    moment = material.published_at or material.created_at
    lowered = LOWERED_DAYS if material.past_review else 0
    return (moment - _EPOCH).days + HELPED_DAYS * material.helped_count - lowered


def weigh_again(material: Material, step: int) -> None:
    """Moves a material's weight by `step` members it helped more; its words stay as they are."""
    move_weight(material.pk, HELPED_DAYS * step)


def move_weight(pk: int, days: int) -> None:
    """Makes a material count as so many days younger."""
    SearchEntry.objects.filter(material=pk).update(weight=F("weight") + days)


def reindex() -> Iterator[tuple[int, int]]:
    """Writes all entries anew; yields (done, total) after each batch, one transaction each.

    It may be stopped and started again: each batch is complete in itself.
    """
    pks = list(Material.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        with transaction.atomic():
            index_materials(pks[start : start + BATCH])
        yield min(start + BATCH, len(pks)), len(pks)


def entry_of(material: Material) -> SearchEntry:
    """Returns the entry, not stored, of a material that was fetched with tags, aliases and files."""
    tags = [name for tag in material.tags.all() for name in (tag.name, *(alias.name for alias in tag.aliases.all()))]
    file = material.newest_file
    columns = {
        "title": [material.title],
        "tags": tags,
        "body": texts_of(material),
        "file": [file.name, file.text] if file else [],
    }
    return SearchEntry(
        material=material,
        weight=weigh(material),
        has_file_text=file is not None,
        beginnings=words.written([words.beginnings(" ".join([material.title, *tags]))]),
        **_columns(columns),
    )


def texts_of(material: Material) -> list[str]:
    """Returns what the column `body` is made of, in the order in which snippets look through it."""
    insight = getattr(material, "insight", None)
    answers = [*(str(text) for text in insight.answers.values()), insight.became] if insight else []
    return [material.summary, material.body, *answers]


def _columns(columns: dict[str, list[str]]) -> dict[str, str]:
    """Returns the columns as written; once their different words are MOST_BYTES long, the rest is left out."""
    seen: set[str] = set()
    used = 0
    written = {}
    for name, texts in columns.items():
        parts = []
        for text in texts:
            kept = []
            for token in words.tokens(text):
                if token not in seen:
                    size = len(words.encoded(token))
                    if used + size > MOST_BYTES:
                        break
                    seen.add(token)
                    used += size
                kept.append(token)
            parts.append(kept)
        written[name] = words.written(parts)
    return written
