"""Markdown as members type it, to safe HTML and to plain words, within limits that are enforced.

Rendering happens in processes of its own (`cop_portal.lib.rendering`), which are ended when a text takes too long;
a thread of the web process cannot be. The first text starts one (about 0.3 s), which is then kept.
"""

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from cop_portal.lib.rendering import limits, pool
from cop_portal.lib.rendering.characters import without_forbidden

# Raised whenever the same text gives other HTML, also by an upgrade of a package; stored HTML is then made again.
RENDERER_VERSION = 2
MAX_CHARACTERS = limits.MAX_CHARACTERS
# For an excerpt so much source is read: as a factor of its length, and at least.
_MARKUP = 4
_MARKUP_AT_LEAST = 200


def gettext_noop(words: str) -> str:
    """Marks words for the catalogue, which finds them by this name; Django's own needs settings at import."""
    return words


class TextError(Exception):
    """A text that cannot be shown. `str()` is English, `message` the same in the reader's language."""

    words = ""

    def __init__(self) -> None:
        super().__init__(self.words)

    @property
    def message(self) -> str:
        return gettext(self.words)


class TextTooLongError(TextError):
    """The text has more than MAX_CHARACTERS characters."""

    words = gettext_noop("This text is longer than 100,000 characters")


class TextTooComplexError(TextError):
    """The text takes more time or memory, or becomes more HTML, than one text may. Answer 422, the text kept."""

    words = gettext_noop("This text is too complex to show")


def render(text: str, *, prefix: str = "") -> SafeString:
    """Returns safe HTML for Markdown; ids start with `md-` and then `prefix`, which differs for each text of a page.

    Raises TextTooLongError, TextTooComplexError and nothing else, within 4 seconds.
    """
    if len(text) > MAX_CHARACTERS:
        raise TextTooLongError
    if not text.strip():
        return SafeString("")
    try:
        return mark_safe(pool.run("html", text, prefix))  # noqa: S308 (nh3 made it)
    except pool.RefusedError:
        raise TextTooComplexError from None


def plain(text: str, *, limit: int | None = None) -> str:
    """Returns the words of Markdown in one line, for feeds, search and previews.

    With `limit` they are cut after a word, to at most so many characters. It is text, not HTML.
    A text that is too complex comes as it was typed; nothing is raised.
    """
    source = text[:MAX_CHARACTERS] if limit is None else text[: limit * _MARKUP + _MARKUP_AT_LEAST]
    words = _words(source)
    if limit is None or (len(words) <= limit and len(source) == len(text)):
        return words
    return _cut(words, limit)


def _words(source: str) -> str:
    try:
        return pool.run("plain", source) if source.strip() else ""
    except pool.RefusedError:
        return " ".join(without_forbidden(source).split())


def _cut(words: str, limit: int) -> str:
    """Returns the whole words of the first `limit` characters, an ellipsis included."""
    room = words[: max(limit - 1, 0)]
    if len(room) < len(words) and words[len(room)] != " ":
        room = room.rpartition(" ")[0] or room
    return f"{room.rstrip()}…"[:limit]
