"""Tables as CSV files that no spreadsheet takes for formulas."""

import csv
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from cop_portal.lib.text import clean_name, is_zero_width

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # with the full-width twins, which some spreadsheets read alike
_BOM = "\ufeff"  # without it Excel reads the file as the local 8-bit charset, and "ü" as two letters


def safe_cell(value: object) -> object:
    """Returns what to write for `value`: numbers as they are, None as an empty text, all else as text.

    Text that starts, after spaces or zero-width characters, like a formula gets a `'` before it.
    """
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return value
    text = "" if value is None else str(value)
    start = next((char for char in text if char in _FORMULA or not (char.isspace() or is_zero_width(char))), "")
    return f"'{text}" if start in _FORMULA else text


def lines(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Yields the file: the byte order mark, then one chunk a row, in UTF-8 with CRLF.

    All text is quoted, so that a spreadsheet that separates by semicolons finds no cell inside a text.
    """
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_STRINGS)
    yield _BOM.encode()
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row]).encode("utf-8", "replace")


def csv_response(name: str, rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Returns the rows as a download called `<name>.csv`; rows are read while they are sent."""
    file_name = f"{re.sub(r'[/\\]', '-', clean_name(name)) or 'table'}.csv"
    return StreamingHttpResponse(
        lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, file_name)},
    )


class _Echo:
    """A file for csv.writer that hands back each line."""

    def write(self, line: str) -> str:
        return line
