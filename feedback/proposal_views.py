"""The page of a proposal: its numbers and reasons, what members say, and the decision."""

from datetime import datetime
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cop_portal.lib.htmx import render_page
from feedback import proposing
from feedback.evidence import Evidence
from feedback.proposals import COMMENT_LENGTH, REASON_LENGTH, RhythmProposal
from members.models import Community
from members.once import OnceForm, once
from members.rights import MemberRequest, members_only
from sessions.series import Series

COMMENT, CONFIRM, DECLINE = "comment", "confirm", "decline"


class CommentForm(OnceForm):
    """A word on a proposal."""

    text = forms.CharField(
        label=gettext_lazy("What do you think?"), max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecisionForm(forms.Form):
    """The reason that everyone reads."""

    reason = forms.CharField(
        label=gettext_lazy("Why? Everyone reads this."),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def proposal(request: MemberRequest, pk: int) -> HttpResponse:
    """Shows a proposal; takes comments for a week and then a facilitator's decision."""
    found = get_object_or_404(RhythmProposal.objects.select_related("series", "decided_by"), pk=pk)
    now = timezone.now()
    if request.method != "POST":
        return _page(request, found, now)
    if Community.current().stage == Community.Stage.CLOSED:
        return _too_late(request, found)
    answer = _comment if request.POST.get("do") == COMMENT else _decide
    return answer(request, found, now)


def _comment(request: MemberRequest, found: RhythmProposal, now: datetime) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _page(request, found, now, comment=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return redirect(
            once(request.user, form.cleaned_data["key"], create=lambda: _said(request, found, form, now), now=now)
        )
    except proposing.NotNowError:
        return _too_late(request, found)


def _said(request: MemberRequest, found: RhythmProposal, form: CommentForm, now: datetime) -> RhythmProposal:
    proposing.comment_on(found, form.cleaned_data["text"], by=request.user, now=now)
    messages.success(request, _("Your comment stands here."))
    return found


def _decide(request: MemberRequest, found: RhythmProposal, now: datetime) -> HttpResponse:
    if not request.user.may_facilitate:
        raise PermissionDenied
    form, decision = DecisionForm(request.POST), request.POST.get("do")
    if not form.is_valid() or decision not in {CONFIRM, DECLINE}:
        return _page(request, found, now, decision=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    act = proposing.confirm if decision == CONFIRM else proposing.decline
    try:
        act(found, form.cleaned_data["reason"], by=request.user, now=now)
    except proposing.NotNowError:
        return _too_late(request, found)
    messages.success(request, _("The rhythm is changed.") if decision == CONFIRM else _("The rhythm stays as it is."))
    return redirect(found)


def _too_late(request: MemberRequest, found: RhythmProposal) -> HttpResponse:
    messages.info(request, _("That is not possible at this moment; nothing was changed."))
    return redirect(found)


def _page(
    request: MemberRequest,
    found: RhythmProposal,
    now: datetime,
    *,
    comment: CommentForm | None = None,
    decision: DecisionForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    rhythms = dict(Series.Rhythm.choices)
    context = {
        "proposal": found,
        "now_every": rhythms[found.weeks_from],
        "then_every": rhythms[found.weeks_to],
        "reasons": Evidence.read(found.evidence).proposal().reasons,
        "units": [(unit, sum(unit)) for unit in found.evidence["units"][-3:]],
        "comments": found.comments.select_related("by"),
        "takes_comments": found.takes_comments(now),
        "takes_decision": found.takes_decision(now) and request.user.may_facilitate,
        "is_open": found.is_open(now),
        "comment_form": comment or CommentForm(),
        "decision_form": decision or DecisionForm(),
    }
    return render_page(request, "feedback/proposal.html", context, status=status)
