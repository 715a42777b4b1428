"""What rendered Markdown may be, written down a second time and read by another parser than those that made it.

It shares nothing with cop_portal.lib.rendering on purpose: a hole in that allow-list is none here.
"""

import re
from html.parser import HTMLParser

VOID = {"br", "hr", "img"}
RELATION = "nofollow noopener ugc"
OWN_ID = r"md-[a-z0-9]+(?:-{1,2}[a-z0-9]+)*"
OUTSIDE = r"(?i:https?)://[^/?#\\\s\x00-\x20]+[^\\\s\x00-\x20]*"
ADDRESS = rf"#{OWN_ID}|/(?:[^/\\\s\x00-\x20][^\\\s\x00-\x20]*)?|{OUTSIDE}|(?i:mailto):[^\\\s\x00-\x20]+"
IMAGE = r"/library/(?!(?:.*/)?(?:\.|%2[eE]){1,2}(?:/|$))[^\\\s\x00-\x20]*"
CODE_CLASS = r"[a-z][a-z0-9]{0,3}"

PLAIN = {"p", "br", "hr", "blockquote", "em", "strong", "del", "table", "thead", "tbody", "tr", "code"}
ATTRIBUTES: dict[str, dict[str, str]] = {
    **{tag: {} for tag in PLAIN},
    **{f"h{level}": {"id": OWN_ID} for level in range(2, 7)},
    "pre": {"class": "highlight"},
    "th": {"class": "align-(?:left|center|right)"},
    "td": {"class": "align-(?:left|center|right)"},
    "ul": {"class": "task-list"},
    "ol": {"class": "task-list", "start": r"\d{1,9}"},
    "li": {"class": "task-list-item", "id": OWN_ID},
    "sup": {"id": OWN_ID},
    "a": {
        "href": ADDRESS,
        "title": "(?s:.*)",
        "rel": RELATION,
        "class": "footnote-(?:back)?ref",
        "role": "doc-(?:noteref|backlink)",
    },
    "img": {"src": IMAGE, "alt": "(?s:.*)", "title": "(?s:.*)"},
    "div": {"class": "table-scroll|footnote", "role": "group|doc-endnotes", "tabindex": "0"},
    "span": {
        "class": f"(?:{CODE_CLASS})(?: {CODE_CLASS})*|task-box",
        "role": "checkbox",
        "aria-checked": "true|false",
        "aria-disabled": "true",
    },
}
# What neither XML nor a terminal should be given.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Oracle(HTMLParser):
    """Collects in `wrong` what rendered text must not contain, and in `text` what is read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ATTRIBUTES:
            self.wrong.append(f"tag {tag}")
        if tag == "a" and "a" in self.open:
            self.wrong.append("link inside a link")
        if tag == "a" and dict(attrs).get("rel") != RELATION:
            self.wrong.append("link without rel")
        if tag == "img" and "src" not in dict(attrs):
            self.wrong.append("image of nothing")
        if len({name for name, _value in attrs}) < len(attrs):
            self.wrong.append("attribute twice")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag not in VOID:
            self.open.append(tag)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        wanted = ATTRIBUTES.get(tag, {}).get(name)
        if wanted is None or not re.fullmatch(wanted, value) or CONTROL.search(value):
            self.wrong.append(f"attribute {tag} {name}={value!r}")
        if name == "id":
            self.ids.append(value)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"end of {tag}")

    def handle_data(self, data: str) -> None:
        if CONTROL.search(data):
            self.wrong.append(f"control character in {data!r}")
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.wrong.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.wrong.append("processing instruction")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append("declaration")


def read(html: str) -> Oracle:
    """Returns the oracle after it has read all of `html`."""
    oracle = Oracle()
    oracle.feed(html)
    oracle.close()
    oracle.wrong += [f"{tag} stays open" for tag in oracle.open]
    oracle.wrong += [f"id {name} twice" for name in set(oracle.ids) if oracle.ids.count(name) > 1]
    return oracle


def wrong_with(html: str) -> list[str]:
    """Returns what is wrong with rendered text; expected is the empty list."""
    return read(html).wrong
