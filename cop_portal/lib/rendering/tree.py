"""The last walk over the parsed tree: headings from h2 down, own ids, safe links, own images, tables that scroll."""

import re
import unicodedata
from html import unescape
from html.entities import html5
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE, AtomicString
from pymdownx.tasklist import get_checkbox

from cop_portal.lib.rendering.allowed import is_own_image, is_safe_link

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NOTE_ROLES = {"footnote-ref": "doc-noteref", "footnote-backref": "doc-backlink"}
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z0-9]{1,32});")
_PLACEHOLDER = re.compile("\x02[^\x03]*\x03")
_MAX_ID = 60


def _box(checked: bool) -> str:
    """Returns a box that is read out as a checkbox in the reader's language, and is no form control."""
    state, sign = ("true", "☑") if checked else ("false", "☐")
    return f'<span class="task-box" role="checkbox" aria-checked="{state}" aria-disabled="true">{sign}</span> '


_BOXES = {get_checkbox("x"): _box(True), get_checkbox(" "): _box(False)}


def slug(text: str) -> str:
    """Returns `text` in `a-z0-9` and single hyphens, perhaps empty."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:_MAX_ID].strip("-")


class Ids:
    """Hands out ids that are unique on a page whose texts have different prefixes."""

    def __init__(self, prefix: str) -> None:
        # A slug has no double hyphen, so no heading can look like the id of another text.
        self._start = f"md-{slug(prefix)}--" if slug(prefix) else "md-"
        self._next: dict[str, int] = {}

    def take(self, words: str) -> str:
        """Returns an id for `words` that was not handed out before."""
        base = slug(words) or "part"
        number = self._next.get(base, 1)
        while number > 1 and f"{base}-{number}" in self._next:
            number += 1
        self._next[base] = number + 1
        if number == 1:
            return self._start + base
        self._next[f"{base}-{number}"] = 2
        return f"{self._start}{base}-{number}"


def _decoded(address: str) -> str:
    """Returns the address as a browser will read it from the attribute, with spaces made visible to it."""
    address = _ENTITY.sub(
        lambda match: unescape(match[0]) if match[1][0] == "#" or f"{match[1]};" in html5 else match[0],
        address.replace(AMP_SUBSTITUTE, "&"),
    )
    return address.strip().replace(" ", "%20")


def _encoded(value: str) -> str:
    """Returns `value` such that the serializer, which leaves entities alone, writes it literally."""
    return value.replace("&", "&amp;")


def _words(element: Element) -> str:
    alternatives = [image.get("alt", "") for image in element.iter("img")]
    return _PLACEHOLDER.sub("", "".join([*element.itertext(), *alternatives])).strip()


def _made_span(element: Element, text: str | None) -> None:
    """Leaves of `element` its text alone."""
    element.tag = "span"
    element.attrib.clear()
    element.text = text


class Levels:
    """Gives headings their place on the page: the upmost of a text is an h2, and no level is left out.

    People begin with `##`, or jump from one to three; whoever listens to a page finds their way by the levels.
    """

    def __init__(self) -> None:
        self._above: list[int] = []

    def take(self, typed: int) -> str:
        """Returns the tag of the next heading, which was typed with so many signs."""
        while self._above and self._above[-1] >= typed:
            self._above.pop()
        self._above.append(typed)
        return f"h{min(len(self._above) + 1, 6)}"


def _in_scroller(table: Element) -> Element:
    """Returns a box around the table that narrow screens can scroll, by keyboard too."""
    scroller = Element("div", {"class": "table-scroll", "tabindex": "0", "role": "group"})
    scroller.tail, table.tail = table.tail, None
    scroller.append(table)
    return scroller


class FinishedTree(Treeprocessor):
    """Turns what Python-Markdown made into what the allow-list knows. Set `prefix` before each text."""

    prefix = ""

    def run(self, root: Element) -> None:
        self._ids, self._levels = Ids(self.prefix), Levels()
        self._notes = self._renamed_notes(root)
        pending = [(root, False)]
        while pending:
            element, inside_link = pending.pop()
            self._finish(element, inside_link)
            inside_link = inside_link or element.tag == "a"
            pending.extend((child, inside_link) for child in reversed(element))
        for parent in list(root.iter()):
            for index, child in enumerate(parent):
                if child.tag == "table":
                    parent[index] = _in_scroller(child)
        stash = self.md.htmlStash
        stash.rawHtmlBlocks = [_BOXES.get(block, block) for block in stash.rawHtmlBlocks]

    def _renamed_notes(self, root: Element) -> dict[str, str]:
        """Gives footnotes and references to them ids of ours; returns those by the former ids."""
        names: dict[str, str] = {}
        for element in root.iter():
            former = element.get("id")
            if former is not None:
                names[former] = self._ids.take("note" if element.tag == "li" else "note-ref")
                element.set("id", names[former])
        return names

    def _finish(self, element: Element, inside_link: bool) -> None:
        if element.tag in _HEADINGS:
            self._finish_heading(element)
        elif element.tag == "img":
            self._finish_image(element, inside_link)
        elif element.tag == "a":
            self._finish_link(element, inside_link)
        elif element.tag == "pre":
            element.set("class", "highlight")
        elif element.get("class") == "footnote":
            element.set("role", "doc-endnotes")
        elif align := element.attrib.pop("align", None):
            element.set("class", f"align-{align}")

    def _finish_heading(self, heading: Element) -> None:
        words = _words(heading)
        heading.tag = self._levels.take(_HEADINGS[heading.tag]) if words else "p"
        if words:
            heading.set("id", self._ids.take(words))

    def _finish_image(self, image: Element, inside_link: bool) -> None:
        source, words, title = _decoded(image.get("src", "")), image.get("alt", "").strip(), self._title(image)
        image.attrib.clear()
        if is_own_image(source):
            image.attrib.update({"src": _encoded(source), "alt": words, **title})
        elif inside_link or not is_safe_link(source):
            _made_span(image, AtomicString(words))
        else:
            image.tag = "a"
            image.attrib.update({"href": _encoded(source), **title})
            image.text = AtomicString(words or _encoded(source))

    def _finish_link(self, link: Element, inside_link: bool) -> None:
        role = _NOTE_ROLES.get(link.get("class", ""))
        target, title = _decoded(link.get("href", "")), self._title(link)
        if role:
            self._finish_note_link(link, role)
        elif inside_link or not is_safe_link(target):
            _made_span(link, link.text)
        else:
            link.attrib.clear()
            link.attrib.update({"href": _encoded(target), **title})
            self._name_link(link, target)

    def _finish_note_link(self, link: Element, role: str) -> None:
        target = self._notes.get(link.get("href", "").removeprefix("#"))
        if target is None:  # a footnote that nothing refers to has no way back
            _made_span(link, None)
            return
        link.attrib.pop("title", None)
        link.attrib.update({"href": f"#{target}", "role": role})

    def _name_link(self, link: Element, target: str) -> None:
        """Gives a link that shows nothing its address as text."""
        image = next(link.iter("img"), None)
        if _words(link):
            return
        if image is not None:
            image.set("alt", _encoded(target))
        else:
            link.text = AtomicString(_encoded(target))

    @staticmethod
    def _title(element: Element) -> dict[str, str]:
        title = element.get("title", "").strip()
        return {"title": title} if title else {}


class TreeExtension(Extension):
    """Registers the last walk, and keeps it as `walk`."""

    walk: FinishedTree

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the library's name)
        self.walk = FinishedTree(md)
        md.treeprocessors.register(self.walk, "last_walk", -1)
