"""What others said about a material, as the front matter of an archive lists it. Imports no model."""

from datetime import UTC, date, datetime, time
from typing import Any

MOST = 1_000  # of each list; what stands behind them is left out, and counted
MAX_COMMENT, MAX_NOTE, MAX_NAME, MAX_HELPED = 10_000, 2_000, 200, 1_000_000
CHOICES = frozenset({"borrow", "adapt", "leave"})
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_NO_TEXT = dict.fromkeys([0, *range(0xD800, 0xE000)])  # what no database keeps


def text_of(value: object) -> str:
    """Returns a text without what no database keeps; "" for what is none."""
    return "" if value is None or isinstance(value, (dict, list, set, bytes)) else str(value).translate(_NO_TEXT)


def moment_of(value: object) -> datetime | None:
    """Returns a moment, of which a bare day is the first, and no zone is UTC; None for what cannot be one."""
    try:
        found = datetime.combine(value, time.min) if type(value) is date else value
        found = found if isinstance(found, datetime) else datetime.fromisoformat(text_of(found).strip())
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if EARLIEST <= found < LATEST else None


def said_in(head: dict[str, Any]) -> dict[str, Any]:
    """Returns `by`, `helped`, `comments`, `adaptations` and `left_out` of a front matter, without what is empty.

    `left_out` counts what the lists have and nobody can read.
    """
    comments, bad = _list(head.get("comments"), _comment)
    adaptations, worse = _list(head.get("adaptations"), _adaptation)
    helped = head.get("helped")
    found = {
        "by": _name(head.get("by_elsewhere")),
        "helped": helped if type(helped) is int and 0 < helped <= MAX_HELPED else 0,
        "comments": comments,
        "adaptations": adaptations,
        "left_out": bad + worse,
    }
    return {name: value for name, value in found.items() if value}


def without_name(said: dict[str, Any], name: str, instead: str) -> dict[str, Any]:
    """Returns the same with `instead` wherever somebody called `name` said it."""
    comments = [{**one, "by": named_otherwise(one.get("by", ""), name, instead)} for one in said.get("comments", [])]
    by = named_otherwise(said.get("by", ""), name, instead)
    return said | _short(by=by, comments=[_short(**one) for one in comments])


def named_otherwise(by: str, name: str, instead: str) -> str:
    """Returns `instead` for `name`, alone or with a team behind it, and any other byline as it is."""
    return instead if by == name or by.startswith(f"{name} · ") else by


def _list(value: object, read: Any) -> tuple[list[dict[str, Any]], int]:
    if value in (None, "", []):
        return [], 0
    if not isinstance(value, list):
        return [], 1
    found = [one for one in map(read, value[:MOST]) if one]
    return found, len(value) - len(found)


def _comment(value: object) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    text = text_of(value.get("text"))
    if not text.strip() or len(text) > MAX_COMMENT:
        return None
    return _short(by=_name(value.get("by")), at=_at(value), text=text, edited=value.get("edited") is True)


def _adaptation(value: object) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    choice, note = text_of(value.get("choice")), text_of(value.get("note"))
    choice = choice if choice in CHOICES else ""
    if not (choice or note.strip()) or len(note) > MAX_NOTE:
        return None
    return _short(team=_name(value.get("team")), choice=choice, note=note, at=_at(value))


def _short(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _name(value: object) -> str:
    return " ".join(text_of(value)[:MAX_NAME].split())


def _at(value: dict[str, Any]) -> str:
    found = moment_of(value.get("at"))
    return found.isoformat() if found else ""
