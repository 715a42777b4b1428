"""Planning a session: the form, publishing, cancelling and taking that back, deleting a draft."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.once import once
from members.rights import MemberRequest, facilitators_only, members_only
from sessions import actions
from sessions.forms import CancelForm, PlanFor
from sessions.models import Session
from sessions.plan_forms import LATER
from sessions.planner import SAVES, Plan, new_session
from sessions.planning import delete_draft
from sessions.series_views import change_address
from sessions.topics import Topic
from sessions.views import reader_zone, visible_session

State = Session.State
write = require_http_methods(["GET", "HEAD", "POST"])
# Which part of the page a button renews; all others belong to the agenda.
PARTS = {"preview": "preview", "find": "materials"}


@write
@facilitators_only
def new(request: MemberRequest) -> HttpResponse:
    """A new session; `?topic=` carries what its proposers said."""
    now = timezone.now()
    plan = Plan(
        new_session(request.user, now=now),
        member=request.user,
        data=request.POST if request.method == "POST" else None,
        topic=_topic(request),
        now=now,
    )
    if not (plan.follow() and plan.command in SAVES):
        return _show(request, plan)
    url = once(request.user, plan.form.cleaned_data["key"], create=plan.store, now=now)
    messages.success(request, _words(plan))
    return redirect(url)


@write
@members_only
def edit(request: MemberRequest, number: int) -> HttpResponse:
    """A session that is there already: its leads have the same rights on it as those who facilitate."""
    now = timezone.now()
    session = session_to_run(request, number)
    data = request.POST if request.method == "POST" else None
    plan = Plan(session, member=request.user, data=data, topic=_topic(request), now=now)
    if not (plan.follow() and plan.command in SAVES):
        return (data is None and moved_to(request, session)) or _show(request, plan)
    schedule = change_address(plan.form) if plan.form.asks_for_later_ones else ""
    session = plan.store()
    if schedule:
        messages.info(request, _("Your words are saved. The dates change once you have seen what happens to each."))
        return redirect(schedule)
    messages.success(request, _words(plan))
    return redirect(session)


def _words(plan: Plan) -> str:
    if plan.command == "publish":
        return _("It is published, and everybody it is meant for was told.")
    return _("Saved.") if plan.form.was != State.DRAFT else _("Saved as a draft. Publish it when it is ready.")


def _topic(request: MemberRequest) -> Topic | None:
    return PlanFor(request.GET).topic()


def _show(request: MemberRequest, plan: Plan) -> HttpResponse:
    is_wrong = bool(plan.form.errors or any(form.errors for form in plan.blocks.forms if form.is_bound))
    shows = plan.command == "preview" and not is_wrong
    context = {
        "plan": plan,
        "form": plan.form,
        "session": plan.session,
        "page": plan.preview(reader_zone()) if shows else None,
        "is_wrong": is_wrong,
        "open_dates": _open_dates(request, plan),
        "later": LATER,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    part = PARTS.get(plan.command, "agenda")
    return render_page(request, "sessions/plan.html", context, fragment=part, status=status)


def _open_dates(request: MemberRequest, plan: Plan) -> list[Session]:
    """Dates that nobody has planned yet: a topic may be taken up on one of them instead of a new session."""
    if plan.session.pk or plan.topic is None:
        return []
    rows = Session.objects.visible_to(request.user, now=plan.now).upcoming(now=plan.now)
    return list(rows.filter(state=State.DATED, title="")[:4])


# --- Its state -------------------------------------------------------------------------------


@write
@members_only
def publish(request: MemberRequest, number: int) -> HttpResponse:
    """Publishes a session that is ready; one that is not leads to its form, with what is missing."""
    session = session_to_run(request, number)
    if session.state not in {State.DRAFT, State.DATED}:
        return redirect(session)
    if request.method != "POST":
        return moved_to(request, session) or render_page(request, "sessions/publish.html", {"session": session})
    try:
        actions.publish_session(session, now=timezone.now())
    except actions.NotReadyError:
        messages.warning(request, _("Before it is published it needs a title and what participants will do."))
        return redirect("sessions:edit", session)
    messages.success(request, _("It is published, and everybody it is meant for was told."))
    return redirect(session)


@write
@members_only
def cancel(request: MemberRequest, number: int) -> HttpResponse:
    """Cancels a session in sight of all; the reason is told to whoever planned for it."""
    session = session_to_run(request, number)
    if session.state not in {State.DATED, State.PUBLISHED}:
        return redirect(session)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"form": form, "session": session}
        return moved_to(request, session) or render_page(request, "sessions/cancel.html", context, status=status)
    actions.cancel_session(session, reason=form.cleaned_data["reason"], now=timezone.now())
    messages.success(request, _("It is cancelled, and whoever planned for it was told."))
    return redirect(session)


@write
@members_only
def restore(request: MemberRequest, number: int) -> HttpResponse:
    """Takes a cancellation back."""
    session = session_to_run(request, number)
    if not session.is_cancelled:
        return redirect(session)
    if request.method != "POST":
        return moved_to(request, session) or render_page(request, "sessions/restore.html", {"session": session})
    actions.restore_session(session, now=timezone.now())
    messages.success(request, _("It takes place after all, and whoever planned for it was told."))
    return redirect(session)


@write
@members_only
def delete(request: MemberRequest, number: int) -> HttpResponse:
    """Deletes a draft; what was published is cancelled instead."""
    session = session_to_run(request, number)
    if not session.is_draft:
        return redirect(session)
    if request.method != "POST":
        return moved_to(request, session) or render_page(request, "sessions/delete.html", {"session": session})
    delete_draft(session)
    messages.success(request, _("The draft is deleted."))
    return redirect("sessions:index")


def session_to_run(request: MemberRequest, number: int) -> Session:
    """Returns a session that the member may run: Http404 where they do not see it, else 403."""
    session = visible_session(request, number, timezone.now())
    if not session.may_run(request.user):
        raise PermissionDenied
    return session
