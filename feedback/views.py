"""The pulse and the form; what came of a poll stands in `feedback.result_views`."""

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from feedback.actions import AlreadyAnsweredError, PollClosedError, UnreadableError, ask, poll_to_be, submit
from feedback.audience import is_invited
from feedback.closing import archive_page
from feedback.forms import FeedbackForm
from feedback.models import Poll
from feedback.proposals import RhythmProposal
from feedback.trends import trends
from members.models import Community
from members.rights import MemberRequest, members_only, signed_in
from sessions.models import Session

PER_PAGE = 20


@require_safe
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """The pulse: what can be answered now, and what came of earlier sessions."""
    now = timezone.now()
    seen = Session.objects.visible_to(request.user, now=now).filter(state=Session.State.PUBLISHED)
    closed = Poll.objects.closed().filter(session__in=seen)
    page = Paginator(closed.select_related("session"), PER_PAGE).get_page(request.GET.get("page"))
    community = Community.current()
    waiting = Poll.objects.to_answer(request.user, now=now, community=community)
    context = {
        "to_answer": waiting,
        "to_tell": Poll.objects.to_tell(request.user, now=now).select_related("session"),
        "trends": trends(seen),
        "proposals": RhythmProposal.objects.open(),
        "page": page,
        "community": community,
    }
    return render_page(request, "feedback/index.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def form(request: MemberRequest, number: int) -> HttpResponse:
    """The form of one session; afterwards a word of thanks or the way to the results."""
    now = timezone.now()
    session = session_of(request, number, now)
    community = Community.current()
    if not is_invited(request.user, session, community):
        raise Http404
    if moved := moved_to(request, session):
        return moved
    poll = poll_of(session)
    if community.stage == Community.Stage.CLOSED and poll.closed_at is None:
        return archive_page(request)
    if not poll.is_open(now):
        return render_page(request, "feedback/closed.html", {"session": session, "poll": poll, "now": now})
    if poll.has_answer_of(request.user):
        return render_page(request, "feedback/thanks.html", {"session": session, "poll": poll})
    return _answer(request, session, poll, now)


def _answer(request: MemberRequest, session: Session, poll: Poll, now: datetime) -> HttpResponse:
    asked = FeedbackForm(poll, request.POST if request.method == "POST" else None)
    context = {"session": session, "poll": poll, "form": asked}
    if request.method != "POST":
        return render_page(request, "feedback/form.html", context)
    if not asked.is_valid():
        return render_page(request, "feedback/form.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        submit(_asked(session, poll, now), request.user, asked.answers(), now=now)
    except AlreadyAnsweredError:
        messages.info(request, _("Your answer was in already; it counts once."))
    except PollClosedError:
        messages.warning(request, _("This form has just closed. Thank you for trying."))
    except UnreadableError:
        messages.error(
            request, _("No answers can be taken at the moment: the server has lost a key. Please tell an admin.")
        )
    return redirect("feedback:form", session)


def session_of(request: MemberRequest, number: int, now: datetime) -> Session:
    """Returns the session with this number that took place and that the reader may see; raises Http404 for others."""
    session = get_object_or_404(
        Session.objects.visible_to(request.user, now=now).select_related("series", "poll__ballot"), pk=number
    )
    if session.state != Session.State.PUBLISHED or not session.has_ended(now):
        raise Http404
    return session


def poll_of(session: Session) -> Poll:
    """Returns the poll, or what it will be: reading the form a moment before the job ran writes nothing."""
    return session.poll if hasattr(session, "poll") else poll_to_be(session)


def _asked(session: Session, poll: Poll, now: datetime) -> Poll:
    """Returns `poll` opened for all: whoever answers before the job ran does its work."""
    return poll if hasattr(poll, "ballot") else ask(session, now=now)
