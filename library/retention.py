"""What is not kept for ever."""

from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from library.models import Material

BIN_KEPT = timedelta(days=30)


def empty_bins(now: datetime) -> int:
    """Deletes for good what has been in a bin for 30 days, files included; returns how many.

    A file goes after its row. Killed between the two, or with the storage away, `library.sweeping` takes it.
    """
    gone = list(Material.objects.filter(binned_at__lt=now - BIN_KEPT).prefetch_related("attachments"))
    for material in gone:
        names = [attachment.file.name for attachment in material.attachments.all() if attachment.file.name]
        with transaction.atomic():
            material.delete()
            for name in names:
                transaction.on_commit(partial(default_storage.delete, name), robust=True)
    return len(gone)
