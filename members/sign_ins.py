"""Where a member is signed in: read, and ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from cop_portal.lib.browsers import browser_name
from members.models import Member


@dataclass(frozen=True)
class SignIn:
    """One browser that is signed in; the dates are aware."""

    pk: int
    key: str
    browser: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def sign_ins_of(member: Member, *, current_key: str | None, now: datetime) -> list[SignIn]:
    """Returns where `member` is signed in, this browser first, then the latest; two queries, and nothing is written."""
    noted = {row.session_key: row for row in UserSession.objects.filter(user=member)}
    alive = Session.objects.filter(session_key__in=noted, expire_date__gt=now)
    found = [_sign_in(noted[row.session_key], current_key) for row in alive if _counts(row, member)]
    return sorted(found, key=lambda one: (one.is_current, one.began_at), reverse=True)


@transaction.atomic
def end_sign_ins(sign_ins: Iterable[SignIn]) -> None:
    """Signs those browsers out; their cookies are dead at once."""
    keys = [one.key for one in sign_ins]
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()


def _counts(session: Session, member: Member) -> bool:
    """A session from before a change of the password is still stored, but opens nothing."""
    return constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), member.get_session_auth_hash())


def _sign_in(row: UserSession, current_key: str | None) -> SignIn:
    return SignIn(
        pk=row.pk,
        key=row.session_key,
        browser=browser_name(row.user_agent) or _("A browser"),
        address=row.ip,
        began_at=row.created_at,
        seen_at=row.last_seen_at,
        is_current=row.session_key == current_key,
    )
