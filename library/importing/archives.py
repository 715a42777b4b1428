"""The zip of our own export: a Markdown file a material, and its files beside it."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from library.importing.entries import Entry, UnreadableFileError
from library.importing.front_matter import read

FOLDER, FILES = "materials", "files"
MAX_MEMBERS, MAX_TEXT, MAX_TEXTS = 20_000, 2 * 1024 * 1024, 48 * 1024 * 1024  # the texts in bytes: each, and all
_MATERIAL = re.compile(rf"(?:[^/]+/)?{FOLDER}/[^/]+\.md")
_NUMBER = re.compile(r"[0-9]+")
_TEXTS = (
    "kind", "title", "summary", "address", "medium", "minutes", "nature", "outcome", "repeat", "by", "shown_as",
    "audience", "published", "sha256",
)  # fmt: skip
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of these alone can be taken out as little as one wants
_NO_TEXT = dict.fromkeys([0, *range(0xD800, 0xE000)])  # what no database keeps


def entries(content: BinaryIO) -> Iterator[Entry]:
    """Yields the materials of an archive in the order of their numbers; raises UnreadableFileError."""
    try:
        with zipfile.ZipFile(content) as archive:
            members = [info for info in archive.infolist() if _MATERIAL.fullmatch(info.filename)]
            if not members or len(archive.infolist()) > MAX_MEMBERS:
                raise UnreadableFileError(_("There are no materials in this zip."))
            left = MAX_TEXTS
            for info in sorted(members, key=lambda info: _place(info.filename)):
                yield _entry(archive, info, min(MAX_TEXT, left))
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


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> Entry:
    name = info.filename.rpartition("/")[2].translate(_NO_TEXT)
    if info.file_size > most:
        return Entry("article", name, problem=_("This text is too long."))
    try:
        head, body = read(_read(archive, info, most).decode("utf-8-sig"))
        return _from_head(head, body.translate(_NO_TEXT), info.filename.partition(f"{FOLDER}/")[0])
    except _BROKEN:
        return Entry("article", name, problem=_("There is nothing before the text that says what it is."))


def _from_head(head: dict[str, Any], body: str, prefix: str) -> Entry:
    """Whatever stands there, texts become texts and lists of texts; the forms see to the rest."""
    texts = {name: _text(head.get(name)) for name in _TEXTS}
    answers = head.get("answers")
    return Entry(
        **texts,
        body=body,
        tags=_list(head.get("tags")),
        principles=_list(head.get("principles")),
        answers={_text(key): _text(value) for key, value in answers.items()} if isinstance(answers, dict) else {},
        draft=head.get("draft") is True,
        files=[f"{prefix}{path}" for path in _list(head.get("files"))],
    )


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value).translate(_NO_TEXT)


def _list(value: object) -> list[str]:
    return [_text(one) for one in value[:50] if _text(one)] if isinstance(value, list) else []
