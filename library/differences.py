"""What changed between two texts: lines first, words within lines that changed. Imports no model.

Comparing is quadratic at worst, so long texts are compared coarsely: what is too long is shown as gone and added.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, ADDED, SKIPPED = "same", "gone", "added", "skipped"
MOST_LINES = 1_000  # of both texts together, without what they have in common at either end
MOST_WORDS, MOST_WORDS_IN_ALL = 400, 800  # of both sides of one change, and of all changes
AROUND = 2  # lines shown before and after a change
_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text: the same in both, only in the older, only in the newer; or left out since nothing changed."""

    kind: str
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """Returns the pieces in reading order; [] for equal texts. Without what is skipped, both texts can be read off."""
    old, new = _normal(old), _normal(new)
    if old == new:
        return []
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    words = _Budget(MOST_WORDS_IN_ALL)
    pieces = [piece for change in _changes(before, after) for piece in _pieces(*change, words)]
    return list(_joined(_folded(pieces)))


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yields pairs of (older, newer) stretches of lines; equal ones are the same."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    yield "".join(before[:head]), "".join(after[:head])
    yield from _inner_changes(before[head : len(before) - tail], after[head : len(after) - tail])
    yield "".join(before[len(before) - tail :]), "".join(after[len(after) - tail :])


def _inner_changes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(before) + len(after) > MOST_LINES:
        yield "".join(before), "".join(after)
        return
    for _tag, start, end, other_start, other_end in SequenceMatcher(None, before, after).get_opcodes():
        yield "".join(before[start:end]), "".join(after[other_start:other_end])


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """Returns how many items both begin with."""
    pairs = zip(before, after, strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))


class _Budget:
    """How many words may still be compared one by one."""

    def __init__(self, words: int) -> None:
        self.left = words

    def takes(self, words: int) -> bool:
        if words > min(MOST_WORDS, self.left):
            return False
        self.left -= words
        return True


def _pieces(old: str, new: str, budget: _Budget) -> Iterator[Piece]:
    if old == new:
        yield Piece(SAME, old)
        return
    before, after = _WORD.findall(old), _WORD.findall(new)
    if not (before and after and budget.takes(len(before) + len(after))):
        yield from (Piece(GONE, old), Piece(ADDED, new))
        return
    for tag, start, end, other_start, other_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(before[start:end]))
        else:
            yield Piece(GONE, "".join(before[start:end]))
            yield Piece(ADDED, "".join(after[other_start:other_end]))


def _folded(pieces: list[Piece]) -> Iterator[Piece]:
    """Leaves out the middle of what is the same for many lines, and what lies before and behind all changes."""
    pieces = [piece for piece in pieces if piece.text]
    for place, piece in enumerate(pieces):
        yield from (
            _fold(piece, is_first=place == 0, is_last=place == len(pieces) - 1) if piece.kind == SAME else [piece]
        )


def _fold(piece: Piece, *, is_first: bool, is_last: bool) -> Iterator[Piece]:
    lines = piece.text.splitlines(keepends=True)
    head, tail = (0 if is_first else AROUND), (0 if is_last else AROUND)
    if len(lines) <= head + tail + 1:
        yield piece
        return
    yield Piece(SAME, "".join(lines[:head]))
    yield Piece(SKIPPED, "".join(lines[head : len(lines) - tail]))
    yield Piece(SAME, "".join(lines[len(lines) - tail :]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Puts neighbours of one kind together; words that follow each other read as one change."""
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last and last.kind == piece.kind:
            last = Piece(last.kind, last.text + piece.text)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last
