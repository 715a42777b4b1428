"""Which errors say that the database is away."""

import sys

from django.db import InterfaceError, OperationalError


def outages(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """Returns the errors to catch, with `more`; the pool's own is among them where a pool is in use.

    The pool's package is not imported for this: without PostgreSQL nobody needs it.
    """
    pool = sys.modules.get("psycopg_pool")
    return (*more, OperationalError, InterfaceError, *((pool.PoolTimeout,) if pool else ()))
