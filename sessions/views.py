"""The pages of sessions: calendar, past, one session, a series, and the answer. Topics have `sessions.topic_views`."""

from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page, wants_fragment
from members.models import Community
from members.rights import MemberRequest, members_only, signed_in
from sessions.answers import NotForYouError, NotOpenError, answer
from sessions.calendar import PER_PAGE, agenda_page, month_page, series_page
from sessions.coming import Coming
from sessions.forms import AnswerForm, CalendarForm
from sessions.models import LeadOffer, Series, Session
from sessions.page import Faces, session_page
from sessions.rows import answer_words, given_in, row_of


@require_safe
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """What comes, as an agenda or as a month."""
    now, zone, community = timezone.now(), reader_zone(), Community.current()
    form = CalendarForm(request.GET)
    wanted = form.wanted()
    if wanted.view == "month":
        context = month_page(request.user, wanted, zone=zone, now=now)
    else:
        page = request.GET.get("page")
        context = agenda_page(request.user, wanted, page, community=community, zone=zone, now=now)
    context |= {"form": form, "community": community}
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.UNPROCESSABLE_ENTITY
    return render_page(request, "sessions/index.html", context, fragment="calendar", status=status)


@require_safe
@members_only
def past(request: MemberRequest) -> HttpResponse:
    """What was, newest first."""
    now, zone = timezone.now(), reader_zone()
    found = Session.objects.visible_to(request.user, now=now).past(now=now).for_rows().with_answer_of(request.user)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [row_of(session, zone=zone, now=now) for session in page]
    return render_page(request, "sessions/past.html", {"page": page, "rows": rows})


@require_safe
@members_only
def series(request: MemberRequest, number: int) -> HttpResponse:
    """The rule of a series in words, and its next dates."""
    found = get_object_or_404(Series, pk=number)
    if moved := moved_to(request, found):
        return moved
    context = series_page(found, request.user, zone=reader_zone(), now=timezone.now())
    return render_page(request, "sessions/series.html", context)


@require_safe
@signed_in
def session(request: MemberRequest, number: int) -> HttpResponse:
    """One session; a guest sees those they are invited to."""
    now = timezone.now()
    found = visible_session(request, number, now)
    return moved_to(request, found) or _page(request, "sessions/session.html", found, now)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rsvp(request: MemberRequest, number: int) -> HttpResponse:
    """Takes an answer. Opened from a mail it is a page with buttons: a GET changes nothing."""
    now = timezone.now()
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _answer(request, number, form, now)
    found = visible_session(request, number, now)
    if form.is_bound:
        return _show(request, Coming.to(found), form, now, error=_("Please choose one of the three."))
    return moved_to(request, found) or _page(request, "sessions/rsvp.html", found, now)


def _answer(request: MemberRequest, number: int, form: AnswerForm, now: datetime) -> HttpResponse:
    try:  # the action reads the row itself, locked, and only if the member may see it
        coming = answer(Session(pk=number), request.user, form.cleaned_data["answer"], now=now, wish=form.wish_given())
    except Session.DoesNotExist:
        raise Http404 from None
    except NotForYouError:
        raise PermissionDenied from None
    except NotOpenError:
        found = visible_session(request, number, now)
        return _show(request, Coming.to(found), form, now, error=_("This session takes no answers any more."))
    return _show(request, coming, form, now)


def _show(request: MemberRequest, coming: Coming, form: AnswerForm, now: datetime, error: str = "") -> HttpResponse:
    """Shows what came of an answer: the part of the page it was given on, or that page again."""
    session, in_row = coming.session, form.data.get("shown") == "row"
    may_run = request.user.may_facilitate or coming.of(request.user).leads
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    if wants_fragment(request):
        context = {
            "given": given_in(coming, request.user, error=error),
            "me": coming.of(request.user),
            "session": session,
            "may_run": may_run,
            "faces": Faces.of(coming, may_run=may_run),
            "announce": error or answer_words(coming, request.user),
            "oob": True,
        }
        return render(request, "sessions/_answer.html" if in_row else "sessions/_answered.html", context, status=status)
    if error:
        return _page(request, "sessions/rsvp.html", session, now, error=error)
    messages.success(request, answer_words(coming, request.user))
    in_list = reverse("sessions:index") + f"#answer-{session.pk}"
    return redirect(in_list if in_row else session.get_absolute_url())


def _page(request: MemberRequest, template: str, session: Session, now: datetime, *, error: str = "") -> HttpResponse:
    community = Community.current()
    page = session_page(session, request.user, community=community, zone=reader_zone(), now=now)
    context = {"page": page, "session": session, "community": community, "error": error}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render_page(request, template, context, status=status)


def visible_session(request: MemberRequest, number: int, now: datetime) -> Session:
    """Returns the session with this number; for whoever may not see it, it does not exist (Http404)."""
    mine = LeadOffer.objects.filter(session=OuterRef("pk"), member=request.user).values("was_asked")
    found = Session.objects.visible_to(request.user, now=now).annotate(asked_to_lead=Subquery(mine[:1]))
    return get_object_or_404(found.select_related("series", "topic", "note_taker", "poll"), pk=number)


def reader_zone() -> ZoneInfo:
    """The time zone of the reader, as the middleware set it."""
    return ZoneInfo(timezone.get_current_timezone_name())
