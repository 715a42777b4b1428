"""Wording principles: facilitators do, leads suggest, and everybody can read how the words came about."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from library.closing import while_open
from library.differences import differences
from library.models import Principle, Suggestion
from library.principle_actions import (
    DecidedAlreadyError,
    RewordedMeanwhileError,
    add_principle,
    decline,
    reword,
    suggest,
    take,
)
from library.principle_forms import DecisionForm, SuggestionForm, WordingForm
from library.principles import wording_of
from members.models import Member
from members.once import once
from members.rights import MemberRequest, facilitators_only, members_only, require_facilitator

write = require_http_methods(["GET", "HEAD", "POST"])
LEADS = (Member.Role.TECH_LEAD, Member.Role.MANAGER)
SHOWN = 50


def may_suggest(member: Member) -> bool:
    """Every lead can; who aspires to lead reads."""
    return member.is_member and (member.role in LEADS or member.may_facilitate)


@write
@facilitators_only
@while_open
def new(request: MemberRequest) -> HttpResponse:
    """A further principle."""
    form, now = WordingForm(request.POST if request.method == "POST" else None), timezone.now()
    if request.method != "POST":
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    words, key = form.wording(), form.cleaned_data["key"]
    url = once(request.user, key, create=lambda: add_principle(words, by=request.user, now=now), now=now)
    messages.success(request, _("The principle stands."))
    return redirect(url)


@write
@facilitators_only
@while_open
def edit(request: MemberRequest, number: int) -> HttpResponse:
    """Other words; `?from=` begins with those of an earlier version."""
    found = get_object_or_404(Principle, pk=number)
    if request.method != "POST":
        return moved_to(request, found) or _show(request, WordingForm(initial=_beginning(request, found)), found)
    form = WordingForm(request.POST)
    if not form.is_valid():
        return _show(request, form, found, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    version = form.cleaned_data["version"] or 0
    try:
        found = reword(found, form.wording(), version=version, by=request.user, now=timezone.now())
    except RewordedMeanwhileError as changed:
        return _conflict(request, form, changed.principle)
    messages.success(request, _("Saved. What stood before is in the history."))
    return redirect(found)


def _beginning(request: MemberRequest, principle: Principle) -> dict[str, Any]:
    chosen = request.GET.get("from", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0  # noqa: PLR2004
    earlier = principle.history.filter(history_id=number).first() if number else None
    return {**wording_of(earlier or principle), "version": principle.version}


def _conflict(request: MemberRequest, form: WordingForm, stored: Principle) -> HttpResponse:
    """Both wordings side by side; saving again is then a choice."""
    data = request.POST.copy()
    data["version"] = str(stored.version)
    form.data = data
    unlike = [
        {"label": form[name].label, "typed": typed, "stored": stored.wording()[name]}
        for name, typed in form.wording().items()
        if typed != stored.wording()[name]
    ]
    return _show(request, form, stored, status=HTTPStatus.CONFLICT, differences=unlike)


def _show(
    request: MemberRequest,
    form: WordingForm,
    principle: Principle | None = None,
    *,
    status: int = HTTPStatus.OK,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "principle": principle, "is_suggestion": isinstance(form, SuggestionForm), **more}
    return render_page(request, "principles/write.html", context, status=status)


@require_safe
@members_only
def history(request: MemberRequest, number: int) -> HttpResponse:
    """How the words came about: each version with what it changed, and what was suggested."""
    found = get_object_or_404(Principle, pk=number)
    if moved := moved_to(request, found):
        return moved
    edits = list(found.history.select_related("history_user").order_by("-history_id")[: SHOWN + 1])
    versions = [_version(edit, before) for edit, before in zip(edits, [*edits[1:], None], strict=False)]
    suggestions = found.suggestions.exclude(state=Suggestion.State.OPEN).select_related("by")[:SHOWN]
    context = {
        "principle": found,
        "versions": [version for version in versions[:SHOWN] if version["changes"] or version["is_first"]],
        "suggestions": suggestions,
    }
    return render_page(request, "principles/history.html", context)


def _version(edit: Any, before: Any) -> dict[str, Any]:
    return {
        "pk": edit.pk,
        "who": edit.history_user,
        "when": edit.history_date,
        "is_first": before is None,
        "changes": _changes(wording_of(before), wording_of(edit)) if before else [],
    }


def _changes(old: dict[str, str], new: dict[str, str]) -> list[dict[str, Any]]:
    """Returns label and pieces of each part that differs."""
    fields = WordingForm.base_fields
    return [
        {"label": fields[name].label, "pieces": differences(old[name], words)}
        for name, words in new.items()
        if old[name] != words
    ]


@write
@members_only
@while_open
def suggest_wording(request: MemberRequest, number: int) -> HttpResponse:
    """A lead's wording, for facilitators to take or decline."""
    found = get_object_or_404(Principle, pk=number)
    if not may_suggest(request.user):
        raise PermissionDenied
    if request.method != "POST":
        form = SuggestionForm(principle=found, initial=found.wording())
        return moved_to(request, found) or _show(request, form, found)
    form, now = SuggestionForm(request.POST, principle=found), timezone.now()
    if not form.is_valid():
        return _show(request, form, found, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    words, why = form.wording(), form.cleaned_data["why"]

    def create() -> Suggestion:
        return suggest(found, words, why=why, by=request.user, now=now)

    url = once(request.user, form.cleaned_data["key"], create=create, now=now)
    messages.success(request, _("Thank you. The facilitators are told; you will read what they make of it."))
    return redirect(url)


@write
@members_only
def suggestion(request: MemberRequest, number: int, suggestion: int) -> HttpResponse:
    """One suggested wording beside the present one; facilitators take or decline it."""
    rows = Suggestion.objects.select_related("principle", "by", "decided_by")
    found = get_object_or_404(rows, pk=suggestion, principle=number)
    if request.method != "POST":
        return moved_to(request, found.principle) or _show_suggestion(request, found)
    require_facilitator(request.user)
    return while_open(_decide)(request, found, timezone.now())  # type: ignore[return-value]


def _show_suggestion(
    request: MemberRequest, suggestion: Suggestion, form: DecisionForm | None = None, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    principle = suggestion.principle
    context = {
        "principle": principle,
        "suggestion": suggestion,
        "changes": _changes(principle.wording(), suggestion.wording()) if suggestion.is_open else [],
        "words": [
            {"label": WordingForm.base_fields[name].label, "text": text}
            for name, text in suggestion.wording().items()
            if text
        ],
        "form": form or DecisionForm(initial={"version": principle.version}),
    }
    return render_page(request, "principles/suggestion.html", context, status=status)


def _decide(request: MemberRequest, suggestion: Suggestion, now: datetime) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show_suggestion(request, suggestion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    answer, by = form.cleaned_data["answer"], request.user
    try:
        if form.cleaned_data["choice"] == "take":
            take(suggestion, version=form.cleaned_data["version"], answer=answer, by=by, now=now)
            messages.success(request, _("These are the principle’s words now."))
        else:
            decline(suggestion, answer=answer, by=by, now=now)
            messages.success(request, _("The principle stays as it is; your reason stands beside the suggestion."))
    except DecidedAlreadyError:
        messages.info(request, _("Somebody has decided about it already."))
    except RewordedMeanwhileError as changed:
        suggestion.principle = changed.principle
        form = DecisionForm(initial={"version": changed.principle.version, "answer": answer})
        messages.info(request, _("The principle was reworded meanwhile. Look at the difference again."))
        return _show_suggestion(request, suggestion, form, status=HTTPStatus.CONFLICT)
    return redirect(suggestion)
