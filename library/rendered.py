"""Stored HTML of Markdown: made when a text is saved, made again when the renderer changes."""

from collections.abc import Iterator, Mapping

from django.utils.safestring import SafeString, mark_safe

from cop_portal.lib.markdown import RENDERER_VERSION, TextError, render
from cop_portal.lib.markdown_field import MarkdownText
from library.models import Comment, Insight, Material
from library.natures import LISTS

BODY = "body"  # the prefix of the ids in a material's text; answers have their names, comments their numbers
BATCH = 100


def html_of(text: str, prefix: str) -> str:
    """Returns the HTML of a text, without work where its form rendered it already; "" where that fails."""
    if isinstance(text, MarkdownText):
        return text.html
    try:
        return render(text, prefix=prefix)
    except TextError:  # only what came past the forms: it is shown as it was typed
        return ""


def answers_html(answers: Mapping[str, str]) -> dict[str, str]:
    """Returns the HTML of each answer; what was asked for one a line becomes a list."""
    return {name: html_of(_as_list(text) if name in LISTS else text, name) for name, text in answers.items()}


def _as_list(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    is_plain = not any(line.startswith(("-", "*", "+", "1.")) for line in lines)
    return "\n".join(f"- {line}" for line in lines) if is_plain and len(lines) > 1 else text


def stored_html(html: str, text: str, version: int) -> SafeString | None:
    """Returns the stored HTML, or None where it has to be made again."""
    fresh = version == RENDERER_VERSION and (html or not text)
    return mark_safe(html) if fresh else None  # noqa: S308 -- the renderer made it


def comment_prefix(comment: Comment) -> str:
    return f"c{comment.pk}"


def render_again() -> Iterator[str]:
    """Makes all HTML of older renderers again; yields a line a batch. It may be stopped and started again."""
    old = Material.objects.exclude(html_version=RENDERER_VERSION).select_related("insight").order_by("pk")
    while materials := list(old[:BATCH]):
        for material in materials:
            _render_material(material)
        yield f"{len(materials)} materials"
    comments = Comment.objects.exclude(html_version=RENDERER_VERSION).order_by("pk")
    while batch := list(comments[:BATCH]):
        for comment in batch:
            comment.html, comment.html_version = html_of(comment.text, comment_prefix(comment)), RENDERER_VERSION
        Comment.objects.bulk_update(batch, ["html", "html_version"])
        yield f"{len(batch)} comments"


def _render_material(material: Material) -> None:
    """Counts as no edit: neither version nor date change."""
    html = html_of(material.body, BODY)
    if material.kind == Material.Kind.INSIGHT:
        insight = material.insight
        became = html_of(insight.became, "became")
        Insight.objects.filter(pk=insight.pk).update(answers_html=answers_html(insight.answers), became_html=became)
    Material.objects.filter(pk=material.pk).update(html=html, html_version=RENDERER_VERSION)
