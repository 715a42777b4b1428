"""Comments that should not be read: a facilitator hides one with a public reason, and never edits it."""

from datetime import datetime

from feedback.models import Comment


class NotReportedError(Exception):
    """Once comments are public, only one that somebody reported may be hidden."""


def hide(comment: Comment, *, reason: str, now: datetime) -> None:
    """Hides `comment` from everyone behind `reason`; raises NotReportedError for one that nobody reported."""
    if comment.poll.shows_comments(now) and not comment.is_reported:
        raise NotReportedError
    Comment.objects.filter(pk=comment.pk).update(hidden_reason=reason)


def show(comment: Comment) -> None:
    """Takes the hiding back."""
    Comment.objects.filter(pk=comment.pk).update(hidden_reason="")


def report(comment: Comment) -> None:
    """Asks the facilitators to look at `comment`; who asked is not kept."""
    Comment.objects.filter(pk=comment.pk).update(is_reported=True)
