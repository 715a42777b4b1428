"""What a page calls itself. Imports no model."""

import codecs
import re
from html import unescape

from cop_portal.lib.text import clean_name
from library.fetching import Page

MAX_TITLE = 160
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_TITLE, _END = re.compile(r"<title(?:\s[^<>]{0,500})?>", re.I), re.compile(r"</title", re.I)


def title_of(page: Page) -> str:
    """Returns the page's title on one line, "" where it has none or is no HTML.

    It takes time in step with the length, whatever stands there: a parser of HTML can be held for minutes.
    """
    if not page.content_type.lower().startswith(("text/html", "application/xhtml")):
        return ""
    text = _without_comments(_decoded(page)[:200_000])
    found = _TITLE.search(text)
    words = _END.split(text[found.end() : found.end() + 2_000], maxsplit=1)[0] if found else ""
    return clean_name(unescape(words))[:MAX_TITLE].strip()


def _without_comments(text: str) -> str:
    head, *rest = text.split("<!--")
    return head + "".join(part.partition("-->")[2] for part in rest)


def _decoded(page: Page) -> str:
    said = _CHARSET.search(page.content_type) or _CHARSET.search(page.body[:2_000].decode("ascii", "replace"))
    try:
        return page.body.decode(codecs.lookup(said[1]).name if said else "utf-8", "replace")
    except (LookupError, UnicodeError):
        return page.body.decode("utf-8", "replace")
