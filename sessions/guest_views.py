"""Guests of one session: inviting them by name, the invitation link, and coming by it."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.fields import NameField
from cop_portal.lib.htmx import render_page
from members.doors import folded
from members.limits import check
from members.models import Community, Member
from members.rights import MemberRequest, members_only, public
from sessions import guests as guest_list
from sessions.models import Session
from sessions.plan_views import session_to_run
from sessions.times import when
from sessions.views import reader_zone

write = require_http_methods(["GET", "HEAD", "POST"])


class GuestForm(forms.Form):
    """Who comes as a guest."""

    use_required_attribute = False

    name = NameField(label=gettext_lazy("Name"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)


class GuestsForm(forms.Form):
    """What else is done on the page of guests."""

    do = forms.ChoiceField(choices=[(name, name) for name in ("renew", "close", "uninvite")])
    guest = forms.ModelChoiceField(Member.objects.filter(role=Member.Role.GUEST), required=False)


@write
@members_only
def guests(request: MemberRequest, number: int) -> HttpResponse:
    """Who is invited to this session alone; for those who run it."""
    now = timezone.now()
    session = session_to_run(request, number)
    if request.method == "POST" and "do" in request.POST:
        return _change(request, session)
    form = GuestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        check("invitation", f"member:{request.user.pk}", now=now)
        try:
            guest_list.invite_guest(session, **form.cleaned_data, by=request.user, now=now)
            messages.success(request, _("%(name)s is invited.") % {"name": form.cleaned_data["name"]})
        except guest_list.NoGuestsError:
            messages.warning(request, guest_list.CANNOT)
        return redirect("sessions:guests", session)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return moved_to(request, session) or _page(request, session, form, status=status)


def _page(request: MemberRequest, session: Session, form: GuestForm, *, status: int) -> HttpResponse:
    link = guest_list.link_of(session)
    context = {
        "session": session,
        "form": form,
        "guests": guest_list.guests_of(session),
        "link": f"{settings.SITE_URL.rstrip('/')}{link}" if link else "",
        "takes_guests": guest_list.takes_guests(session, Community.current(), now=timezone.now()),
    }
    return render_page(request, "sessions/guests.html", context, status=status)


def _change(request: MemberRequest, session: Session) -> HttpResponse:
    form = GuestsForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Please choose one of the buttons."))
        return redirect("sessions:guests", session)
    do, guest = form.cleaned_data["do"], form.cleaned_data["guest"]
    if do == "renew":
        guest_list.renew_link(session)
        messages.success(request, _("Here is the link. Whoever has it may come to this session, and to nothing else."))
    elif do == "close":
        guest_list.close_link(session)
        messages.success(request, _("The link leads nowhere any more. Who came by it stays invited."))
    elif guest:
        guest_list.uninvite_guest(session, guest, now=timezone.now())
        messages.success(request, _("%(name)s is not invited any more.") % {"name": guest.name})
    return redirect("sessions:guests", session)


@write
@public
def join(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Comes to one session by its invitation link: whoever has it says who they are, then signs in by a code."""
    now = timezone.now()
    session = get_object_or_404(Session.objects.prefetch_related("leads"), pk=number)
    if not guest_list.fits(session, token) or not guest_list.takes_guests(session, Community.current(), now=now):
        raise Http404
    if request.user.is_authenticated and (request.user.is_member or request.method == "POST"):
        return _come_in(request.user, session)
    form = GuestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        check("sign-up", folded(form.cleaned_data["email"]), now=now)
        guest_list.invite_guest(session, **form.cleaned_data, by=None, now=now)
        return redirect(_to_code(session))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context: dict[str, Any] = {"session": session, "form": form, "when": when(session, zone=reader_zone(), now=now)}
    return render_page(request, "sessions/join.html", context, status=status)


def _come_in(member: Member, session: Session) -> HttpResponse:
    """Who is signed in needs no form: a guest is invited, a member is."""
    if not member.is_member:
        guest_list.invite_guest(session, name=member.name, email=member.email, by=None, now=timezone.now())
    return redirect(session)


def _to_code(session: Session) -> str:
    return f"{reverse('account_request_login_code')}?next={session.get_absolute_url()}"
