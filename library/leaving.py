"""What becomes of a member's part of the library when they go."""

from datetime import datetime
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from library.models import Attachment, Comment, Helped, Material
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
    if writings == Writings.REMOVE:
        _delete(own.all())
        Comment.objects.filter(by=member).delete()
        Suggestion.objects.filter(by=member).delete()
    elif writings == Writings.HAND_OVER and heir:
        _hand_over(own.exclude(shown_as=Material.ShownAs.ANONYMOUS), heir, now=now)


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
