"""Writing the charter, and noting who has read it."""

from datetime import datetime

from django.db import transaction

from cop_portal.lib.markdown import RENDERER_VERSION
from cop_portal.lib.markdown_field import MarkdownText
from members.charters import CharterVersion
from members.models import Community, Member


class CharterChangedError(Exception):
    """Somebody else wrote a version since this one was begun."""


@transaction.atomic
def write_charter(text: MarkdownText, *, note: str, onto: int, by: Member, now: datetime) -> CharterVersion:
    """Returns the new version, which every member is shown once; the same text as before makes none.

    `onto` is the number of the version it was made from; raises CharterChangedError when it is not the last.
    """
    Community.objects.get_or_create(pk=Community.current().pk)
    community = Community.objects.select_for_update().get()
    present = CharterVersion.objects.first()
    if present and present.text == text:
        return present
    if onto != community.charter_version:
        raise CharterChangedError
    version = CharterVersion.objects.create(
        number=community.charter_version + 1,
        text=str(text),
        html=text.html,
        html_version=RENDERER_VERSION,
        note=note,
        by=by,
        written_at=now,
    )
    Community.objects.update(charter_version=version.number)
    note_read(by, version.number)
    return version


def note_read(member: Member, number: int) -> None:
    """Notes that `member` has read the charter up to version `number`."""
    Member.objects.filter(pk=member.pk, charter_seen__lt=number).update(charter_seen=number)
