"""The zip of our own export: a Markdown file a material, and its files beside it."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from library.importing.entries import Entry, UnreadableFileError
from library.importing.front_matter import Budget, TooMuchError, read
from library.importing.said import said_in, text_of

FOLDER, FILES = "materials", "files"
MAX_MEMBERS, MAX_TEXT, MAX_TEXTS = 20_000, 4 * 1024 * 1024, 48 * 1024 * 1024  # the texts in bytes: each, and all
_MATERIAL = re.compile(rf"(?:[^/]+/)?{FOLDER}/[^/]+\.md")
MAX_NODES = 400_000  # of all front matters together
_NUMBER = re.compile(r"[0-9]+")
_TEXTS = (
    "kind", "title", "summary", "address", "medium", "minutes", "nature", "outcome", "repeat", "by", "shown_as",
    "audience", "published", "review", "sha256",
)  # fmt: skip
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of these alone can be taken out as little as one wants


def entries(content: BinaryIO) -> Iterator[Entry]:
    """Yields the materials of an archive in the order of their numbers; raises UnreadableFileError."""
    try:
        with zipfile.ZipFile(content) as archive:
            members = [info for info in archive.infolist() if _MATERIAL.fullmatch(info.filename)]
            if not members or len(archive.infolist()) > MAX_MEMBERS:
                raise UnreadableFileError(_("There are no materials in this zip."))
            left, budget = MAX_TEXTS, Budget(MAX_NODES)
            for info in sorted(members, key=lambda info: _place(info.filename)):
                yield _entry(archive, info, min(MAX_TEXT, left), budget)
                left -= min(info.file_size, left)
    except _BROKEN:
        raise UnreadableFileError(_("This zip cannot be read.")) from None


def member(content: BinaryIO, path: str, most: int) -> bytes:
    """Returns one file of an archive; raises ValueError where it is not there, broken or larger than `most` bytes."""
    try:
        with zipfile.ZipFile(content) as archive:
            return _read(archive, archive.getinfo(path), most)
    except (KeyError, *_BROKEN) as error:
        raise ValueError(path) from error


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """Returns one file, of which never more than `most` bytes are unpacked, whatever the archive says of its size."""
    if info.file_size > most or info.compress_type not in _WAYS:
        raise ValueError(info.filename)
    with archive.open(info) as source:
        data = source.read(most + 1)
    if len(data) > most:
        raise ValueError(info.filename)
    return data


def _place(name: str) -> tuple[int, str]:
    number = _NUMBER.match(name.rpartition("/")[2])
    return int(number[0][:18]) if number else 0, name


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int, budget: Budget) -> Entry:
    name = text_of(info.filename.rpartition("/")[2])
    if info.file_size > most:
        return Entry("article", name, problem=_("This text is too long."))
    try:
        head, body = read(_read(archive, info, most).decode("utf-8-sig"), budget)
        return _from_head(head, text_of(body), info.filename.partition(f"{FOLDER}/")[0])
    except TooMuchError:
        return Entry("article", name, problem=_("This text is too long."))
    except _BROKEN:
        return Entry("article", name, problem=_("There is nothing before the text that says what it is."))


def _from_head(head: dict[str, Any], body: str, prefix: str) -> Entry:
    """Whatever stands there, texts become texts and lists of texts; the forms see to the rest."""
    texts = {name: text_of(head.get(name)) for name in _TEXTS}
    answers = head.get("answers")
    return Entry(
        **texts,
        body=body,
        tags=_list(head.get("tags")),
        principles=_list(head.get("principles")),
        answers={text_of(key): text_of(value) for key, value in answers.items()} if isinstance(answers, dict) else {},
        **_became(head.get("became")),
        said=said_in(head),
        draft=head.get("draft") is True,
        files=[f"{prefix}{path}" for path in _list(head.get("files"))],
    )


def _became(value: object) -> dict[str, str]:
    found = value if isinstance(value, dict) else {"text": value}
    return {"became": text_of(found.get("text")), "became_at": text_of(found.get("at"))}


def _list(value: object) -> list[str]:
    """Whoever writes by hand may name the only one without making a list of it."""
    many = value[:50] if isinstance(value, list) else [value]
    return [text for text in map(text_of, many) if text.strip()]
