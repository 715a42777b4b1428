"""Answers for htmx: fragments of a page, and what to say when nobody is signed in."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; a boosted visit or a restored history wants all of it."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Renders `template`, or only its partial `fragment` where htmx asked for one.

    Page and fragment come from the same view and context, so they cannot drift apart.
    """
    if fragment and wants_fragment(request):
        template = f"{template}#{fragment}"
    return render(request, template, context, status=status)


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """302 to the sign-in page and back; for htmx 401 with `HX-Redirect`, since it follows a 302 silently."""
    if not request.headers.get("HX-Request"):
        return redirect_to_login(_form_page(request) or request.get_full_path())
    response = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    response.headers["HX-Redirect"] = redirect_to_login(_way_back(request)).headers["Location"]
    return response


def _form_page(request: HttpRequest) -> str:
    """Returns the page of ours on which a form was sent, "" for other requests: some addresses only take forms."""
    site, page = f"{request.scheme}://{request.get_host()}", request.headers.get("Referer", "")
    if request.method in {"GET", "HEAD"} or not page.startswith(f"{site}/"):
        return ""
    address = page.removeprefix(site)
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def _way_back(request: HttpRequest) -> str:
    """Returns where to go after signing in: what was asked for; for a form the page it stands on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    htmx: Any = getattr(request, "htmx", None)
    page = htmx and htmx.current_url_abs_path
    if page and url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        return str(page)
    return resolve_url(settings.LOGIN_REDIRECT_URL)
