"""HTML to safe HTML: bleach, then nh3, both with the allow-list of allowed.py."""

import nh3
from bleach.sanitizer import Cleaner

from cop_portal.lib.rendering.allowed import ALLOWED, LINK_RELATION, SCHEMES, is_allowed
from cop_portal.lib.rendering.characters import without_forbidden, without_forbidden_references


def _attribute_filter(tag: str, attribute: str, value: str) -> str | None:
    return value if is_allowed(tag, attribute, value) else None


_BLEACH = Cleaner(tags=frozenset(ALLOWED), attributes=is_allowed, protocols=SCHEMES, strip=True, strip_comments=True)
_NH3 = nh3.Cleaner(
    tags=set(ALLOWED),
    attributes={tag: set(attributes) - {"rel"} for tag, attributes in ALLOWED.items()},  # rel: link_rel sets it
    attribute_filter=_attribute_filter,
    url_schemes=set(SCHEMES),
    link_rel=LINK_RELATION,
    strip_comments=True,
)


def safe_html(html: str) -> str:
    """Returns what of `html` is on the allow-list; nh3 has the last word and nothing touches its answer."""
    return _NH3.clean(without_forbidden(without_forbidden_references(_BLEACH.clean(html))))
