"""Bookmarks as all browsers export them: the Netscape file of 1996, which is nearly HTML."""

import re
from collections.abc import Iterator
from html import unescape

from library.importing.entries import Entry

SIGN = "netscape-bookmark-file"
_ROOTS = ("personal_toolbar_folder", "unfiled_bookmarks_folder")
# The few tags that matter. A parser of HTML can be held for hours by a file that closes none.
_TAG = re.compile(r"""<(/?)(a|h3|dl|dt|dd)(?![\w-])((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>""", re.I)
_OTHER = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]++)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++)))?""")


class _Reader:
    """Collects links with the folder they lie in; the tags that nobody closes end where the next begins."""

    def __init__(self) -> None:
        self.found: list[Entry] = []
        self.folders: list[str] = []
        self.words: list[str] | None = None
        self.next_folder = ""
        self.is_root = False
        self.note_of: Entry | None = None

    def feed(self, text: str) -> None:
        """Reads a whole file."""
        place = 0
        for found in _TAG.finditer(text):
            self._words(text[place : found.start()])
            place, tag = found.end(), found[2].lower()
            if found[1]:
                self._end(tag)
            else:
                self._begin(tag, _attributes(found[3]))
        self._words(text[place:])
        self._end_note()

    def _begin(self, tag: str, values: dict[str, str]) -> None:
        if tag in {"dt", "dd", "dl", "a", "h3"}:
            self._end_note()
        if tag == "a":
            self._link(values)
        elif tag == "h3":
            self.words, self.is_root = [], any(name in values for name in _ROOTS)
        elif tag == "dl":
            self.folders.append(self.next_folder)
            self.next_folder = ""
        elif tag == "dd" and self.found:
            self.note_of, self.words = self.found[-1], []

    def _link(self, values: dict[str, str]) -> None:
        tags = [tag for tag in (name.strip() for name in values.get("tags", "").split(",")) if tag]
        folder = self.folders[-1] if self.folders else ""
        tags += [folder] if folder and folder.casefold() not in {tag.casefold() for tag in tags} else []
        self.found.append(Entry("link", "", tags=tags, address=values.get("href", "").strip()))
        self.words = []

    def _end(self, tag: str) -> None:
        if tag == "a" and self.words is not None and self.found:
            self.found[-1].title, self.words = _line(self.words), None
        elif tag == "h3" and self.words is not None:
            self.next_folder, self.words = "" if self.is_root else _line(self.words), None
        elif tag == "dl":
            self._end_note()
            del self.folders[-1:]

    def _words(self, text: str) -> None:
        if self.words is not None:
            self.words.append(unescape(_OTHER.sub("", text)))

    def _end_note(self) -> None:
        if self.note_of is not None and self.words is not None:
            self.note_of.summary = _line(self.words)
        self.note_of = self.words = None


def _attributes(text: str) -> dict[str, str]:
    return {one[1].lower(): unescape(one[2] or one[3] or one[4] or "") for one in _ATTRIBUTE.finditer(text)}


def _line(words: list[str]) -> str:
    return " ".join("".join(words).split())


def entries(text: str) -> Iterator[Entry]:
    """Yields the links of a bookmark file, their folders as tags; what only the browser understands is left out."""
    reader = _Reader()
    reader.feed(text)
    for entry in reader.found:
        if not entry.address.lower().startswith(("place:", "javascript:", "data:", "about:", "chrome:", "file:")):
            yield entry
