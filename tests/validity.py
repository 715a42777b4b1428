"""What is wrong with a page of HTML: parse errors, doubled ids, references into the void, misplaced elements."""

from collections import Counter
from html.parser import HTMLParser

from justhtml import JustHTML

# Attributes that name the ids of other elements.
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-errormessage", "form",
              "list", "headers", "popovertarget", "commandfor")  # fmt: skip
BLOCKS = {"address", "article", "aside", "blockquote", "details", "dialog", "div", "dl", "fieldset", "figure", "footer",
          "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section",
          "table", "ul"}  # fmt: skip
PHRASES = {"b", "button", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "label", "legend", "p", "q", "small",
           "span", "strong", "time"}  # fmt: skip
INTERACTIVE = {"a", "button", "details", "input", "label", "select", "summary", "textarea"}
CHILDREN = {
    "ul": {"li", "template", "script"},
    "ol": {"li", "template", "script"},
    "dl": {"dt", "dd", "div", "template", "script"},
    "tr": {"th", "td"},
    "select": {"option", "optgroup", "hr"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Outline(HTMLParser):
    """Walks through well-nested HTML and writes down what a browser would quietly put right."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.ids: Counter[str] = Counter()
        self.references: set[str] = set()
        self.tags: Counter[str] = Counter()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._check_attributes(tag, attrs)
        if "svg" not in self.open:
            self._check_place(tag, dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def _check_attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        self.problems += [f"<{tag}> has two {name}" for name, count in Counter(names).items() if count > 1]
        self.problems += [f"<{tag}> has {name}" for name in names if name == "style" or name.startswith("on")]
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids[values["id"]] += 1
        self.references |= {f"{name}={word}" for name in REFERENCES for word in values.get(name, "").split()}
        if tag == "img" and "alt" not in values:
            self.problems.append("<img> has no alt")
        if tag == "a" and not values.get("href", "x"):
            self.problems.append("<a> has an empty href")

    def _check_place(self, tag: str, attrs: dict[str, str | None]) -> None:
        parent = self.open[-1] if self.open else ""
        if tag in BLOCKS and parent in PHRASES:
            self.problems.append(f"<{tag}> in <{parent}>")
        if parent in CHILDREN and tag not in CHILDREN[parent]:
            self.problems.append(f"<{tag}> in <{parent}>")
        if tag == "form" and "form" in self.open:
            self.problems.append("<form> in <form>")
        active = tag in INTERACTIVE and attrs.get("type") != "hidden" and (tag != "a" or "href" in attrs)
        around = {"a", "button"} & set(self.open)
        if active and around:
            self.problems.append(f"<{tag}> in <{around.pop()}>")


def problems_of(html: str) -> list[str]:
    """Returns what is wrong with a whole page, one line a problem; the empty list is expected."""
    parsed = JustHTML(html, collect_errors=True, sanitize=False)
    found = [f"line {error.line}: {error.code}" for error in parsed.errors]
    outline = Outline()
    outline.feed(html)
    found += outline.problems
    found += [f"{count} elements with the id {name!r}" for name, count in outline.ids.items() if count > 1]
    found += [f"no element for {ref}" for ref in sorted(outline.references) if ref.partition("=")[2] not in outline.ids]
    found += [f"{outline.tags[tag]} <{tag}>" for tag in ("h1", "main", "title") if outline.tags[tag] != 1]
    root = parsed.query("html")[0]
    if not root.attrs.get("lang"):
        found.append("<html> has no lang")
    if not "".join(title.to_text() for title in parsed.query("title")).strip():
        found.append("the title is empty")
    return found
