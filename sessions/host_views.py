"""Who would like to lead a session: offering, being asked, saying yes or no."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.models import Member
from members.rights import MemberRequest, members_only
from sessions import hosting
from sessions.models import LeadOffer, Session
from sessions.views import visible_session

SUGGESTED = 5
OWN = ("offer", "withdraw", "accept", "decline")


class LeadForm(forms.Form):
    """What somebody does about leading: about themselves, or as a planner about `member`."""

    do = forms.ChoiceField(choices=[(name, name) for name in (*OWN, "take", "ask")])
    member = forms.ModelChoiceField(Member.objects.in_directory(), required=False)

    @property
    def is_own(self) -> bool:
        return self.cleaned_data["do"] in OWN


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def lead(request: MemberRequest, number: int) -> HttpResponse:
    """The page of leading: one's own word on it and, for those who plan, who offered and whose turn it would be."""
    now = timezone.now()
    session = visible_session(request, number, now)
    if request.method != "POST":
        return moved_to(request, session) or render_page(request, "sessions/lead.html", _context(request, session, now))
    form = LeadForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Please choose one of the buttons."))
        return redirect("sessions:lead", session)
    if not form.is_own and not session.may_run(request.user):
        raise PermissionDenied
    try:
        messages.success(request, _follow(session, form, request.user, now))
    except (hosting.NotWantedError, LeadOffer.DoesNotExist):
        messages.warning(request, _("That is not possible any more."))
    return redirect(session if form.is_own else "sessions:lead", *([] if form.is_own else [session]))


def _follow(session: Session, form: LeadForm, me: Member, now: Any) -> str:
    """Does it; returns what to say."""
    do, other = form.cleaned_data["do"], form.cleaned_data["member"]
    if do == "offer":
        hosting.offer_to_lead(session, me, now=now)
        return _("Thank you! Those who plan it know now.")
    if do == "ask" and other:
        hosting.ask_to_lead(session, other, by=me, now=now)
        return _("%(name)s is asked; saying yes is theirs.") % {"name": other.name}
    who = me if form.is_own else other
    offer = LeadOffer.objects.select_related("session", "member", "asked_by").get(session=session, member=who)
    if (do == "take" and not offer.was_asked) or (do == "accept" and offer.was_asked):
        hosting.accept_lead(session, offer, now=now)
        return _("%(name)s leads this session now.") % {"name": offer.member.name}
    if do in {"withdraw", "decline"}:
        hosting.decline_lead(offer, now=now)
        return _("Noted.")
    raise hosting.NotWantedError


def _context(request: MemberRequest, session: Session, now: Any) -> dict[str, Any]:
    offers = list(session.lead_offers.select_related("member", "asked_by").order_by("at"))
    mine = next((one for one in offers if one.member_id == request.user.pk), None)
    leads = list(session.leads.all())
    runs = session.may_run(request.user)
    waiting = {one.member_id for one in offers}
    suggested = hosting.least_recent_leads(session, Member.objects.in_directory(), now=now) if runs else []
    return {
        "session": session,
        "offers": [one for one in offers if not one.was_asked] if runs else [],
        "asked": [one for one in offers if one.was_asked] if runs else [],
        "mine": mine,
        "runs": runs,
        "leads": leads,
        "leads_it": request.user in leads,
        "suggested": [one for one in suggested if one.pk not in waiting][:SUGGESTED],
        "running": hosting.leads_running(session) if runs else [],
    }
