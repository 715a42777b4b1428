"""Drafts that save themselves while one types. No history is written, nothing is rendered, nobody finds them."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from library.actions import ChangedMeanwhileError
from library.forms import InsightForm, MaterialForm
from library.models import Insight, Material, Tag
from library.tag_actions import tags_named
from library.tags import tag_key
from members.models import Member
from members.once import once

KINDS = (Material.Kind.ARTICLE, Material.Kind.INSIGHT)  # where one writes for long
TITLE_LENGTH = 60


class NotADraftError(Exception):
    """It was shared or thrown away meanwhile: only a draft saves itself."""


def store_new(form: MaterialForm, *, publish: bool, now: datetime) -> Material:
    """Stores what a valid form of a new material says; what saved itself from the same page becomes it.

    Call it within a transaction. The page's key is taken first, so that a save that is still on its way
    cannot make a second material.
    """
    added: list[Material] = []

    def add() -> Material:
        added.append(form.add(publish=publish, now=now))
        return added[0]

    once(form.member, _page_key(form.form_key), create=add, now=now)
    if added:
        return added[0]
    form.material = draft_of(form.member, form.form_key)
    return form.edit(publish=publish, now=now) if form.material else form.add(publish=publish, now=now)


def keep_new(form: MaterialForm, *, now: datetime) -> Material:
    """Keeps a valid relaxed form of a new material, each time in the same draft. Raises NotADraftError."""
    once(form.member, _page_key(form.form_key), create=lambda: _new(form, now), now=now)
    draft = draft_of(form.member, form.form_key)
    if draft is None:
        raise NotADraftError
    return keep(draft, form, now=now)


@transaction.atomic
def keep(draft: Material, form: MaterialForm, *, now: datetime) -> Material:
    """Keeps a valid relaxed form in its draft; returns it. Raises NotADraftError and ChangedMeanwhileError."""
    stored = Material.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if stored.published_at or stored.binned_at:
        raise NotADraftError
    if stored.version != form.cleaned_data["version"] and stored.saved_by_form != form.form_key:
        raise ChangedMeanwhileError(stored)
    stored.version += 1
    _fill(stored, form, now)
    return stored


def draft_of(member: Member, form_key: UUID) -> Material | None:
    """Returns the draft that keeps what `member` types on the page of this key."""
    drafts = Material.objects.filter(owner=member, published_at=None, binned_at=None)
    return drafts.filter(saved_by_form=form_key).first()


def is_blank(form: MaterialForm) -> bool:
    """Whether nothing was typed yet: then there is nothing to keep."""
    return not _texts(form) and not form.cleaned_data["title"]


def _page_key(form_key: UUID) -> UUID:
    return uuid5(form_key, "draft")


def _new(form: MaterialForm, now: datetime) -> Material:
    draft = Material(kind=form.kind, owner=form.member, team=form.member.team, created_at=now, changed_at=now)
    _fill(draft, form, now)
    return draft


def _fill(draft: Material, form: MaterialForm, now: datetime) -> None:
    data = form.cleaned_data
    draft.title, draft.summary, draft.body = data["title"] or _title_of(form), data["summary"], data.get("body", "")
    draft.html, draft.html_version = "", 0
    draft.shown_as = data["shown_as"] or draft.shown_as
    draft.audience = data["audience"] or draft.audience
    draft.changed_at, draft.saved_by_form = now, form.form_key
    draft.save()
    draft.tags.set(tags_named(_whole_tags(data["tags"])))
    draft.principles.set(data["principles"])
    if isinstance(form, InsightForm):
        answers = {question.name: data[question.name] for question in form.asked.questions}
        said = {name: data[name] for name in ("outcome", "repeat") if form.asked.asks_outcome}
        fields = {"nature": form.nature, "answers": answers, "answers_html": {}, **said}
        Insight.objects.update_or_create(material=draft, defaults=fields)


def _whole_tags(names: list[str]) -> list[str]:
    """Leaves out a last one that nobody has used: it may be half a word."""
    if names and not Tag.objects.filter(key=tag_key(names[-1])).exists():
        return names[:-1]
    return names


def _title_of(form: MaterialForm) -> str:
    words = " ".join(_texts(form).lstrip("# ").split())[:TITLE_LENGTH].rpartition(" ")[0]
    return words or _("Untitled draft")


def _texts(form: MaterialForm) -> str:
    names = [question.name for question in form.asked.questions] if isinstance(form, InsightForm) else ["body"]
    return "\n".join(form.cleaned_data[name] for name in names).strip()


def autosave_url(form: MaterialForm) -> str:
    """Returns where the script of this form keeps what is typed, "" for what does not save itself."""
    if form.kind not in KINDS or (form.material and not form.material.is_draft):
        return ""
    if form.material:
        return reverse("library:autosave", args=[form.material])
    nature = getattr(form, "nature", "")
    return f"{reverse('library:autosave_new')}?kind={form.kind}" + (f"&nature={nature}" if nature else "")
