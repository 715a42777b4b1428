"""What members are told of, and by which channels unless they chose otherwise."""

from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(Enum):
    """A way in which news reaches a member."""

    BELL = "bell"
    MAIL = "mail"
    DIGEST = "digest"  # in place of single mails, for those who chose it


class Kind(models.TextChoices):
    """A kind of news; each has its own switch, its own unsubscribing and its own part in the unique key."""

    SESSION_ANNOUNCED = "session_announced", _("A session is announced")
    SESSION_CHANGED = "session_changed", _("A session changes")
    SESSION_CANCELLED = "session_cancelled", _("A session is cancelled")
    PROMOTED = "promoted", _("You move up from the waitlist")
    REMINDER = "reminder", _("A session is near")
    FEEDBACK_OPEN = "feedback_open", _("Feedback is open")
    REPLY = "reply", _("Somebody answers you")
    COACHING_GROUP = "coaching_group", _("Your coaching group")
    DIGEST = "digest", _("The weekly digest")
    REPORT = "report", _("Something is reported")
    HIDDEN = "hidden", _("Something of yours is hidden or shown again")
    ACCOUNT = "account", _("Your account")


_BELL = frozenset({Channel.BELL})
_MAIL = frozenset({Channel.MAIL})
_BOTH = _BELL | _MAIL
_NONE: frozenset[Channel] = frozenset()

# Few mails by default: only what loses its worth when it is read a week later.
DEFAULT_CHANNELS: dict[Kind, frozenset[Channel]] = {
    Kind.SESSION_ANNOUNCED: _BELL,
    Kind.SESSION_CHANGED: _BOTH,
    Kind.SESSION_CANCELLED: _BOTH,
    Kind.PROMOTED: _BOTH,
    Kind.REMINDER: _BOTH,
    Kind.FEEDBACK_OPEN: _BOTH,
    Kind.REPLY: _BELL,
    Kind.COACHING_GROUP: _BOTH,
    Kind.DIGEST: _NONE,
    Kind.REPORT: _BELL,
    Kind.HIDDEN: _BOTH,
    Kind.ACCOUNT: _MAIL,
}


# What members decide about. Mail about one's account comes in any case; the digest is a way, not news.
CHOOSABLE: tuple[Kind, ...] = tuple(kind for kind in Kind if kind not in {Kind.DIGEST, Kind.ACCOUNT})
# Of sessions they are invited to guests hear too, of nothing else.
FOR_GUESTS = (
    Kind.SESSION_CHANGED, Kind.SESSION_CANCELLED, Kind.PROMOTED, Kind.REMINDER, Kind.FEEDBACK_OPEN,
)  # fmt: skip
FOR_FACILITATORS = frozenset({Kind.REPORT})
# A mail of these names a way to stop them.
STOPPABLE: tuple[Kind, ...] = (*CHOOSABLE, Kind.DIGEST)
# "It is tomorrow", a week later, helps nobody.
NOT_IN_DIGEST = frozenset({Kind.REMINDER})


def label_of(kind: str) -> str:
    """Returns the words for a kind; mail about accounts has kinds of its own that are all "Your account"."""
    return str(Kind(kind).label if kind in Kind.values else Kind.ACCOUNT.label)
