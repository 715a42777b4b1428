"""Files that no row names: what a kill between a file and its row leaves behind, on either side."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import batched

from django.core.files.storage import FileSystemStorage, default_storage, storages

from library.models import Attachment, Import
from library.storing import FOLDER
from members.models import Beat

logger = logging.getLogger(__name__)

GRACE = timedelta(hours=1)  # a file is stored before its row is; no request takes that long
EVERY = timedelta(hours=1)  # where asking what is stored is a request to another server, and costs
BATCH = 500
SUSPICIOUS = 20


def sweep_files(now: datetime) -> int:
    """Deletes files that no row names and that are older than an hour; returns how many.

    More of them than named ones is no accident of ours, it is another portal's folder or another
    database: they are left alone, and the log says so.
    """
    if not (_is_local() or Beat.take("sweep of files", now, now + EVERY)):
        return 0
    stored = list(_stored())
    named = {name for names in batched(stored, BATCH) for name in _named(names)}
    left = [name for name in stored if name not in named and _is_old(name, now)]
    if len(left) > max(SUSPICIOUS, len(named)):
        logger.error("%d stored files have no row, %d have one: is this the right database? Nothing was deleted.",
                     len(left), len(named))  # fmt: skip
        return 0
    for name in left:
        default_storage.delete(name)
    return len(left)


def _is_local() -> bool:
    return isinstance(storages["default"], FileSystemStorage)


def _stored() -> Iterator[str]:
    """Yields the names of all files of the library."""
    for folder in _listed(FOLDER)[0]:
        for name in _listed(f"{FOLDER}/{folder}")[1]:
            yield f"{FOLDER}/{folder}/{name}"


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []


def _named(names: tuple[str, ...]) -> set[str]:
    rows = (model.objects.filter(file__in=names).values_list("file", flat=True) for model in (Attachment, Import))
    return {str(name) for found in rows for name in found}


def _is_old(name: str, now: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < now - GRACE
    except FileNotFoundError:  # another process was faster
        return False
