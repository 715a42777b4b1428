"""What of the library can be reported and hidden: materials and comments."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from library.indexing import texts_of
from library.models import Comment, Material
from members.models import Member
from members.moderation import Reportable, register

if TYPE_CHECKING:
    from library.traces import CommentQuerySet


def _comments_seen_by(member: Member) -> "QuerySet[Comment]":
    shown: CommentQuerySet = Comment.objects.shown()
    return shown.filter(hidden_at=None, material__in=Material.objects.listed_to(member)).select_related("material")


def _materials() -> "QuerySet[Material]":
    """What is shared with members, hidden or not: a report opens no draft, no bin, and nothing made private since."""
    return Material.objects.filter(
        published_at__isnull=False, binned_at=None, audience=Material.Audience.MEMBERS
    ).select_related("owner", "team")


def _comments() -> "QuerySet[Comment]":
    return Comment.objects.filter(deleted_at=None, material__in=_materials()).select_related("material", "by")


def _title_of(comment: Comment) -> str:
    return gettext("a comment on “%(title)s”") % {"title": comment.material.title}


MATERIAL = Reportable(
    name="material",
    label=_("material"),
    model=Material,
    seen_by=lambda member: Material.objects.listed_to(member).filter(hidden_at=None),
    rows=_materials,
    author=lambda material: material.owner,
    byline=lambda material: material.byline,
    title=str,
    words=lambda material: "\n\n".join(text for text in texts_of(material) if text),
    url=lambda material: str(material.get_absolute_url()),
)
COMMENT = Reportable(
    name="comment",
    label=_("comment"),
    model=Comment,
    seen_by=_comments_seen_by,
    rows=_comments,
    author=lambda comment: comment.by,
    byline=lambda comment: comment.by.name if comment.by else gettext("a former member"),
    title=_title_of,
    words=lambda comment: str(comment.text),
    url=lambda comment: f"{comment.material.get_absolute_url()}#comment-{comment.pk}",
)


def register_all() -> None:
    """Called when the app is ready."""
    for kind in (MATERIAL, COMMENT):
        register(kind)
