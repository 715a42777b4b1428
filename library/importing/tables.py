"""Tables as CSV: whatever program wrote them, the first line names the columns."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from library.importing.entries import Entry, UnreadableFileError

_NAMES = {
    "title": {"title", "name", "titel"},
    "address": {"address", "url", "link", "href", "adresse"},
    "summary": {"summary", "description", "note", "notes", "zusammenfassung", "beschreibung"},
    "body": {"text", "body", "content"},
    "tags": {"tags", "labels", "tag", "schlagworte"},
    "kind": {"kind", "type", "art"},
    "medium": {"medium"},
    "minutes": {"minutes", "minuten"},
    "principles": {"principles", "prinzipien"},
}
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_LONGEST = 200_000  # characters of one cell


def entries(text: str) -> Iterator[Entry]:
    """Yields an entry a line; raises UnreadableFileError where no line names a title or an address."""
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        columns = _columns(next(reader, []))
        if not {"title", "address"} & set(columns.values()):
            raise UnreadableFileError(_("The first line has to name the columns: title, address, tags."))
        for line in reader:
            if any(cell.strip() for cell in line):
                yield _entry({columns[n]: _plain(cell) for n, cell in enumerate(line) if n in columns})
    except csv.Error:
        raise UnreadableFileError(_("This table cannot be read.")) from None


def _delimiter(text: str) -> str:
    """The sign that the first line has most of."""
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _columns(head: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for number, name in enumerate(head):
        known = next((key for key, names in _NAMES.items() if name.strip().casefold() in names), None)
        if known and known not in found.values():
            found[number] = known
    return found


def _plain(cell: str) -> str:
    """Takes back the `'` that our own export puts before what a spreadsheet would take for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].strip()[:1] in _FORMULA else cell


def _entry(cells: dict[str, str]) -> Entry:
    address = cells.get("address", "").strip()
    kind = cells.get("kind", "").strip().casefold() or ("link" if address else "article")
    entry = Entry(
        kind=kind,
        title=cells.get("title", ""),
        summary=cells.get("summary", ""),
        body=cells.get("body", ""),
        tags=_parts(cells.get("tags", "")),
        principles=_parts(cells.get("principles", "")),
        address=address if kind == "link" else "",
        medium=cells.get("medium", "").strip().casefold(),
        minutes=cells.get("minutes", "").strip(),
    )
    if kind not in {"link", "article"}:
        entry.problem = _("A table brings links and articles; insights and files come in a zip.")
    return entry


def _parts(cell: str) -> list[str]:
    return [part for part in (name.strip() for name in cell.replace(";", ",").split(",")) if part]
