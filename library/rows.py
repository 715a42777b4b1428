"""A row of a list, ready to be shown: templates format nothing themselves, which is what costs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cop_portal.lib.addresses import slug_of
from library.indexing import texts_of
from library.media import type_of
from library.models import Attachment, Link, Material
from library.natures import icon_of
from library.snippets import beginning, excerpt, far_excerpt, marked

CHARACTERS_A_MINUTE = 1_100  # about 200 words
_ICONS = {Material.Kind.ARTICLE: "file-text", Material.Kind.LINK: "link", Material.Kind.FILE: "paperclip"}
_MEDIA = {
    Link.Medium.BOOK: "book-open",
    Link.Medium.VIDEO: "video",
    Link.Medium.PODCAST: "mic",
    Link.Medium.SLIDES: "presentation",
    Link.Medium.COURSE: "graduation-cap",
}


@dataclass
class Row:
    """One material in a list; its tags are (address, name) pairs."""

    url: str
    icon: str
    kind: str
    title: SafeString
    text: SafeString
    facts: list[str]
    day: str
    iso_day: str
    tags: list[tuple[str, SafeString]]
    badges: list[str] = field(default_factory=list)
    helped: str = ""


def rows_of(materials: Iterable[Material], wanted: frozenset[str] = frozenset()) -> list[Row]:
    """Returns rows of materials that were fetched `for_rows`; `wanted` are the tokens to mark.

    Where one may stand in a file alone, the texts of those files cost a query.
    """
    found = [(material, excerpt(texts_of(material), wanted) if wanted else None) for material in materials]
    inside = _inside_files([material for material, text in found if not text], wanted) if wanted else {}
    return [_row_of(material, text or inside.get(material.pk), wanted) for material, text in found]


def row_of(material: Material, wanted: frozenset[str] = frozenset()) -> Row:
    """Returns the row of one; see `rows_of`."""
    return rows_of([material], wanted)[0]


def _row_of(material: Material, text: SafeString | None, wanted: frozenset[str]) -> Row:
    return Row(
        url=address_of(material.pk, material.title),
        icon=icon_for(material),
        kind=kind_of(material),
        title=marked(material.title, wanted),
        text=text or beginning(texts_of(material)),
        facts=[fact for fact in (byline_of(material), length_of(material)) if fact],
        day=day_of(material.published_at),
        iso_day=timezone.localtime(material.published_at).date().isoformat() if material.published_at else "",
        tags=[(address_of(tag.pk, tag.name, "tags/"), marked(tag.name, wanted)) for tag in material.tags.all()],
        badges=_badges(material),
        helped=" · ".join(filter(None, (helped_words(material), *_echo_of(material)))),
    )


@lru_cache(maxsize=4_096)
def address_of(pk: int, words: str, below: str = "") -> str:
    """Returns what `get_absolute_url` of a material (or, below "tags/", of a tag) does, for lists that need dozens."""
    return f"{reverse('library:index')}{below}{slug_of(pk, words)}/"


def day_of(moment: datetime | None) -> str:
    """Returns the day on the reader's clock in words, "" for no moment."""
    return date_format(timezone.localtime(moment), _("j M Y")) if moment else ""


def icon_for(material: Material) -> str:
    """Returns the picture of a kind, a medium or a nature."""
    if material.kind == Material.Kind.INSIGHT:
        return icon_of(material.insight)
    if material.kind == Material.Kind.LINK:
        return _MEDIA.get(Link.Medium(material.link.medium), "link")
    return _ICONS[Material.Kind(material.kind)]


def kind_of(material: Material) -> str:
    """Returns what one calls it: article, book, PDF, failure."""
    if material.kind == Material.Kind.INSIGHT:
        return material.insight.get_nature_display()
    if material.kind == Material.Kind.LINK and material.link.medium != Link.Medium.ARTICLE:
        return material.link.get_medium_display()
    if material.kind == Material.Kind.FILE and material.newest_file:
        found = type_of(material.newest_file.name)
        return found.label if found else material.get_kind_display()
    return material.get_kind_display()


def byline_of(material: Material) -> str:
    """Returns whose it is as the owner wants it shown: a name with its team, a team, or neither."""
    team = material.shown_team
    return f"{material.byline} · {team}" if material.shown_owner and team else material.byline


def length_of(material: Material) -> str:
    """Returns how long it takes, or how large it is; "" where nobody said so."""
    if material.kind == Material.Kind.FILE and material.newest_file:
        return filesizeformat(material.newest_file.size)
    minutes = minutes_of(material)
    return _("%(n)d min") % {"n": minutes} if minutes else ""


def minutes_of(material: Material) -> int | None:
    if material.kind == Material.Kind.LINK:
        return material.link.minutes
    if material.kind == Material.Kind.ARTICLE:
        return max(1, round(len(material.body) / CHARACTERS_A_MINUTE))
    return None


def helped_words(material: Material) -> str:
    count = material.helped_count
    return ngettext("helped %(n)d member", "helped %(n)d members", count) % {"n": count} if count else ""


def _echo_of(material: Material) -> list[str]:
    """What others said to it, where it was fetched by `fresh_insights`."""
    teams, replies = getattr(material, "answers", 0), getattr(material, "replies", 0)
    words = [ngettext("%(n)d team answered", "%(n)d teams answered", teams) % {"n": teams}] if teams else []
    return words + ([ngettext("%(n)d comment", "%(n)d comments", replies) % {"n": replies}] if replies else [])


def _inside_files(materials: list[Material], wanted: frozenset[str]) -> dict[int, SafeString]:
    """Returns "in slides.pdf: ..." by material, for those whose newest file holds a wanted word."""
    files = {file.pk: file for file in (material.newest_file for material in materials) if file}
    if not files:
        return {}
    texts = Attachment.objects.filter(pk__in=files).values_list("pk", "text")
    inside = ((files[pk], excerpt([text], wanted) or far_excerpt(text, wanted)) for pk, text in texts)
    return {file.material_id: _in_file(file.name, text) for file, text in inside if text}


def _in_file(name: str, inside: SafeString) -> SafeString:
    return format_html("{} {}", _("in %(name)s:") % {"name": name}, inside)


def _badges(material: Material) -> list[str]:
    words = []
    if material.is_draft:
        words.append(_("draft"))
    if material.audience == Material.Audience.PRIVATE:
        words.append(_("only you"))
    if material.kind == Material.Kind.INSIGHT and material.insight.outcome:
        words.append(material.insight.get_outcome_display())
    if material.past_review:
        words.append(_("perhaps out of date"))
    return words
