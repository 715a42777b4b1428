"""Words out of PDFs."""

from collections.abc import Iterator
from typing import BinaryIO

from library.reading.limits import MAX_PAGES


class LockedError(Exception):
    """Only who knows the password can read it."""


def pages(content: BinaryIO) -> Iterator[str]:
    """Yields the text of the first pages; raises LockedError, and whatever pypdf raises for broken files.

    A page that cannot be read is left out, unless it is the only kind there is.
    """
    from pypdf import PdfReader

    reader = PdfReader(content)
    if reader.is_encrypted and not reader.decrypt(""):
        raise LockedError
    count, broken = min(len(reader.pages), MAX_PAGES), 0
    for number in range(count):
        try:
            yield reader.pages[number].extract_text()
        except (MemoryError, RecursionError):
            raise
        except Exception:
            broken += 1
            if broken == count:
                raise
