"""One line an event, escaped, with the id of the request that caused it, and without what is secret."""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from types import TracebackType

from django.db import Error as DatabaseError

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# What stands in an address instead of a password: feeds, invitations, unsubscribing, sign-in elsewhere.
_IN_PATH = re.compile(r"(/(?:calendar|feed|unsubscribe|invitations?|join)/)[^/?#\s\"']+")
_IN_QUERY = re.compile(r"([?&](?:token|invitation|code|key|state|id_token|access_token|password)=)[^&#\s\"']+")
_SIGNED = re.compile(r"\b[\w-]{8,300}(?::[\w-]{4,12})?:[\w-]{27,100}\b")  # what django.core.signing writes

_TIME = "%Y-%m-%dT%H:%M:%S%z"
type _ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django tells of 4xx and 5xx answers when all middleware is done, but names the request.
        record.request_id = getattr(getattr(record, "request", None), "id", None) or request_id.get()
        return True


def escape(text: str) -> str:
    r"""Returns `text` without characters that could start a line or steer a terminal: `\n` is shown as `\\n`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def mask(text: str) -> str:
    """Returns `text` with `***` for the tokens and codes that stand in addresses."""
    for secret, left in ((_IN_PATH, r"\1***"), (_IN_QUERY, r"\1***"), (_SIGNED, "***")):
        text = secret.sub(left, text)
    return text


class _CarefulFormatter(logging.Formatter):
    """Writes tracebacks without the values that a database puts into its messages."""

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802
        return "\n".join(_told(ei[1])) if ei[1] else ""


class LineFormatter(_CarefulFormatter):
    """`2026-11-24T10:00:00 INFO logger [request] message`; a traceback stays on the same line, escaped."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s", _TIME)

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have cached its own, with everything in it
        return escape(mask(super().format(record)))


class JsonFormatter(_CarefulFormatter):
    """One JSON object a line, for log collectors."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": self.formatTime(record, _TIME),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": mask(record.getMessage()),
        }
        if record.exc_info:
            event["traceback"] = mask(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=True)


def _told(error: BaseException, *effects: BaseException) -> Iterator[str]:
    """Yields the lines of a traceback, the first cause first.

    PostgreSQL's "DETAIL" quotes the whole row, a reflection as well as a password's hash: of
    database errors only the first line of the message is told, which names constraint and table.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and cause not in effects:
        yield from _told(cause, error, *effects)
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    message = str(error)
    if isinstance(error, DatabaseError) or _is_drivers(error):
        message = message.partition("\n")[0]
    yield f"{type(error).__qualname__}: {message}"


def _is_drivers(error: BaseException) -> bool:
    """Whether the database's driver raised this; asked by name, since only one of them is in use."""
    return type(error).__module__.partition(".")[0] in {"psycopg", "sqlite3"}
