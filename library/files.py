"""The one way in for files: checked, hashed, cleaned. The one way out stands in `library.file_views`."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cop_portal.lib.text import clean_name
from library.media import FileType, checked_type
from library.models import Attachment, Material
from library.pictures import rewritten
from library.reading.limits import MAX_CHARACTERS
from library.storing import stored_name
from library.tasks import ask_reader
from members.models import Member

MAX_NAME, MAX_ENDING = 120, 10  # characters
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('/\\:*?"<>|', " "))


@dataclass(frozen=True)
class AcceptedFile:
    """A file that passed every check. `content` is what is stored, `sha256` that of what was sent."""

    name: str
    type: FileType
    content: File[bytes]
    sha256: str


def accept(upload: UploadedFile[Any]) -> AcceptedFile:
    """Returns the file as the library keeps it; raises RefusedFileError.

    A picture is written anew; everything else is kept byte by byte.
    """
    name = shown_name(upload.name or "")
    found = checked_type(name, upload)  # type: ignore[arg-type]
    sha256 = _hash(upload)
    if found.family == "picture":
        return AcceptedFile(name, found, ContentFile(rewritten(upload, found.media_type).read()), sha256)  # type: ignore[arg-type]
    return AcceptedFile(name, found, upload, sha256)


def shown_name(name: str) -> str:
    """Returns the name that readers see: one line without path, control or bidirectional characters."""
    cleaned = clean_name(name.replace("\\", "/").rpartition("/")[2]).translate(_NOT_IN_NAMES)
    stem, dot, ending = " ".join(cleaned.split()).rstrip(". ").rpartition(".")
    if not (dot and ending.isascii() and ending.isalnum() and len(ending) <= MAX_ENDING):
        return " ".join(f"{stem} {ending}".replace(".", " ").split())[:MAX_NAME].rstrip() or _("file")
    stem = stem.strip(". ")[: MAX_NAME - len(ending) - 1].rstrip(". ") or _("file")
    return f"{stem}.{ending.lower()}"


def title_from(name: str) -> str:
    """Returns a title that a file's name suggests: `asking_first-v2.pdf` gives "Asking first v2"."""
    stem = shown_name(name).rpartition(".")[0] or name
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:]


def too_large_words(name: str) -> str:
    """Returns what to say of a file that was stopped while it came in."""
    return _("%(name)s is larger than %(limit)d MB.") % {"name": shown_name(name), "limit": settings.UPLOAD_MAX_MB}


def attach(
    material: Material, file: AcceptedFile, *, by: Member, now: datetime, stored: list[str] | None = None
) -> Attachment:
    """Stores a further version of the material's file, in the caller's transaction.

    The stored file's name is added to `stored` before its first byte is: should the disk be full or the
    transaction fail, its caller takes it away.
    """
    last = material.attachments.order_by("-number").first()
    attachment = Attachment(
        material=material,
        number=last.number + 1 if last else 1,
        name=file.name,
        media_type=file.type.media_type,
        size=file.content.size,
        sha256=file.sha256,
        uploaded_by=by,
        uploaded_at=now,
        **_text_of(file),
    )
    name = stored_name(attachment, file.name)
    if stored is not None:
        stored.append(name)
    file.content.seek(0)
    attachment.file.name = default_storage.save(name, file.content)
    attachment.save()
    if attachment.text_state == Attachment.TextState.WAITING:
        transaction.on_commit(ask_reader, robust=True)
    return attachment


def _text_of(file: AcceptedFile) -> dict[str, str]:
    """What the search reads of a file that is text itself; the others wait for a process of their own."""
    if file.type.family == "picture":
        return {"text_state": Attachment.TextState.READ}
    if file.type.family != "text":
        return {}
    file.content.seek(0)
    text = file.content.read().decode("utf-8-sig", "replace").replace("\0", "")
    return {"text": text[:MAX_CHARACTERS], "text_state": Attachment.TextState.READ}


def _hash(upload: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
