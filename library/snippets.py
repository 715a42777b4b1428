"""What is shown of a hit: its title and an excerpt with the found words marked. Imports no model."""

import re
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from library import words

LENGTH = 190  # characters of an excerpt
LOOKED_THROUGH = 20_000  # characters of one text; a hit further behind shows the beginning
_BEFORE = 60  # characters that an excerpt begins before its first hit
# Markdown that only stands in the way of a short excerpt: fences, rulers, heading and list signs, emphasis, links.
_LINKS = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_SIGNS = re.compile(
    r"^\s*(?:```.*|~~~.*|[-*_]{3,}\s*|\|?[\s:|-]+\|?)$|^\s*(?:#{1,6}|[-*+]|\d+\.|>)\s+(?:\[[ xX]\]\s+)?|[*_`|]+", re.M
)


def plain(markdown: str) -> str:
    """Returns roughly what one reads of a Markdown text, on one line."""
    return " ".join(_SIGNS.sub(" ", _LINKS.sub(r"\1", words.normal(markdown[:LOOKED_THROUGH]))).split())


def marked(text: str, wanted: frozenset[str]) -> SafeString:
    """Returns the whole text as HTML, escaped, with the wanted words in <mark>."""
    return _html(words.normal(text), wanted) if wanted else SafeString(escape(text))


def excerpt(texts: Iterable[str], wanted: frozenset[str]) -> SafeString | None:
    """Returns a piece of the first text that holds a wanted word, as HTML; None where none does."""
    for text in texts:
        readable = plain(text)
        hit = next((start for start, _end, token in words.spans(readable) if token in wanted), None)
        if hit is not None:
            return _html(_cut(readable, hit), wanted)
    return None


def beginning(texts: Iterable[str]) -> SafeString:
    """Returns the beginning of the first text that is not empty, as HTML."""
    readable = next(filter(None, map(plain, texts)), "")
    return SafeString(escape(_cut(readable, 0)))


def _cut(text: str, hit: int) -> str:
    """Returns about LENGTH characters around `hit`, whole words, with … where something is left out."""
    if len(text) <= LENGTH:
        return text
    start = 0 if hit <= _BEFORE else text.find(" ", hit - _BEFORE) + 1
    start = start if start <= hit else hit
    end = start + LENGTH
    if end < len(text):
        end = max(text.rfind(" ", hit, end), hit + 1) if " " in text[hit:end] else end
    piece = text[start:end].rstrip(" ,;:")
    return f"{'… ' if start else ''}{piece}{' …' if end < len(text) else ''}"


def _html(text: str, wanted: frozenset[str]) -> SafeString:
    parts: list[str] = []
    done = 0
    for start, end, token in words.spans(text):
        if token in wanted:
            parts += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
            done = end
    parts.append(escape(text[done:]))
    return mark_safe("".join(parts))  # noqa: S308 -- every piece is escaped above
