"""Calendars outside the portal: what they read, and the page on which members get and revoke the addresses."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.models import Community, Member
from members.once import once
from members.rights import MemberRequest, members_only, public, signed_in
from sessions import ical, subscriptions
from sessions.calendars import ALL, MINE, Feed, as_entries_for, entry_of
from sessions.feeds import CalendarFeed, MailCalendar
from sessions.forms import ByMailForm, FeedForm
from sessions.models import Session, may_come

# --- What calendars read ---------------------------------------------------------------------


@public
@require_safe
def feed_of_all(request: HttpRequest, token: str) -> HttpResponse:
    """All sessions that the owner of the address may see."""
    return _answer(request, _feed(token, ALL))


@public
@require_safe
def feed_of_mine(request: HttpRequest, token: str) -> HttpResponse:
    """The sessions that the owner of the address comes to, leads or waits for."""
    return _answer(request, _feed(token, MINE))


@require_safe
@signed_in
def session_file(request: MemberRequest, number: int) -> HttpResponse:
    """One session as a file."""
    now = timezone.now()
    found = get_object_or_404(as_entries_for(request.user, now=now), pk=number)
    response = moved_to(request, found) or _answer(request, _File(found, request.user))
    response.headers.setdefault("Content-Disposition", 'inline; filename="session.ics"')
    return response


@dataclass(frozen=True)
class _File:
    """One session for one reader."""

    session: Session
    member: Member

    @property
    def changed_at(self) -> datetime:
        """An answer changes the file as well: who waits for a seat reads another one."""
        answered: datetime | None = self.session.answered_at  # type: ignore[attr-defined]
        return max(self.session.changed_at, answered) if answered else self.session.changed_at

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body()).hexdigest()[:32]}"'

    def body(self) -> bytes:
        may_join = may_come(self.member, self.session, Community.current())
        return ical.single(entry_of(self.session, may_join=may_join))


def _feed(token: str, which: str) -> Feed:
    """Returns the feed; unknown, revoked and resting addresses answer alike."""
    address = CalendarFeed.objects.opened_by(token).first()
    if address is None:
        raise Http404
    return Feed.at(address, which, now=timezone.now())


@condition(etag_func=lambda request, feed: feed.etag, last_modified_func=lambda request, feed: feed.changed_at)
def _unless_known(request: HttpRequest, feed: Feed | _File) -> HttpResponse:
    return HttpResponse(feed.body(), content_type="text/calendar; charset=utf-8")


def _answer(request: HttpRequest, feed: Feed | _File) -> HttpResponse:
    response = _unless_known(request, feed)
    patch_cache_control(response, private=True, no_cache=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# --- The page --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def feeds(request: MemberRequest) -> HttpResponse:
    """One's addresses. A new one is shown here, once, and never again."""
    form = FeedForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        token = _add(request.user, form)
    except subscriptions.TooManyFeedsError:
        form.add_error("name", _("That is a lot of addresses. Please revoke one you do not need any more."))
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not token:
        messages.info(request, _("This address was made already. If it is lost, revoke it and make a new one."))
        return redirect("feeds:index")
    return _page(request, FeedForm(), new=New(form.cleaned_data["name"], token))


@members_only
@require_POST
def revoke(request: MemberRequest, number: int) -> HttpResponse:
    """Ends one of one's addresses."""
    found = get_object_or_404(request.user.calendar_feeds, pk=number)
    subscriptions.revoke_feed(found)
    messages.success(
        request, _("“%(name)s” is revoked. Calendars that read it find nothing any more.") % {"name": found}
    )
    return redirect("feeds:index")


@members_only
@require_POST
def by_mail(request: MemberRequest) -> HttpResponse:
    """Chooses mail instead of a feed, or not."""
    form = ByMailForm(request.POST)
    if not form.is_valid():
        return _page(request, FeedForm(), by_mail=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wanted = form.cleaned_data["by_mail"] == "yes"
    subscriptions.choose_mail(request.user, wanted, now=timezone.now())
    messages.success(request, _("Invitations come by mail.") if wanted else _("No invitations by mail."))
    return redirect("feeds:index")


@dataclass(frozen=True)
class New:
    """An address that was made a moment ago."""

    name: str
    token: str

    @property
    def all(self) -> str:
        return settings.SITE_URL + reverse("calendar:all", args=[self.token])

    @property
    def mine(self) -> str:
        return settings.SITE_URL + reverse("calendar:mine", args=[self.token])

    @property
    def all_apple(self) -> str:
        return _for_apple(self.all)

    @property
    def mine_apple(self) -> str:
        return _for_apple(self.mine)


def _for_apple(address: str) -> str:
    """A link that opens the calendar app by itself."""
    return "webcal" + address.removeprefix(urlsplit(address).scheme)


def _add(member: Member, form: FeedForm) -> str:
    """Makes the address, once however often the form is sent; returns its token, or "" if it was made before."""
    now, tokens = timezone.now(), []

    def create() -> CalendarFeed:
        feed, token = subscriptions.add_feed(member, form.cleaned_data["name"], now=now)
        tokens.append(token)
        return feed

    once(member, form.cleaned_data["key"], create=create, now=now)
    return tokens[0] if tokens else ""


def _page(
    request: MemberRequest,
    form: FeedForm,
    *,
    by_mail: ByMailForm | None = None,
    new: New | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = "yes" if MailCalendar.objects.filter(member=request.user).exists() else "no"
    context = {
        "form": form,
        "by_mail": by_mail or ByMailForm(initial={"by_mail": chosen}),
        "new": new,
        "feeds": request.user.calendar_feeds.all(),
    }
    return render_page(request, "sessions/feeds.html", context, status=status)
