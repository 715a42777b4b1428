"""One thing that a file brings along, before anything is stored. Imports no model."""

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_ROWS = 2_000  # of one file


class UnreadableFileError(Exception):
    """The file is not what its name says; `str()` tells the member why."""


@dataclass
class Entry:
    """A material to be. `problem` says, in the member's language, why it cannot become one."""

    kind: str
    title: str
    summary: str = ""
    body: str = ""
    tags: list[str] = field(default_factory=list)
    principles: list[str] = field(default_factory=list)
    address: str = ""
    medium: str = ""
    minutes: str = ""
    nature: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    outcome: str = ""
    repeat: str = ""
    by: str = ""
    shown_as: str = ""
    audience: str = ""
    became: str = ""
    became_at: str = ""
    review: str = ""
    draft: bool = False
    published: str = ""
    files: list[str] = field(default_factory=list)  # paths in an archive, oldest version first
    sha256: str = ""  # of the newest of them, as it was sent first
    said: dict[str, Any] = field(default_factory=dict)  # by others, see `said_in`
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """Returns what a row of the database keeps of it."""
        return {name: value for name, value in asdict(self).items() if value and name != "problem"}
