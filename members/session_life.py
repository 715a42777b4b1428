"""How long a sign-in lasts: 14 days without a visit (settings.SESSION_COOKIE_AGE), 30 days at most."""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

LONGEST = timedelta(days=30)
TOUCH_EVERY = timedelta(days=1)  # a visit writes no more often than this
BEGAN, SEEN = "signed_in_at", "seen_at"


def begin(session: SessionBase, *, now: datetime) -> None:
    """Notes in `session` that somebody signed in at `now` (aware)."""
    session[BEGAN] = session[SEEN] = now.isoformat()


def is_over(session: SessionBase, *, now: datetime) -> bool:
    """Whether the sign-in kept in `session` is older than it may become."""
    return BEGAN in session and now - datetime.fromisoformat(session[BEGAN]) >= LONGEST


def began_within(session: SessionBase, span: timedelta, *, now: datetime) -> bool:
    """Whether somebody signed in no longer than `span` ago."""
    return BEGAN in session and now - datetime.fromisoformat(session[BEGAN]) <= span


def touch(session: SessionBase, *, now: datetime) -> bool:
    """Notes a visit at `now`, at most daily, which moves the end of the session; returns whether it wrote."""
    if BEGAN not in session:
        begin(session, now=now)
        return True
    if now - datetime.fromisoformat(session[SEEN]) < TOUCH_EVERY:
        return False
    session[SEEN] = now.isoformat()
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=now)
    return True


def on_signed_in(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Receives Django's `user_logged_in`, whichever way somebody signed in."""
    begin(request.session, now=timezone.now())
