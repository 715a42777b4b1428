"""Which files the library takes, told by their content. Imports no Django model.

The name's ending says what a file claims to be, its first bytes whether it is: nothing else is accepted.
Office files are zips; they are looked into, never unpacked.
"""

import codecs
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_noop

MAX_UNPACKED = 200 * 1024 * 1024  # bytes that an office file may declare
MAX_MEMBERS = 5_000
_HEAD = 1024
_CHUNK = 1024 * 1024


class RefusedFileError(Exception):
    """The library does not take this file; `words` says why, in English and to be translated."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


WRONG_KIND = gettext_noop("This kind of file is not accepted.")
TOO_MUCH_INSIDE = gettext_noop("This file holds too much to be opened safely.")


@dataclass(frozen=True)
class FileType:
    """How a kind of file is named, recognised and served."""

    label: str
    media_type: str
    family: str  # pdf, picture, text or office
    starts: tuple[bytes, ...] = ()
    main: str = ""  # the member that makes a zip this kind of office file

    @property
    def is_inline(self) -> bool:
        """Whether a browser may show it; all else is downloaded."""
        return self.family in {"pdf", "picture"}


def _office(label: str, kind: str, main: str) -> FileType:
    return FileType(label, f"application/vnd.openxmlformats-officedocument.{kind}", "office", (b"PK\x03\x04",), main)


def _open_document(label: str, kind: str) -> FileType:
    return FileType(label, f"application/vnd.oasis.opendocument.{kind}", "office", (b"PK\x03\x04",))


TYPES: dict[str, FileType] = {
    "pdf": FileType("PDF", "application/pdf", "pdf", (b"%PDF-",)),
    "png": FileType("PNG", "image/png", "picture", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": FileType("JPEG", "image/jpeg", "picture", (b"\xff\xd8\xff",)),
    "jpeg": FileType("JPEG", "image/jpeg", "picture", (b"\xff\xd8\xff",)),
    "gif": FileType("GIF", "image/gif", "picture", (b"GIF87a", b"GIF89a")),
    "webp": FileType("WebP", "image/webp", "picture", (b"RIFF",)),
    "md": FileType("Markdown", "text/markdown; charset=utf-8", "text"),
    "txt": FileType("Text", "text/plain; charset=utf-8", "text"),
    "csv": FileType("CSV", "text/csv; charset=utf-8", "text"),
    "docx": _office("Word", "wordprocessingml.document", "word/document.xml"),
    "pptx": _office("PowerPoint", "presentationml.presentation", "ppt/presentation.xml"),
    "xlsx": _office("Excel", "spreadsheetml.sheet", "xl/workbook.xml"),
    "odt": _open_document("OpenDocument", "text"),
    "odp": _open_document("OpenDocument", "presentation"),
}


def ending_of(name: str) -> str:
    """Returns what follows the last dot, in small letters; "" without a dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def type_of(name: str) -> FileType | None:
    return TYPES.get(ending_of(name))


def checked_type(name: str, content: BinaryIO) -> FileType:
    """Returns what the file is; raises RefusedFileError where content and name disagree or neither is accepted."""
    found = type_of(name)
    content.seek(0)
    head = content.read(_HEAD)
    if found is None or not head or (found.starts and not head.startswith(found.starts)):
        raise RefusedFileError(WRONG_KIND)
    if found.media_type == "image/webp" and head[8:12] != b"WEBP":
        raise RefusedFileError(WRONG_KIND)
    if found.family == "text":
        _check_text(content)
    elif found.family == "office":
        _check_office(found, content)
    return found


def _check_text(content: BinaryIO) -> None:
    """UTF-8 without NUL, and nothing that a browser would take for a page or a drawing."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    content.seek(0)
    start = ""
    try:
        while chunk := content.read(_CHUNK):
            if b"\0" in chunk:
                raise RefusedFileError(WRONG_KIND)
            text = decoder.decode(chunk)
            start = start or text.lstrip()[:_HEAD].lower()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise RefusedFileError(WRONG_KIND) from None
    if start.startswith(("<!doctype", "<html", "<svg", "<?xml", "<script", "<head", "<body")):
        raise RefusedFileError(WRONG_KIND)


def _check_office(found: FileType, content: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(content) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise RefusedFileError(TOO_MUCH_INSIDE)
            names = {member.filename for member in members}
            is_office = _is_open_xml(found, names) if found.main else _is_open_document(found, archive)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        raise RefusedFileError(WRONG_KIND) from None
    if not is_office:
        raise RefusedFileError(WRONG_KIND)


def _is_open_xml(found: FileType, names: set[str]) -> bool:
    """Macros have endings of their own; under these they are somebody's trick."""
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return {"[Content_Types].xml", found.main} <= names and not has_macros


def _is_open_document(found: FileType, archive: zipfile.ZipFile) -> bool:
    """The first member is its type, not packed, so that it stands near the first byte."""
    first = archive.infolist()[0] if archive.infolist() else None
    if first is None or first.filename != "mimetype" or first.file_size > len(found.media_type):
        return False
    return first.compress_type == zipfile.ZIP_STORED and archive.read(first) == found.media_type.encode()
