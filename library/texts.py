"""The text of stored files, for the search: read once, beside the request that brought the file."""

import logging
import shutil
import tempfile

from django.core.files.storage import default_storage
from django.db import transaction

from library.indexing import index_materials
from library.media import ending_of, type_of
from library.models import Attachment
from library.reading.run import UnreadableError, text_of

logger = logging.getLogger(__name__)

AT_ONCE = 20  # files in one round of the worker
READ, UNREADABLE = Attachment.TextState.READ, Attachment.TextState.UNREADABLE


def read_waiting(at_once: int = AT_ONCE) -> bool:
    """Reads up to `at_once` files that wait; returns whether others still do.

    A file whose storage is away stays waiting, and the tick asks again.
    """
    waiting = Attachment.objects.filter(text_state=Attachment.TextState.WAITING).order_by("uploaded_at", "pk")
    files = list(waiting.defer("text")[: at_once + 1])
    for attachment in files[:at_once]:
        try:
            read_text(attachment)
        except Exception:
            logger.exception("The file of attachment %d could not be fetched.", attachment.pk)
    return len(files) > at_once


def read_text(attachment: Attachment) -> None:
    """Reads one file and lets the search find its words; raises what the storage raises where it is away."""
    text, state = _read(attachment)
    with transaction.atomic():
        waiting = Attachment.objects.filter(pk=attachment.pk, text_state=Attachment.TextState.WAITING)
        if waiting.update(text=text, text_state=state):
            index_materials([attachment.material_id])


def _read(attachment: Attachment) -> tuple[str, str]:
    found = type_of(attachment.name)
    if found is None or found.family == "picture":
        return "", READ
    try:
        with tempfile.TemporaryFile() as copy, default_storage.open(attachment.file.name or "", "rb") as stored:
            shutil.copyfileobj(stored, copy)
            copy.flush()
            return text_of(copy, ending_of(attachment.name)), READ
    except (UnreadableError, FileNotFoundError):
        return "", UNREADABLE
