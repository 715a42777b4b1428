"""Feeds for feed readers, and the page on which members get their address and take it back."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST, require_safe

from cop_portal.lib.htmx import render_page
from library.feed_tokens import FeedToken, new_token
from library.feeds import LibraryFeed, narrowed, opened_by
from library.filters import FilterForm
from members.limits import check
from members.rights import MemberRequest, members_only, public


@public
@require_safe
def atom(request: HttpRequest, token: str) -> HttpResponse:
    """A list of the library as the owner of the address sees it; unknown, ended and resting addresses answer alike."""
    key = opened_by(token)
    if key is None:
        raise Http404
    with translation.override(key.member.language or settings.LANGUAGE_CODE):
        feed = LibraryFeed(key.member, request.GET, key.latest)  # type: ignore[attr-defined]
        response = _unless_known(request, feed)
    patch_cache_control(response, private=True, no_cache=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@condition(etag_func=lambda request, feed: feed.etag())
def _unless_known(request: HttpRequest, feed: LibraryFeed) -> HttpResponse:
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise Http404
    if form.cleaned_data["q"]:
        check("search", f"member:{feed.member.pk}", now=timezone.now())
    return HttpResponse(feed.body(form), content_type="application/atom+xml; charset=utf-8")


@require_safe
@members_only
def feeds(request: MemberRequest) -> HttpResponse:
    """One's address, for the list that the query string says."""
    key = FeedToken.objects.filter(member=request.user).first()
    query = narrowed(request.GET)
    context = {"key": key, "query": query, "tab": "all", "address": _address(key, query) if key else ""}
    return render_page(request, "library/feeds.html", context)


def _address(key: FeedToken, query: str) -> str:
    path = reverse("library:atom", args=[key.secret])
    return f"{settings.SITE_URL}{path}?{query}" if query else f"{settings.SITE_URL}{path}"


@members_only
@require_POST
def renew(request: MemberRequest) -> HttpResponse:
    """Makes the address, or a new one: then the old leads nowhere."""
    fresh = {"token": new_token(), "created_at": timezone.now()}
    FeedToken.objects.update_or_create(member=request.user, defaults=fresh)
    messages.success(request, _("Here is your address. Whoever has it reads what you may read."))
    return _back(request)


@members_only
@require_POST
def end(request: MemberRequest) -> HttpResponse:
    """Ends it: no feed reader finds anything any more."""
    FeedToken.objects.filter(member=request.user).delete()
    messages.success(request, _("Your address is ended."))
    return _back(request)


def _back(request: MemberRequest) -> HttpResponse:
    query = narrowed(request.GET)
    return redirect(f"{reverse('library:feeds')}?{query}" if query else "library:feeds")
