"""The page of one material: what stands around it, for whoever may read it."""

import re
from datetime import datetime
from html import unescape
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils.html import strip_tags

from library.aftermath import ASKED
from library.hearsay import told
from library.history import files_open_to
from library.link_checks import health_words
from library.models import FACTS, Adaptation, Comment, Hearsay, Helped, Material, ReadingItem, files_alone
from library.natures import sections_of
from library.rendered import stored_html
from library.reviews import is_due
from library.rows import Row, byline_of, icon_for, kind_of, length_of, rows_of
from library.trace_forms import AdaptationForm, CommentForm
from members.models import Member

RELATED, LOOKED_AT, BACKLINKS = 4, 24, 6
HEADINGS_OF_LONG_TEXTS = 3
_HEADING = re.compile(r'<h([2-6]) id="([^"]+)">(.*?)</h[2-6]>')


def for_page(reader: Member, *, now: datetime) -> "QuerySet[Material]":
    """Returns what `reader` may open, with what its page shows of the reader: thanks, place on the reading list."""
    mine = {"material": OuterRef("pk"), "member": reader}
    rows = Material.objects.readable_by(reader, now=now).with_facts().prefetch_related("tags", "principles")
    return rows.annotate(
        thanked=Exists(Helped.objects.filter(**mine)),
        reading=ReadingItem.objects.filter(**mine).values("state")[:1],
        elsewhere=Hearsay.objects.filter(**mine).values("said")[:1],
    )


def page_of(material: Material, reader: Member, *, now: datetime) -> dict[str, Any]:
    """Returns the context of the page; a guest gets the material alone."""
    versions = []
    if material.kind == Material.Kind.FILE:
        prefetch_related_objects([material], files_alone())
        versions = files_open_to(material, reader)
    context = {
        "material": material,
        "icon": icon_for(material),
        "kind": kind_of(material),
        "byline": byline_of(material),
        "length": length_of(material),
        "html": stored_html(material.html, material.body, material.html_version),
        "sections": sections_with_html(material),
        "headings": headings_of(material.html),
        "is_mine": material.may_edit(reader),
        "file_versions": versions,
        "link_health": health_words(material) if _is_own_link(material, reader) else "",
        "is_due": is_due(material, now=now),
        "became": became_of(material),
        "hearsay": told(getattr(material, "elsewhere", None)),
        "reading_states": ReadingItem.State.choices,
        "now": now,
    }
    return context | (_around(material, reader, now) if reader.is_member else {})


def _around(material: Material, reader: Member, now: datetime) -> dict[str, Any]:
    return {
        "comments": comments_of(material, reader),
        "comment_form": CommentForm(),
        **neighbours_of(material, reader),
        "sessions": list(sessions_using(material, reader, now=now)),
        **(adaptations_of(material, reader) if material.kind == Material.Kind.INSIGHT else {}),
    }


def _is_own_link(material: Material, reader: Member) -> bool:
    return material.kind == Material.Kind.LINK and material.may_edit(reader)


def headings_of(html: str) -> list[tuple[str, str]]:
    """Returns id and words of the upmost headings of a long text, of a short one nothing."""
    found = _HEADING.findall(html)
    upmost = min((level for level, _anchor, _words in found), default="")
    headings = [(anchor, unescape(strip_tags(words))) for level, anchor, words in found if level == upmost]
    return headings if len(headings) >= HEADINGS_OF_LONG_TEXTS else []


def sections_with_html(material: Material) -> list[dict[str, Any]]:
    """Returns the answers of an insight with their headings; nothing for other kinds."""
    if material.kind != Material.Kind.INSIGHT:
        return []
    html = material.insight.answers_html
    return [
        {
            "section": section,
            "html": stored_html(html.get(section.name, ""), section.text, material.html_version),
        }
        for section in sections_of(material.insight)
    ]


def became_of(material: Material) -> dict[str, Any] | None:
    """Returns what became of a case or an experiment, None for all that nobody asks about."""
    if material.kind != Material.Kind.INSIGHT or material.insight.nature not in ASKED:
        return None
    insight = material.insight
    html = stored_html(insight.became_html, insight.became, material.html_version)
    return {"text": insight.became, "html": html, "at": insight.became_at}


def comments_of(material: Material, reader: Member) -> list[dict[str, Any]]:
    return [
        {
            "comment": comment,
            "html": stored_html(comment.html, comment.text, comment.html_version),
            "is_mine": comment.may_edit(reader),
        }
        for comment in Comment.objects.shown().filter(material=material)
    ]


def adaptations_of(material: Material, reader: Member) -> dict[str, Any]:
    """Returns what teams make of it, and the form for the reader's own team.

    A team does not answer its own insight; of one without a name nobody learns whose team it is.
    """
    adaptations = list(Adaptation.objects.filter(material=material).select_related("team"))
    own = next((adaptation for adaptation in adaptations if adaptation.team_id == reader.team_id), None)
    may = reader.team_id is not None and material.owner_id != reader.pk
    may = may and (material.shown_team is None or material.team_id != reader.team_id)
    initial = {"choice": own.choice, "note": own.note} if own else None
    return {"adaptations": adaptations, "own": own, "adapt_form": AdaptationForm(initial=initial) if may else None}


def neighbours_of(material: Material, reader: Member) -> dict[str, list[Row]]:
    """Returns what links to it, the newest first, and a few that share most tags or principles with it."""
    tags = {tag.pk for tag in material.tags.all()}
    found = list(_around_it(material, reader, tags))
    linking = [other for other in found if other.links][:BACKLINKS]  # type: ignore[attr-defined]
    others = [other for other in found if other not in linking and (other.shares)]  # type: ignore[attr-defined]
    nearest = sorted(others, key=lambda other: -len(tags & {tag.pk for tag in other.tags.all()}))[:RELATED]
    files = [other for other in (*linking, *nearest) if other.kind == Material.Kind.FILE]
    prefetch_related_objects(files, files_alone())
    return {"mentioned_by": rows_of(linking), "related": rows_of(nearest)}


def _around_it(material: Material, reader: Member, tags: set[int]) -> "QuerySet[Material]":
    """One query for both: `links` says whether it links here, `shares` whether it has a tag or principle of it."""
    principles = {principle.pk for principle in material.principles.all()}
    tagged = Material.tags.through.objects.filter(tag__in=tags).values("material_id")
    touching = Material.principles.through.objects.filter(principle__in=principles).values("material_id")
    linking = Material.mentions.through.objects.filter(to_material=material).values("from_material_id")
    shares, links = Q(pk__in=tagged) | Q(pk__in=touching), Q(pk__in=linking)
    rows = Material.objects.listed_to(reader).filter(shares | links).exclude(pk=material.pk)
    rows = rows.annotate(links=_whether(links), shares=_whether(shares)).order_by("-links", "-published_at", "-pk")
    return rows.with_facts().only(*FACTS).prefetch_related("tags")[:LOOKED_AT]


def _whether(condition: Q) -> Any:
    return ExpressionWrapper(condition, output_field=BooleanField())


def sessions_using(material: Material, reader: Member, *, now: datetime) -> "QuerySet[Any]":
    """Returns the sessions it belongs to, as far as `reader` sees them, latest first.

    Sessions lie above the library: they are reached by Django's reverse relation.
    """
    used: Any = Material._meta.get_field("session_materials").related_model
    session: Any = used._meta.get_field("session").related_model
    of_material = session.objects.visible_to(reader, now=now).filter(session_materials__material=material)
    found: QuerySet[Any] = of_material.order_by("-starts_at", "-pk")
    return found
