"""Words out of office files: zips of XML, read member by member as a stream, never unpacked to a disk."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, BinaryIO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

# The members that hold words, by ending of the file's name; in the order of their numbers.
MEMBERS = {
    "docx": re.compile(r"word/(?:document|footnotes|endnotes)\.xml"),
    "pptx": re.compile(r"ppt/(?:slides/slide|notesSlides/notesSlide)(\d+)\.xml"),
    "xlsx": re.compile(r"xl/(?:sharedStrings|worksheets/sheet(\d+))\.xml"),
    "odt": re.compile(r"content\.xml"),
    "odp": re.compile(r"content\.xml"),
}
_TEXTS = {"t"}  # elements whose own text counts in Word, PowerPoint and Excel
_BREAKS = {"br", "cr", "tab", "line-break", "s"}
_PARAGRAPHS = {"p", "h", "si", "is"}


def paragraphs(content: BinaryIO, ending: str) -> Iterator[str]:
    """Yields the paragraphs of an office file; raises what zipfile and defusedxml raise for broken ones."""
    with zipfile.ZipFile(content) as archive:
        for name in _members(archive, MEMBERS[ending]):
            with archive.open(name) as member:
                yield from _paragraphs(member, all_text=ending.startswith("od"))


def _members(archive: zipfile.ZipFile, pattern: re.Pattern[str]) -> list[str]:
    found = [match for name in archive.namelist() if (match := pattern.fullmatch(name))]
    return [match[0] for match in sorted(found, key=_place)]


def _place(match: re.Match[str]) -> tuple[int, str]:
    """The tenth slide comes after the second; what has no number stands first."""
    number = match[1] if match.re.groups else None
    return int(number[:9]) if number else 0, match[0]


def _paragraphs(member: IO[bytes], *, all_text: bool) -> Iterator[str]:
    """OpenDocument writes its words between the tags (`all_text`), the others in elements of their own."""
    words: list[str] = []
    for _event, element in iterparse(member, forbid_dtd=True):
        name = _name(element)
        if name in _PARAGRAPHS:
            words += _all_text(element) if all_text else []
            if text := "".join(words).strip():
                yield text
            words.clear()
            element.clear()
        elif not all_text:
            words += [" "] if name in _BREAKS else [element.text or ""] if name in _TEXTS else []


def _all_text(element: Element) -> Iterator[str]:
    """Yields an element's text with a space for each break; an inner paragraph was read already and is empty."""
    yield element.text or ""
    for inner in element:
        yield from [" "] if _name(inner) in _BREAKS else _all_text(inner)
        yield inner.tail or ""


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
