"""Markdown in templates: `{% load markdown_text %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cop_portal.lib.markdown import TextError, render

register = template.Library()


@register.simple_tag
def render_markdown(text: str | None, prefix: object = "") -> SafeString:
    """Shows Markdown; where that fails says so, and shows the text as it was typed."""
    try:
        return render(text or "", prefix=str(prefix))
    except TextError as error:
        return format_html('<p class="muted">{}</p><pre>{}</pre>', error.message, text)


@register.filter
def markdown(text: str | None) -> SafeString:
    """Shows Markdown that is the only one on its page."""
    return render_markdown(text)
