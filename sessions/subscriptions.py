"""The writes about calendars outside the portal: new addresses, revoked ones, mail instead."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from sessions.feeds import MOST_FEEDS, CalendarFeed, MailCalendar, hash_of, new_token


class TooManyFeedsError(Exception):
    """The member has as many addresses as one can keep an eye on."""


@transaction.atomic
def add_feed(member: Member, name: str, *, now: datetime) -> tuple[CalendarFeed, str]:
    """Returns a new address of `member` and its token, which cannot be read again. Raises TooManyFeedsError."""
    if member.calendar_feeds.count() >= MOST_FEEDS:
        raise TooManyFeedsError
    token = new_token()
    return CalendarFeed.objects.create(member=member, name=name, token_hash=hash_of(token), created_at=now), token


def revoke_feed(feed: CalendarFeed) -> None:
    """Makes an address lead nowhere, at once and for good."""
    feed.delete()


def choose_mail(member: Member, by_mail: bool, *, now: datetime) -> None:
    """Sends invitations by mail from now on, or no longer."""
    if by_mail:
        MailCalendar.objects.get_or_create(member=member, defaults={"since": now})
    else:
        MailCalendar.objects.filter(member=member).delete()
