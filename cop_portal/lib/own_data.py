"""What a member takes along when they export their data: files for a zip, which each app adds to.

`own_data(member)` of an app yields pieces; `cop_portal.own_data` packs them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from django.utils.text import slugify

LONGEST_NAME = 60


@dataclass(frozen=True)
class Piece:
    """One file: its path in the zip (unique within its app) and what it holds, or what opens it where it is stored."""

    path: str
    content: str | Callable[[], BinaryIO]


def as_json(path: str, value: Any) -> Piece:
    """Returns a JSON file for programs and people; moments are written as in ISO 8601."""
    return Piece(path, json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def as_markdown(path: str, title: str, *parts: str) -> Piece:
    """Returns a Markdown file with a title; empty parts are left out."""
    return Piece(path, "\n\n".join([f"# {title}", *(part.strip() for part in parts if part.strip())]) + "\n")


def file_name(number: int, words: str, ending: str) -> str:
    """Returns a name that every file system takes and that no other row has: `12-first-words.md`."""
    slug = slugify(words, allow_unicode=True)[:LONGEST_NAME].strip("-")
    return f"{number}-{slug}.{ending}" if slug else f"{number}.{ending}"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
