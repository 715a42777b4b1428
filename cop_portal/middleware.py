"""What happens around every request, in the order of settings.MIDDLEWARE."""

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers

from cop_portal import logs, views
from cop_portal.lib.htmx import redirect_to_sign_in

type Handler = Callable[[HttpRequest], HttpResponseBase]

FORM_TYPES = {"", "application/x-www-form-urlencoded", "multipart/form-data"}
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def request_id(get_response: Handler) -> Handler:
    """Gives each request an id that its log lines, its answer and its error page carry."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        token = logs.request_id.set(secrets.token_hex(6))
        try:
            response = get_response(request)
            response.headers["X-Request-Id"] = logs.request_id.get()
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
    """Refuses bodies that no form of ours sends, before anything tries to decode them.

    Django answers 500 to a form in `charset=utf-7`, and a `text/plain` body is how other
    sites send forms that look like JSON.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
        if request.method not in {"GET", "HEAD", "OPTIONS"} and (
            request.content_type not in FORM_TYPES or charset.strip("\"'").lower() not in {"utf-8", "utf8"}
        ):
            return views.bad_request(request)
        current = request.headers.get("HX-Current-URL", "")
        try:
            urlsplit(current)
        except ValueError:  # django-htmx would parse it later, at a worse moment
            del request.META["HTTP_HX_CURRENT_URL"]
        return get_response(request)

    return handle


class SignInRequired(LoginRequiredMiddleware):
    """Every view needs a member unless it is marked public (members.rights)."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponse:  # type: ignore[override]
        return redirect_to_sign_in(request)


def private_pages(get_response: Handler) -> Handler:
    """Keeps pages of signed-in people out of every cache; fragments and pages differ by HX-Request."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            patch_cache_control(response, private=True, no_store=True)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("HX-Request", "HX-Boosted", "HX-History-Restore-Request"))
        return response

    return handle
