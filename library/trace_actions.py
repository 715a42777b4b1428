"""What readers leave behind: thanks, comments, adaptations, a place on their reading list."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext, gettext_noop

from cop_portal.lib.markdown import RENDERER_VERSION
from library.indexing import weigh_again
from library.models import Adaptation, Comment, Helped, Material, ReadingItem
from library.rendered import comment_prefix, html_of
from members.kinds import Kind
from members.models import Member
from members.telling import notify

COMMENTED = gettext_noop("%(name)s commented on “%(title)s”")
ANSWERED = gettext_noop("%(team)s says what it makes of “%(title)s”")


@transaction.atomic
def say_it_helped(material: Material, *, by: Member) -> bool:
    """Counts a member's thanks once; returns whether it was new."""
    is_new = Helped.objects.get_or_create(material=material, member=by)[1]
    if is_new:
        _count(material, 1)
    return is_new


@transaction.atomic
def take_thanks_back(material: Material, *, by: Member) -> bool:
    """Forgets a member's thanks; returns whether there were any."""
    deleted, _rows = Helped.objects.filter(material=material, member=by).delete()
    if deleted:
        _count(material, -1)
    return bool(deleted)


def _count(material: Material, step: int) -> None:
    Material.objects.filter(pk=material.pk).update(helped_count=F("helped_count") + step)
    weigh_again(material, step)


@transaction.atomic
def write_comment(material: Material, text: str, *, by: Member, now: datetime) -> Comment:
    """Returns the new comment; the material's owner is told, unless they wrote it."""
    comment = Comment.objects.create(material=material, by=by, text=str(text), written_at=now)
    comment.html, comment.html_version = html_of(str(text), comment_prefix(comment)), RENDERER_VERSION
    comment.save(update_fields=["html", "html_version"])
    _tell_owner(material, by, f"comment-{comment.pk}", COMMENTED, now)
    return comment


def edit_comment(comment: Comment, text: str, *, now: datetime) -> None:
    """Changes the words of a comment, which then says that it was edited."""
    comment.text, comment.edited_at = str(text), now
    comment.html, comment.html_version = html_of(str(text), comment_prefix(comment)), RENDERER_VERSION
    comment.save(update_fields=["text", "edited_at", "html", "html_version"])


def delete_comment(comment: Comment, *, now: datetime) -> None:
    """Hides a comment from everybody; its row stays until the material goes."""
    Comment.objects.filter(pk=comment.pk, deleted_at=None).update(deleted_at=now)


@transaction.atomic
def adapt(material: Material, *, choice: str, note: str, by: Member, now: datetime) -> Adaptation:
    """Stores what `by`'s team makes of an insight, in place of what it said before."""
    adaptation, is_new = Adaptation.objects.update_or_create(
        material=material, team=by.team, defaults={"by": by, "choice": choice, "note": note, "written_at": now}
    )
    if is_new:
        _tell_owner(material, by, f"adaptation-{adaptation.pk}", ANSWERED, now)
    return adaptation


def put_on_list(material: Material, state: str, *, by: Member, now: datetime) -> None:
    """Puts a material on a member's own reading list, or moves it there; an empty `state` takes it off."""
    if not state:
        ReadingItem.objects.filter(material=material, member=by).delete()
        return
    ReadingItem.objects.update_or_create(material=material, member=by, defaults={"state": state, "changed_at": now})


def _tell_owner(material: Material, by: Member, version: str, words: str, now: datetime) -> None:
    """`words` are translated for the owner, who may read another language than `by`."""
    owner = material.owner
    if owner is None or owner == by:
        return
    notify(
        owner,
        kind=Kind.REPLY,
        about=f"material:{material.pk}",
        version=version,
        text=lambda _owner: gettext(words) % {"name": by.name, "team": by.team, "title": material.title},
        url=material.get_absolute_url(),
        now=now,
    )
