"""How many materials carry each tag: every list of tags shows it or is in its order.

What every member may find counts; a draft, what is private, hidden or in the bin counts for nobody. All links of a
tag less those few costs a walk through one narrow index; looking at each material would read all of their long texts.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet

from library.models import Material
from library.tags import Tag


def counted(tags: "QuerySet[Tag] | None" = None) -> list[Tag]:
    """Returns these tags, or all, with `uses`, most used first, then in the order of the alphabet; three queries."""
    links = Material.tags.through.objects.all() if tags is None else Material.tags.through.objects.filter(tag__in=tags)
    carried, less = _counts(links, "tag"), _counts(Material.objects.unshared(), "tags")
    found = list(Tag.objects.main() if tags is None else tags)
    for tag in found:
        tag.uses = carried.get(tag.pk, 0) - less.get(tag.pk, 0)
    return sorted(found, key=lambda tag: (-tag.uses, tag.key))


def _counts(rows: "QuerySet[Any]", by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(n=Count("pk")))


def tags_in_use() -> list[Tag]:
    """Returns the tags that something carries, most used first."""
    return [tag for tag in counted() if tag.uses]


def uses_of(tag: Tag) -> int:
    """Returns how many materials carry one tag."""
    return counted(Tag.objects.filter(pk=tag.pk))[0].uses


def fitting(key: str, *, without: Iterable[str]) -> list[Tag]:
    """Returns tags whose key holds `key`: the exact one, those that begin so, then the others, each most used first."""
    found = counted(Tag.objects.main().filter(key__contains=key).exclude(key__in=without))
    return sorted(found, key=lambda tag: (tag.key != key, not tag.key.startswith(key)))
