"""What came of a poll: its results, the same as a table, what changed because of it, and comments that go too far."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.csv import csv_response
from cop_portal.lib.htmx import render_page
from feedback import moderation
from feedback.actions import say_what_changed
from feedback.closing import while_open
from feedback.forms import ChangedForm, HideForm
from feedback.models import COMMENTS_AFTER, Comment, Poll
from feedback.reports import report_of, rows_of
from feedback.views import session_of
from members.models import Member
from members.rights import MemberRequest, facilitators_only, members_only
from sessions.models import Session


@require_safe
@members_only
def results(request: MemberRequest, number: int) -> HttpResponse:
    """What came of one poll, once it has closed."""
    now = timezone.now()
    session = session_of(request, number, now)
    if moved := moved_to(request, session):
        return moved
    poll = closed_poll(session)
    moderates = request.user.may_facilitate
    leads = list(session.leads.all())
    context = {
        "session": session,
        "poll": poll,
        "report": report_of(poll, now=now, moderates=moderates),
        "comments_public": poll.shows_comments(now),
        "comments_at": poll.closed_at + COMMENTS_AFTER if poll.closed_at else None,
        "moderates": moderates,
        "leads": leads,
        "may_tell": may_tell(request.user, leads),
    }
    return render_page(request, "feedback/results.html", context)


@require_safe
@members_only
def results_csv(request: MemberRequest, number: int) -> HttpResponseBase:
    """The same as a table; for facilitators too no comment before its time."""
    now = timezone.now()
    session = session_of(request, number, now)
    report = report_of(closed_poll(session), now=now)
    return csv_response(f"feedback-{session.slug}", rows_of(report))


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
@while_open
def changed(request: MemberRequest, number: int) -> HttpResponse:
    """Where the leads of a session write what changed because of the answers."""
    now = timezone.now()
    session = session_of(request, number, now)
    poll = closed_poll(session)
    if not may_tell(request.user, list(session.leads.all())):
        raise PermissionDenied
    form = ChangedForm(request.POST or None, initial={"what_changed": poll.what_changed})
    if request.method == "POST" and form.is_valid():
        say_what_changed(poll, form.cleaned_data["what_changed"], now=now)
        messages.success(request, _("It is on the results page now, and goes out with the next invitation."))
        return redirect("feedback:results", session)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"session": session, "poll": poll, "form": form}
    return render_page(request, "feedback/changed.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def hide(request: MemberRequest, number: int, key: UUID) -> HttpResponse:
    """Hides one comment with a public reason, or shows it again."""
    now = timezone.now()
    session = session_of(request, number, now)
    comment = comment_of(session, key)
    if request.method == "POST" and comment.hidden_reason:
        moderation.show(comment)
        messages.success(request, _("The comment shows again."))
        return redirect("feedback:results", session)
    form = HideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _hide(request, session, comment, form.cleaned_data["reason"], now)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_page(
        request, "feedback/hide.html", {"session": session, "comment": comment, "form": form}, status=status
    )


def _hide(request: MemberRequest, session: Session, comment: Comment, reason: str, now: datetime) -> HttpResponse:
    try:
        moderation.hide(comment, reason=reason, now=now)
    except moderation.NotReportedError:
        messages.warning(request, _("This comment is public by now; it can be hidden once somebody reports it."))
    else:
        messages.success(request, _("The comment is hidden; the reason stands in its place."))
    return redirect("feedback:results", session)


@members_only
@require_POST
@while_open
def report(request: MemberRequest, number: int, key: UUID) -> HttpResponse:
    """Asks the facilitators to look at a comment."""
    now = timezone.now()
    session = session_of(request, number, now)
    comment = comment_of(session, key)
    if comment.poll.shows_comments(now):
        moderation.report(comment)
        messages.success(request, _("Thank you. A facilitator will look at this comment; nobody sees who asked."))
    return redirect("feedback:results", session)


def closed_poll(session: Session) -> Poll:
    """Returns the poll of `session`; raises Http404 while it is open."""
    poll: Poll | None = getattr(session, "poll", None)
    if poll is None or poll.closed_at is None:
        raise Http404
    return poll


def comment_of(session: Session, key: UUID) -> Comment:
    """Returns a comment on `session` where enough answered; raises Http404 for any other."""
    comments = Comment.objects.filter(poll__in=Poll.objects.closed().with_comments(), poll__session=session)
    return get_object_or_404(comments.select_related("poll"), pk=key)


def may_tell(member: Member, leads: list[Member]) -> bool:
    """Whether `member` may say what changed: who led the session, and facilitators."""
    return member in leads or member.may_facilitate
