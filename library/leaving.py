"""What becomes of a member's part of the library when they go."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext, ngettext

from library.importing.said import named_otherwise, without_name
from library.models import Attachment, Comment, Hearsay, Helped, ImportRow, Material
from library.suggestions import Suggestion
from library.trace_actions import take_thanks_back
from members.kinds import Kind
from members.leaving import Writings
from members.models import Member
from members.telling import notify

_NOT_SHARED = Q(published_at=None) | Q(binned_at__isnull=False) | Q(audience=Material.Audience.PRIVATE)


@transaction.atomic
def let_go(member: Member, *, writings: str, heir: Member | None = None, now: datetime) -> None:
    """Deletes what only `member` sees; shared materials stay without a name, go to `heir`, or go as well.

    What stands without a name is never handed over: the heir would learn whose it was.
    """
    own = Material.objects.filter(owner=member)
    _delete(own.filter(_NOT_SHARED))
    for thanks in Helped.objects.filter(member=member).select_related("material"):
        take_thanks_back(thanks.material, by=member)
    if member.name:
        _forget_name(member.name)
    if writings == Writings.REMOVE:
        _delete(own.all())
        Comment.objects.filter(by=member).delete()
        Suggestion.objects.filter(by=member).delete()
    elif writings == Writings.HAND_OVER and heir:
        _hand_over(own.exclude(shown_as=Material.ShownAs.ANONYMOUS), heir, now=now)


def _forget_name(name: str) -> None:
    """Takes it out of what others brought along, and of what still waits to be."""
    for one in Hearsay.objects.select_related("member").iterator():
        said = without_name(one.said, name, _former(one.member))
        if said != one.said:
            Hearsay.objects.filter(pk=one.pk).update(said=said)
    for row in ImportRow.objects.exclude(fields={}).select_related("of__member").iterator():
        fields, former = row.fields, _former(row.of.member)
        said = without_name(fields.get("said", {}), name, former)
        by = named_otherwise(fields.get("by", ""), name, former)
        if (by, said) != (fields.get("by", ""), fields.get("said", {})):
            ImportRow.objects.filter(pk=row.pk).update(fields={**fields, "by": by, "said": said})
    for row in ImportRow.objects.filter(words__contains=name).select_related("of__member"):
        ImportRow.objects.filter(pk=row.pk).update(words=row.words.replace(name, _former(row.of.member))[:1_000])


def _former(reader: Member) -> str:
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        return gettext("a former member")


def _delete(materials: QuerySet[Material]) -> None:
    names = list(Attachment.objects.filter(material__in=materials.values("pk")).values_list("file", flat=True))
    for material in materials:
        material.delete()  # one by one: their histories go with them
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


def _hand_over(materials: QuerySet[Material], heir: Member, *, now: datetime) -> None:
    count = materials.update(owner=heir, changed_at=now)
    if not count:
        return

    def line(_heir: Member) -> str:
        words = ngettext(
            "A colleague who left handed you %(n)d material to look after.",
            "A colleague who left handed you %(n)d materials to look after.",
            count,
        )
        return words % {"n": count}

    notify(
        heir, kind=Kind.REPLY, about="handed over", version=f"{now:%Y-%m-%dT%H:%M:%S}", text=line,
        url="/library/mine/", now=now,
    )  # fmt: skip
