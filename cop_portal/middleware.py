"""What happens around every request, in the order of settings.MIDDLEWARE."""

import logging
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from cop_portal import logs, views
from cop_portal.lib.htmx import redirect_to_sign_in
from members.doors import count_form
from members.limits import SAFE_METHODS, TooManyTries

type Handler = Callable[[HttpRequest], HttpResponseBase]
type View = Callable[..., HttpResponseBase]

logger = logging.getLogger(__name__)
FORM_TYPES = {"", "application/x-www-form-urlencoded", "multipart/form-data"}
CHARSETS = {"utf-8", "utf8"}
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def request_id(get_response: Handler) -> Handler:
    """Gives each request an id that its log lines, its answer and its error page carry."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        name = request.id = secrets.token_hex(6)  # type: ignore[attr-defined]
        token = logs.request_id.set(name)
        try:
            response = get_response(request)
            response.headers["X-Request-Id"] = name
            return response
        finally:
            logs.request_id.reset(token)

    return handle


def browser_policy(get_response: Handler) -> Handler:
    """Switches off what no page of ours uses."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return handle


def plain_input(get_response: Handler) -> Handler:
    """Refuses what no browser of ours sends, before anything tries to decode it.

    Django answers 500 to a form in `charset=utf-7`; a `text/plain` body is how other sites send
    forms that look like JSON; PostgreSQL takes no NUL in the session's key.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        if not _is_plain(request):
            request.encoding = "utf-8"  # or our own page, which asks for ?q=, meets the same trouble
            return views.bad_request(request)
        _drop_broken_address(request)
        return get_response(request)

    return handle


def _is_plain(request: HttpRequest) -> bool:
    charset = (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower()
    is_form = request.method in SAFE_METHODS or request.content_type in FORM_TYPES
    return charset in CHARSETS and is_form and "\0" not in "".join(request.COOKIES.values())


def _drop_broken_address(request: HttpRequest) -> None:
    """Forgets an HX-Current-URL that cannot be parsed: django-htmx would try later, at a worse moment."""
    address = request.META.get("HTTP_HX_CURRENT_URL", "")
    try:
        urlsplit(address)
        urlsplit(unquote(address))
    except ValueError:
        del request.META["HTTP_HX_CURRENT_URL"]  # before anybody reads request.headers, which is built once


class SignInRequired(LoginRequiredMiddleware):
    """Every view needs a member unless it is marked public (members.rights)."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponse:  # type: ignore[override]
        return redirect_to_sign_in(request)


class CountedForms:
    """Counts every form that is sent, so that no view can forget to; answers 429 beyond a limit.

    Stands after CsrfViewMiddleware: forms that other sites make a browser send use up nobody's tries.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.method in SAFE_METHODS or match is None:
            return None
        try:
            count_form(request, view, match.view_name, now=timezone.now())
        except TooManyTries as reached:
            return views.too_many_tries(request, reached)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return views.too_many_tries(request, exception) if isinstance(exception, TooManyTries) else None


class UnfitValues:
    """Answers 400 where a value fits no column: a number beyond 64 bits, a NUL.

    Forms of ours say so beside the field. This is for what Django's own fields and its admin let
    through: they look up whatever they are given, and the admin takes words for numbers.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not (isinstance(exception, (OverflowError, DataError)) or _is_word_in_admin(request, exception)):
            return None
        logger.warning("A value fits no column: %s", request.path, exc_info=exception, extra={"request": request})
        return views.bad_request(request)


def _is_word_in_admin(request: HttpRequest, exception: Exception) -> bool:
    match = request.resolver_match
    in_admin = match is not None and match.app_name == "admin"
    return in_admin and isinstance(exception, ValueError) and bool(request.GET or request.POST)


def private_pages(get_response: Handler) -> Handler:
    """Keeps errors and pages of signed-in people out of every cache; fragments and pages differ by HX-Request."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        # In this order: the member cannot be asked for while the database is away.
        is_error = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        if "Cache-Control" not in response.headers and (is_error or request.user.is_authenticated):
            patch_cache_control(response, private=True, no_store=True)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("HX-Request", "HX-Boosted", "HX-History-Restore-Request"))
        return response

    return handle
