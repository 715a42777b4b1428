"""How a page is measured: in this process, without a server, as whoever is signed in."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

REPEATS = 40
WARM_UP = 3


def nothing() -> None:
    """What most pages need before they are visited again."""


@dataclass(frozen=True)
class Visit:
    """One request; with `data` it sends a form. `before` makes the same answer possible again."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] | None = None
    before: Callable[[], None] = nothing


@dataclass(frozen=True)
class Figures:
    """What one page costs."""

    queries: int
    kilobytes: float
    milliseconds: float
    status: int = 200


def signed_in(user: Any) -> str:
    """Returns the session cookie of somebody who signed in just now; "" for nobody."""
    if user is None:
        return ""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def measure(visit: Visit, cookie: str) -> Figures:
    """Returns the figures of a page: CPU time is the least of 40 repeats, the database connection stays open.

    Time counts for the whole way through middleware, view and template, nothing for sockets. PostgreSQL works in
    processes of its own, whose CPU time nobody tells us: there the time that passes is taken, for want of better.
    """
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    handler: Any = BaseHandler()
    handler.load_middleware()

    def answer() -> tuple[HttpResponse, float]:
        browser = RequestFactory(SERVER_NAME="localhost", headers=visit.headers)
        request: Any = browser.get(visit.path) if visit.data is None else browser.post(visit.path, visit.data)
        request._dont_enforce_csrf_checks = True
        request.COOKIES[settings.SESSION_COOKIE_NAME] = cookie
        started = clock()
        response = handler.get_response(request)
        return response, clock() - started

    def timed() -> float:
        visit.before()
        return answer()[1]

    for _ in range(WARM_UP):
        visit.before()
        response, _seconds = answer()
    if response.status_code >= HTTPStatus.BAD_REQUEST:  # a page that is missing or broken costs nothing to compare
        return Figures(0, 0, 0, response.status_code)
    visit.before()
    with CaptureQueriesContext(connection) as queries:
        response, _seconds = answer()
    seconds = min(timed() for _ in range(REPEATS))
    return Figures(len(queries), len(response.content) / 1024, seconds * 1000, response.status_code)
