"""Which errors say that the database is away, and which that there is no room left."""

import errno
import sqlite3
import sys

from django.db import InterfaceError, OperationalError


def outages(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """Returns the errors to catch, with `more`; the pool's own is among them where a pool is in use.

    The pool's package is not imported for this: without PostgreSQL nobody needs it.
    """
    pool = sys.modules.get("psycopg_pool")
    return (*more, OperationalError, InterfaceError, *((pool.PoolTimeout,) if pool else ()))


def is_full(error: BaseException | None) -> bool:
    """Whether the disk is full, for a file or for the database on it."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
