"""Bookmarks as all browsers export them: the Netscape file of 1996, which is nearly HTML."""

from collections.abc import Iterator
from html.parser import HTMLParser

from library.importing.entries import Entry

SIGN = "netscape-bookmark-file"
_ROOTS = ("personal_toolbar_folder", "unfiled_bookmarks_folder")


class _Reader(HTMLParser):
    """Collects links with the folder they lie in; the tags that nobody closes end where the next begins."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Entry] = []
        self.folders: list[str] = []
        self.words: list[str] | None = None
        self.next_folder = ""
        self.is_root = False
        self.note_of: Entry | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
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

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.words is not None and self.found:
            self.found[-1].title, self.words = _line(self.words), None
        elif tag == "h3" and self.words is not None:
            self.next_folder, self.words = "" if self.is_root else _line(self.words), None
        elif tag == "dl":
            self._end_note()
            del self.folders[-1:]

    def handle_data(self, data: str) -> None:
        if self.words is not None:
            self.words.append(data)

    def _end_note(self) -> None:
        if self.note_of is not None and self.words is not None:
            self.note_of.summary = _line(self.words)
        self.note_of = self.words = None


def _line(words: list[str]) -> str:
    return " ".join("".join(words).split())


def entries(text: str) -> Iterator[Entry]:
    """Yields the links of a bookmark file, their folders as tags; what only the browser understands is left out."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader._end_note()
    for entry in reader.found:
        if not entry.address.lower().startswith(("place:", "javascript:", "data:", "about:", "chrome:", "file:")):
            yield entry
