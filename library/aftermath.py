"""What became of a case or an experiment after it was discussed: its owner is asked once, and may say."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from cop_portal.lib.markdown_field import MarkdownText
from library.history import note_before, note_edit
from library.indexing import index_material
from library.models import Insight, Material
from library.owners import ask_owner
from library.rendered import html_of
from members.models import Community, Member

ASK_AFTER = timedelta(days=14)
ASKED = (Insight.Nature.CASE, Insight.Nature.EXPERIMENT)
BECAME = "became"  # the prefix of the ids in its HTML
MOST_AT_ONCE = 200


@transaction.atomic
def say_what_became(material: Material, text: MarkdownText, *, by: Member, now: datetime) -> None:
    """Stores what became of it, in place of what was said before; an empty text takes it back."""
    stored = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
    note_before(stored)
    said = {"became": str(text), "became_html": html_of(text, BECAME), "became_at": now if text else None}
    Insight.objects.filter(material=stored).update(**said)
    stored.changed_at, stored.version = now, stored.version + 1
    stored.save(update_fields=["changed_at", "version"])
    note_edit(stored, by=by, now=now)
    index_material(stored)


def ask_what_became(now: datetime) -> int:
    """Asks the owners of what was discussed 14 days ago, each once for good; returns how many were asked."""
    if Community.current().stage == Community.Stage.CLOSED:
        return 0
    waiting = _waiting(now).values_list("pk", flat=True).distinct()
    return sum(_ask(pk, now) for pk in list(waiting[:MOST_AT_ONCE]))


def _waiting(now: datetime) -> "QuerySet[Insight]":
    """Sessions lie above the library: they are reached by Django's reverse relation."""
    shared = Material.objects.shared().filter(owner__is_active=True).values("pk")
    rows = Insight.objects.filter(nature__in=ASKED, asked_at=None, became="", material__in=shared)
    session = "material__session_materials__session__"
    return rows.filter(**{f"{session}ends_at__lte": now - ASK_AFTER, f"{session}state": "published"}).order_by("pk")


@transaction.atomic
def _ask(pk: int, now: datetime) -> int:
    """Asks once, whoever else is at it."""
    if not Insight.objects.filter(pk=pk, asked_at=None).update(asked_at=now):
        return 0
    material = Material.objects.select_related("owner").get(pk=pk)
    url = f"{material.get_absolute_url()}became/"
    ask_owner(material, gettext_noop("What became of “%(title)s”?"), version="became", url=url, now=now)
    return 1
