"""What is shown of a hit: its title and an excerpt with the found words marked. Imports no model."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from library import words

LENGTH = 190  # characters of an excerpt
LOOKED_THROUGH = 20_000  # characters of one text; a hit further behind is for `far_excerpt`
_TRIED = 40  # places that look like a hit, before giving up
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


def far_excerpt(text: str, wanted: frozenset[str]) -> SafeString | None:
    """Returns a piece of a text of any length around a wanted word, as HTML; None where none is found.

    The words are looked for by their beginnings, which costs a millisecond a book, and then read as the search does.
    """
    for match in islice(_likely(wanted).finditer(text), _TRIED):
        piece = words.normal(text[max(match.start() - LENGTH, 0) : match.start() + 2 * LENGTH])
        readable = " ".join(piece.split())
        hit = next((start for start, _end, token in words.spans(readable) if token in wanted), None)
        if hit is not None:
            return _html(_cut(readable, hit), wanted)
    return None


@lru_cache(maxsize=64)
def _likely(wanted: frozenset[str]) -> re.Pattern[str]:
    """Finds whatever begins like one of the tokens, in any letters that fold to theirs."""
    beginnings = ("".join(_spellings(letter) for letter in token[: max(2, len(token) - 1)]) for token in sorted(wanted))
    return re.compile(f"(?:{'|'.join(beginnings)})", re.I)


def _spellings(letter: str) -> str:
    """Returns a pattern for a letter with or without an accent."""
    return (
        f"[{re.escape(letter + _ACCENTED.get(letter, ''))}][\u0300-\u036f]*" if letter.isalpha() else re.escape(letter)
    )


def _accented() -> dict[str, str]:
    found: dict[str, str] = {}
    for char in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))):
        folded = words.folded_of(char)
        if len(folded) == 1 and folded != char:
            found[folded] = found.get(folded, "") + char
    return found


_ACCENTED = _accented()


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
