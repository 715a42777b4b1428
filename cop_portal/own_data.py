"""The export of one's own data: a zip that gathers what each app has of one member."""

import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cop_portal.lib.own_data import Piece, as_markdown
from feedback.own_data import own_data as of_feedback
from library.own_data import own_data as of_library
from members.models import Member
from members.own_data import own_data as of_members
from practice.own_data import own_data as of_practice
from sessions.own_data import own_data as of_sessions

IN_MEMORY = 8 * 1024 * 1024  # bytes; what is larger goes to the disk
APPS = {
    "profile": of_members,
    "library": of_library,
    "sessions": of_sessions,
    "feedback": of_feedback,
    "practice": of_practice,
}


def export_of(member: Member, *, now: datetime) -> IO[bytes]:
    """Returns an open temporary file with the zip of all that is `member`'s, wound back to its start."""
    # Mostly small, then it needs no file; the answer closes it when it is sent.
    packed = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for piece in (_readme(member, now), *pieces_of(member)):
            _pack(archive, piece, now)
    packed.seek(0)
    return packed


def pieces_of(member: Member) -> Iterator[Piece]:
    """Yields what all apps have of `member`, each below a folder of its own."""
    for folder, own_data in APPS.items():
        for piece in own_data(member):
            yield Piece(f"{folder}/{piece.path}", piece.content)


def _readme(member: Member, now: datetime) -> Piece:
    day = date_format(timezone.localtime(now), _("j F Y, H:i"))
    what = _("All that the portal has of %(name)s, as of %(day)s.") % {"name": member.name, "day": day}
    how = _("Texts are Markdown, facts are JSON, files are as you uploaded them. Moments are in UTC.")
    feedback = _("What you said in anonymous feedback is not here: nobody can tell which words are yours.")
    return as_markdown("README.md", _("Your data"), what, how, feedback)


def _pack(archive: zipfile.ZipFile, piece: Piece, now: datetime) -> None:
    info = zipfile.ZipInfo(piece.path, date_time=now.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    if isinstance(piece.content, str):
        archive.writestr(info, piece.content)
        return
    try:
        stored = piece.content()
    except FileNotFoundError:  # a backup may have lost it; the rest is still theirs
        archive.writestr(f"{piece.path}.missing.txt", _("This file could not be found any more.") + "\n")
        return
    with stored, archive.open(info, "w") as target:
        shutil.copyfileobj(stored, target)
