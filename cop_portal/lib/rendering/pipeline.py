"""The way of one text: Python-Markdown without raw HTML, our tree, bleach, nh3."""

from functools import cache
from html.parser import HTMLParser

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from pymdownx.saneheaders import SaneHeadersExtension
from pymdownx.tasklist import TasklistExtension
from pymdownx.tilde import DeleteSubExtension

from cop_portal.lib.rendering.blocks import BlocksExtension
from cop_portal.lib.rendering.characters import without_forbidden
from cop_portal.lib.rendering.code import fences
from cop_portal.lib.rendering.limits import most_html
from cop_portal.lib.rendering.links import BareLinksExtension
from cop_portal.lib.rendering.sanitize import safe_html
from cop_portal.lib.rendering.tree import FinishedTree, TreeExtension

_EMPTY = frozenset(("img", "br", "hr"))
_BLOCKS = frozenset(("p", "h2", "h3", "h4", "h5", "h6", "li", "pre", "blockquote", "tr", "th", "td", "div", "hr", "br"))
_PAGE_BREAKS = str.maketrans("\x0b\x0c", "\n\n")


@cache
def _parser() -> tuple[Markdown, FinishedTree]:
    """Returns the one parser of this process; it remembers the text it reads, so only one thread may use it."""
    tree = TreeExtension()
    md = Markdown(
        output_format="html",
        extensions=[
            TableExtension(use_align_attribute=True),
            FootnoteExtension(BACKLINK_TITLE=""),
            SaneListExtension(),
            SaneHeadersExtension(),
            TasklistExtension(),
            DeleteSubExtension(subscript=False),
            fences(),
            BareLinksExtension(),
            BlocksExtension(),
            tree,
        ],
    )
    # Raw HTML is text: what would find it is off. Entities pass without being stashed.
    md.preprocessors.deregister("html_block")
    md.inlinePatterns.deregister("html")
    md.inlinePatterns.deregister("entity")
    return md, tree.walk


class TooMuchHtmlError(Exception):
    """A text grew beyond any use, as a table of a thousand columns does."""


def _parsed(text: str, prefix: str) -> str:
    """Returns the HTML of the text, not yet safe."""
    md, walk = _parser()
    walk.prefix = prefix
    try:
        html = md.convert(without_forbidden(text.translate(_PAGE_BREAKS)))
    finally:
        md.reset()
    if len(html) > most_html(len(text)):
        raise TooMuchHtmlError
    return html


def to_html(text: str, prefix: str = "") -> str:
    """Returns safe HTML for `text`; every id starts with `md-` and, where given, `prefix`.

    Takes as long as it takes, raises TooMuchHtmlError, RecursionError, MemoryError and whatever a bug of the
    parser raises: call it where that does no harm (worker.py).
    """
    return safe_html(_parsed(text, prefix))


class _Words(HTMLParser):
    """Collects what is read; not the numbers of footnotes and the arrows back."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if self._silent or tag == "sup" or attributes.get("class") == "footnote-backref":
            self._silent += tag not in _EMPTY
        elif tag in _BLOCKS:
            self.parts.append(" ")
        elif tag == "img":
            self.parts.append(attributes.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def to_plain(text: str, prefix: str = "") -> str:
    """Returns the words of `text` in one line, without any mark-up. It is text: escape it. Raises as `to_html`."""
    words = _Words()
    words.feed(_parsed(text, prefix))
    words.close()
    return " ".join(without_forbidden("".join(words.parts)).split())
