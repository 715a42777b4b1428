"""What belongs to no single app: home, search page, styleguide, health, error pages."""

import sys
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cop_portal import logs
from cop_portal.health import OK, readiness
from cop_portal.home import guest_home, home_of
from cop_portal.lib.htmx import render_page
from cop_portal.lib.text import wait_in_words
from cop_portal.outage import is_full, outages
from cop_portal.search import SearchForm, everything
from cop_portal.styleguide import showcase
from cop_portal.welcome import first_ticks
from library.views import topic_url
from members.limits import TooManyTries, limited
from members.models import Community
from members.rights import MemberRequest, members_only, public


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    """The home of a member, the welcome page of everyone else."""
    if request.user.is_authenticated and request.user.is_member:
        return render_page(request, "home.html", home_of(request.user, now=timezone.now()))
    if request.user.is_authenticated:
        return render_page(request, "welcome.html", guest_home(request.user, now=timezone.now()))
    return render_page(request, "welcome.html")


@require_safe
@members_only
def welcome(request: HttpRequest) -> HttpResponse:
    """The four first steps of a new member; once all are done, or in an archive, there is nothing to welcome to."""
    community = Community.current()
    ticks = first_ticks(request.user, community)  # type: ignore[arg-type]
    if all(tick.is_done for tick in ticks) or community.stage == Community.Stage.CLOSED:
        return redirect("home")
    context = {"ticks": ticks, "done": sum(tick.is_done for tick in ticks)}
    return render_page(request, "first_steps.html", context)


@require_safe
@members_only
@limited("search")
def search(request: MemberRequest) -> HttpResponse:
    """One search over everything."""
    now = timezone.now()
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = everything(request.user, words, now=now) if words else None
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "words": words, "found": found, "topic_url": topic_url(words), "now": now}
    return render_page(request, "search.html", context, status=status)


@require_safe
@public
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once in each state; for admins, and for everyone on a DEBUG server."""
    if not (settings.DEBUG or (request.user.is_authenticated and request.user.is_staff)):
        raise Http404
    return render_page(request, "styleguide.html", showcase(request.GET.get("scheme", "")))


@public
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the process answers at all."""
    return JsonResponse({"status": "ok"})


@public
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the portal can serve: database, cache, migrations, age of the last tick."""
    report = readiness(timezone.now())
    if all(state == OK for state in report.values()):
        return JsonResponse({"status": OK, **report})
    return JsonResponse({"status": "unavailable", **report}, status=HTTPStatus.SERVICE_UNAVAILABLE)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/403_csrf.html", status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=HTTPStatus.NOT_FOUND)


def too_many_tries(request: HttpRequest, reached: TooManyTries) -> HttpResponse:
    """429, which says in words and to programs when to try again."""
    context = {"retry_after": wait_in_words(reached.retry_after)}
    response = render(request, "errors/429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(reached.retry_after)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, 503 while the database is away, or 507 on a full disk; no page asks the database for anything."""
    if is_full(sys.exc_info()[1]):
        return render(request, "errors/507.html", status=HTTPStatus.INSUFFICIENT_STORAGE)
    if isinstance(sys.exc_info()[1], outages()):
        response = render(request, "errors/503.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = "10"
        return response
    context = {"request_id": logs.request_id.get()}
    return render(request, "errors/500.html", context, status=HTTPStatus.INTERNAL_SERVER_ERROR)
