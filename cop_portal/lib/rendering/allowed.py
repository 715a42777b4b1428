"""The one allow-list of tags, attributes and values, for both sanitizers and for the tree before them.

Each attribute has a test for its whole value, so that nothing passes by its name alone.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

from pygments.token import STANDARD_TYPES

type Test = Callable[[str], bool]

LINK_RELATION = "nofollow noopener ugc"
SCHEMES = frozenset({"http", "https", "mailto"})
# Left out of addresses altogether: browsers drop or rewrite them, so what we check is not what they follow.
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ufeff\ud800-\udfff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ID = re.compile(r"md-[a-z0-9-]{1,200}")

CODE_CLASSES = frozenset(STANDARD_TYPES.values()) - {""}
ALIGNMENT_CLASSES = frozenset({"align-left", "align-center", "align-right"})


def is_own_id(value: str) -> bool:
    """Whether the id belongs to rendered text; no other id of a page starts with `md-`."""
    return _ID.fullmatch(value) is not None


def is_safe_link(address: str) -> bool:
    """Whether a link may lead there: http(s) or mail, a path of this site, an anchor of rendered text."""
    if _UNSAFE_IN_ADDRESS.search(address):
        return False
    if address.startswith("#"):
        return is_own_id(address[1:])
    if address.startswith("/"):
        return not address.startswith("//")
    scheme = _SCHEME.match(address)
    if scheme is None or scheme[1].lower() not in SCHEMES:
        return False
    return len(address) > scheme.end() if scheme[1].lower() == "mailto" else _has_host(address)


def _has_host(address: str) -> bool:
    """Whether `address` has `//` and a host after its scheme; `https:/x` means something else everywhere."""
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def is_own_image(address: str) -> bool:
    """Whether the picture is one of the library's files: a path below /library/ that does not climb out."""
    path = unquote(address.partition("?")[0].partition("#")[0])
    segments = path.split("/")
    return (
        is_safe_link(address)
        and not _UNSAFE_IN_ADDRESS.search(path)
        and address.startswith("/library/")
        and not {".", ".."} & set(segments)
        and "" not in segments[1:-1]
    )


def _one_of(*values: str) -> Test:
    return frozenset(values).__contains__


def _classes(*names: str) -> Test:
    wanted = frozenset(names)
    return lambda value: bool(value) and wanted.issuperset(value.split(" "))


def _any_text(value: str) -> bool:
    return True


def _is_small_number(value: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", value) is not None


_HEADING: Mapping[str, Test] = {"id": is_own_id}
_CELL: Mapping[str, Test] = {"class": _classes(*ALIGNMENT_CLASSES)}
_NOTHING: Mapping[str, Test] = {}

ALLOWED: Mapping[str, Mapping[str, Test]] = {
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), _HEADING),
    **dict.fromkeys(("p", "br", "hr", "blockquote", "em", "strong", "del"), _NOTHING),
    **dict.fromkeys(("table", "thead", "tbody", "tr", "code"), _NOTHING),
    **dict.fromkeys(("th", "td"), _CELL),
    "pre": {"class": _classes("highlight")},
    "ul": {"class": _classes("task-list")},
    "ol": {"class": _classes("task-list"), "start": _is_small_number},
    "li": {"class": _classes("task-list-item"), "id": is_own_id},
    "sup": {"id": is_own_id},
    "a": {
        "href": is_safe_link,
        "title": _any_text,
        "class": _classes("footnote-ref", "footnote-backref"),
        "role": _one_of("doc-noteref", "doc-backlink"),
        "rel": _one_of(LINK_RELATION),
    },
    "img": {"src": is_own_image, "alt": _any_text, "title": _any_text},
    "div": {
        "class": _classes("table-scroll", "footnote"),
        "role": _one_of("group", "doc-endnotes"),
        "tabindex": _one_of("0"),
    },
    "span": {
        "class": _classes(*CODE_CLASSES, "task-box"),
        "role": _one_of("checkbox"),
        "aria-checked": _one_of("true", "false"),
        "aria-disabled": _one_of("true"),
    },
}


def is_allowed(tag: str, attribute: str, value: str) -> bool:
    """Whether `tag` may carry `attribute` with this whole value."""
    test = ALLOWED.get(tag, _NOTHING).get(attribute)
    return test is not None and test(value)
