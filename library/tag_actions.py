"""Attaching, suggesting and joining tags."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cop_portal.lib.text import clean_name
from library.indexing import index_materials
from library.models import Tag
from library.tag_counts import counted, fitting
from library.tags import tag_key

SUGGESTED = 8


class MergeError(Exception):
    """These tags cannot become one; `str()` says why, in the reader's language."""


def tags_named(names: Iterable[str]) -> list[Tag]:
    """Returns the tags of these names, new ones where nobody used them before; an alias gives its tag."""
    wanted = {tag_key(name): clean_name(name) for name in names if tag_key(name)}
    known = {tag.key: tag for tag in Tag.objects.filter(key__in=wanted).select_related("alias_of")}
    for key, name in wanted.items():
        if key not in known:
            known[key] = Tag.objects.get_or_create(key=key, defaults={"name": name})[0]
    return list(dict.fromkeys(known[key].alias_of or known[key] for key in wanted))


def suggested_tags(typed: str, *, without: Iterable[str] = (), limit: int = SUGGESTED) -> list[Tag]:
    """Returns tags for what is being typed: the exact one first, then those that begin so, most used first.

    Nothing typed gives the most used. An alias that is typed leads to its tag. `without` are names chosen already.
    """
    key = tag_key(typed)
    taken = {tag_key(name) for name in without}
    if not key:
        return [tag for tag in counted() if tag.key not in taken][:limit]
    tags = fitting(key, without=taken)[:limit]
    alias = Tag.objects.filter(key=key, alias_of__isnull=False).select_related("alias_of").first()
    if alias and alias.alias_of and alias.alias_of.key not in taken:
        tags = [alias.alias_of, *(tag for tag in tags if tag != alias.alias_of)]
    return tags[:limit]


@transaction.atomic
def merge_tags(tag: Tag, *, into: Tag) -> Tag:
    """Makes `tag` an alias of `into`; whatever carried it carries `into`, once. Returns `into`.

    Raises MergeError for a tag and itself.
    """
    into = into.alias_of or into
    if into == tag:
        raise MergeError(_("A tag cannot be merged into itself."))
    carried = set(tag.materials.values_list("pk", flat=True))
    for relation in _carriers(tag):
        theirs, ours = getattr(into, relation), getattr(tag, relation)
        theirs.add(*ours.all())
        ours.clear()
    tag.aliases.update(alias_of=into)
    tag.alias_of = into
    tag.save(update_fields=["alias_of"])
    index_materials({*carried, *into.materials.values_list("pk", flat=True)})
    return into


@transaction.atomic
def rename_tag(tag: Tag, name: str) -> None:
    """Gives a tag another name, which its materials are then found by. Raises IntegrityError where it is taken.

    One of its own other spellings is free to become it.
    """
    tag.aliases.filter(key=tag_key(name)).delete()
    tag.name = name
    tag.save()
    _index_all(tag)


@transaction.atomic
def add_alias(tag: Tag, name: str) -> None:
    """Makes another spelling lead to `tag`. What has that name already stays what it is."""
    Tag.objects.get_or_create(key=tag_key(name), defaults={"name": name, "alias_of": tag})
    _index_all(tag)


@transaction.atomic
def drop_alias(alias: Tag) -> None:
    """Forgets a spelling; who types it makes a tag of its own."""
    tag = alias.alias_of
    alias.delete()
    if tag:
        _index_all(tag)


def _index_all(tag: Tag) -> None:
    index_materials((tag.alias_of or tag).materials.values_list("pk", flat=True))


def _carriers(tag: Tag) -> list[str]:
    """The names by which a tag knows all that carry it, in apps above as well."""
    relations: list[Any] = [relation for relation in tag._meta.related_objects if relation.many_to_many]
    return [relation.get_accessor_name() for relation in relations]
