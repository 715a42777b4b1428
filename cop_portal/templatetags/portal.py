"""Tags that every template has without loading them."""

import re
from functools import cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


class UnknownIconError(LookupError):
    """A template asks for a picture that the sprite lacks."""


@register.simple_tag
def icon(name: str) -> SafeString:
    """Shows one picture of the sprite; decoration only, the words stand beside it.

    Raises UnknownIconError rather than showing nothing: names come from code, so a test finds the mistake.
    """
    return _icon(name)


@register.simple_tag
def head_assets() -> SafeString:
    """What the head of every page holds; the same for all of them, so it is rendered once a process."""
    return render_to_string("_partials/head.html") if settings.DEBUG else _head_assets()


@cache
def _head_assets() -> SafeString:
    return render_to_string("_partials/head.html")


@cache  # a page shows dozens, and formatting costs more than all of its queries
def _icon(name: str) -> SafeString:
    if name not in icon_names():
        raise UnknownIconError(f"No icon “{name}”: add it to scripts/icons.txt and run scripts/make_icons.py.")
    address = static("icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', address, name)


@cache
def icon_names() -> frozenset[str]:
    """The names of all pictures in the sprite."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', (settings.BASE_DIR / "static" / "icons.svg").read_text()))
