"""What a page calls itself. Imports no model."""

import codecs
import re
from html.parser import HTMLParser

from cop_portal.lib.text import clean_name
from library.fetching import Page

MAX_TITLE = 160
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)


class _Title(HTMLParser):
    """Collects the first <title>."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.state = "before"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and self.state == "before":
            self.state = "inside"

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self.state == "inside":
            self.state = "after"

    def handle_data(self, data: str) -> None:
        if self.state == "inside":
            self.words.append(data)


def title_of(page: Page) -> str:
    """Returns the page's title on one line, "" where it has none or is no HTML."""
    if not page.content_type.lower().startswith(("text/html", "application/xhtml")):
        return ""
    reader = _Title()
    reader.feed(_decoded(page)[:200_000])
    return clean_name("".join(reader.words))[:MAX_TITLE].strip()


def _decoded(page: Page) -> str:
    said = _CHARSET.search(page.content_type) or _CHARSET.search(page.body[:2_000].decode("ascii", "replace"))
    try:
        return page.body.decode(codecs.lookup(said[1]).name if said else "utf-8", "replace")
    except (LookupError, UnicodeError):
        return page.body.decode("utf-8", "replace")
