"""How often something may be tried: by a member, from a network, for a typed mail address.

A count is one statement in the database, so that no two tries at once are counted as one. It is
written outside any transaction, so that a request that fails afterwards has been counted.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from cop_portal.lib.network import client_ip, network_of
from members.guards import Limit

type View = Callable[..., HttpResponseBase]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True)
class LimitRule:
    """`amount` tries in a window of `seconds`, which opens with the first of them."""

    amount: int
    seconds: int
    only_writes: bool = False


LIMITS = {
    "sign-in": LimitRule(5, 5 * _MINUTE),  # failures only; for the typed address, and from a network
    "code": LimitRule(5, 5 * _MINUTE),  # asking for one
    "proof": LimitRule(5, 5 * _MINUTE),  # trying one
    "reset": LimitRule(5, 5 * _MINUTE),
    "sign-up": LimitRule(5, 5 * _MINUTE),
    "door": LimitRule(60, 5 * _MINUTE),  # these four together, from one network: a whole office
    "account": LimitRule(10, 5 * _MINUTE),  # a member's own password, address, second factor
    "invitation": LimitRule(20, _DAY),
    "write": LimitRule(30, _MINUTE),
    "preview": LimitRule(120, _MINUTE),  # forms that store nothing, instead of "write"
    "visitor": LimitRule(60, _MINUTE),  # forms of people who are not signed in
    "search": LimitRule(60, _MINUTE),
    "upload": LimitRule(20, _HOUR, only_writes=True),
    "export": LimitRule(20, _HOUR),
    "own data": LimitRule(10, _HOUR, only_writes=True),
}


class TooManyTries(Exception):  # noqa: N818 -- it is no fault, and reads well where it is caught
    """A limit is reached; it opens again in `retry_after` seconds."""

    def __init__(self, name: str, retry_after: int) -> None:
        super().__init__(name)
        self.name, self.retry_after = name, retry_after


@dataclass(frozen=True)
class Verdict:
    """What came of one try; `key` and `ends` find its count again."""

    allowed: bool
    retry_after: int
    key: str = ""
    ends: int = 0


# The same in SQLite (from 3.35) and PostgreSQL. A window that has ended starts anew at 1.
_COUNT = """
    INSERT INTO members_limit ("key", "ends", "count") VALUES (%s, %s, 1)
    ON CONFLICT ("key") DO UPDATE SET
        "count" = CASE WHEN members_limit."ends" <= %s THEN 1 ELSE members_limit."count" + 1 END,
        "ends" = CASE WHEN members_limit."ends" <= %s THEN excluded."ends" ELSE members_limit."ends" END
    RETURNING "count", "ends"
"""


def hit(name: str, *keys: object, now: datetime) -> Verdict:
    """Counts one try of the limit `name` by whomever `keys` mean; says whether it is within the limit.

    Raises RuntimeError inside a transaction, with which the count would roll back.
    """
    if not settings.RATE_LIMITS:
        return Verdict(allowed=True, retry_after=0)
    _must_be_outside_transactions()
    rule, moment, key = LIMITS[name], int(now.timestamp()), _key(name, keys)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, moment + rule.seconds, moment, moment])
        count, ends = cursor.fetchone()
    return Verdict(count <= rule.amount, max(1, ends - moment), key, ends)


def check(name: str, *keys: object, now: datetime) -> Verdict:
    """Counts like `hit`; raises TooManyTries beyond the limit."""
    verdict = hit(name, *keys, now=now)
    if not verdict.allowed:
        raise TooManyTries(name, verdict.retry_after)
    return verdict


def forgive(verdicts: Iterable[Verdict]) -> None:
    """Takes back these tries, which turned out well; all others in their windows stay counted."""
    for verdict in verdicts:
        window = Limit.objects.filter(key=verdict.key, ends=verdict.ends, count__gt=0)
        window.update(count=models.F("count") - 1)


def forget_windows(now: datetime) -> int:
    """Deletes the counts of windows that have ended; returns how many."""
    return Limit.objects.filter(ends__lte=int(now.timestamp())).delete()[0]


def limited(name: str) -> Callable[[View], View]:
    """Decorates a view whose requests count by member, or by network where nobody is signed in.

    `@limited("search")` counts each request, `@limited("upload")` only forms that are sent.
    The decorator of rights stands above it, so that only those who may are counted.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not (LIMITS[name].only_writes and request.method in SAFE_METHODS):
                check(name, who(request), now=timezone.now())
            return view(request, *args, **kwargs)

        return counted

    return decorate


def counts_as(name: str) -> Callable[[View], View]:
    """Decorates a view whose forms store nothing, so that they count as `name` instead of "write"."""

    def decorate(view: View) -> View:
        view.counts_as = name  # type: ignore[attr-defined]
        return view

    return decorate


def who(request: HttpRequest) -> str:
    """Returns whose tries are counted: the member's, or those from a visitor's network."""
    if request.user.is_authenticated:
        return f"member:{request.user.pk}"
    return from_network(request)


def from_network(request: HttpRequest) -> str:
    """Returns the key for all that comes from the network of this request."""
    return f"from:{network_of(client_ip(request))}"


def _must_be_outside_transactions() -> None:
    if connection.in_atomic_block:
        with transaction.atomic(durable=True, savepoint=False):
            pass  # entering raises, but not in the transaction that a test runs in


def _key(name: str, keys: tuple[object, ...]) -> str:
    """Returns a short key, whatever was typed, that does not tell whom it is about."""
    text = "\0".join(map(str, keys)).encode("utf-8", "backslashreplace")
    return f"{name}:{hashlib.blake2b(text, key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()}"
