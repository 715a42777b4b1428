"""Imports: read and shown first, then added row by row, each row in a transaction of its own."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, cast

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.forms import Form
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from library import actions
from library.aftermath import ASKED, say_what_became
from library.files import accept
from library.forms import ArticleForm, FileForm, InsightForm, LinkForm, MaterialForm
from library.import_notes import (
    asked_answers,
    is_others,
    known_choice,
    known_principles,
    notes_on,
    origin_of,
    twin_notes,
)
from library.import_twins import key_of, known_keys, title_of
from library.importing import archives
from library.importing.entries import MOST_ROWS, Entry, UnreadableFileError
from library.importing.said import moment_of
from library.media import RefusedFileError
from library.models import Hearsay, Import, ImportRow, Insight, Link, Material, Principle
from library.reviews import REVIEW_AFTER
from library.storing import stored_name
from library.trace_forms import BecameForm
from library.uploads import MEGABYTE
from members.models import Member

logger = logging.getLogger(__name__)

READY, TWIN, BAD, ADDED = ImportRow.State.READY, ImportRow.State.TWIN, ImportRow.State.BAD, ImportRow.State.ADDED
MAX_SUMMARY, MAX_WORDS, MAX_SHOWN = 400, 1_000, 200
BATCH = 200
FORMS: dict[str, type[MaterialForm]] = {"article": ArticleForm, "link": LinkForm, "file": FileForm}


def begin_import(
    entries: Iterable[Entry], *, source: str, name: str, archive: bytes | None = None, by: Member, now: datetime
) -> Import:
    """Returns an import that waits for its member's word; raises UnreadableFileError, also where it is too much."""
    read = []
    for entry in entries:
        read.append(entry)
        if len(read) > MOST_ROWS:
            raise UnreadableFileError(_("At most %(n)d rows at a time, please.") % {"n": MOST_ROWS})
    if not read:
        raise UnreadableFileError(_("There is nothing in it that could be brought along."))
    rows = list(_rows(read, by))
    with transaction.atomic():
        new = Import(member=by, source=source, name=name, created_at=now)
        if archive is not None:
            new.file.name = default_storage.save(stored_name(new, name), ContentFile(archive))
        new.save()
        for row in rows:
            row.of = new
        ImportRow.objects.bulk_create(rows, batch_size=BATCH)
    return new


def _rows(entries: list[Entry], member: Member) -> Iterator[ImportRow]:
    known, principles = known_keys(entries, member), known_principles(entries)
    for number, entry in enumerate(entries, start=1):
        state, words = READY, entry.problem or _problem_of(entry)
        if words:
            state = BAD
        elif key_of(entry) in known:
            state, words = TWIN, twin_notes(entry)
        else:
            words = notes_on(entry, member, principles)
        known.add(key_of(entry))
        title = entry.title.strip() or entry.address
        yield ImportRow(
            number=number, state=state, title=title[:MAX_SHOWN], fields=entry.as_json(), words=words[:MAX_WORDS]
        )


def _problem_of(entry: Entry) -> str:
    """Returns what can be said at a glance; the forms look closely when the row is added."""
    if entry.kind not in Material.Kind.values:
        return _("Nobody knows a kind called “%(kind)s”.") % {"kind": entry.kind[:40]}
    if entry.kind == Material.Kind.LINK and not entry.address.lower().startswith(("http://", "https://")):
        return _("Only addresses that begin with http or https can be kept.")
    if entry.kind != Material.Kind.LINK and not entry.title.strip():
        return _("There is no title.")
    if entry.kind == Material.Kind.INSIGHT and entry.nature not in Insight.Nature.values:
        return _("It does not say which kind of insight it is.")
    if entry.kind == Material.Kind.FILE and not entry.files:
        return _("Its file is not in the zip.")
    return _problem_of_sight(entry)


def _problem_of_sight(entry: Entry) -> str:
    """Who may see it, and under which name, is never guessed."""
    if entry.audience and entry.audience not in Material.Audience.values:
        return _("Nobody knows who “%(audience)s” are, who may read it.") % {"audience": entry.audience[:40]}
    if entry.shown_as and entry.shown_as not in Material.ShownAs.values:
        return _("Nobody knows what it means to be shown as “%(shown)s”.") % {"shown": entry.shown_as[:40]}
    return ""


def run_import(running: Import) -> Iterator[tuple[int, int]]:
    """Adds what waits; yields (done, total) after each row. It may be stopped, and started again."""
    total = running.rows.count()
    done = total - running.rows.filter(state=READY).count()
    for pk in list(running.rows.filter(state=READY).order_by("number").values_list("pk", flat=True)):
        _add_row(running, pk)
        done += 1
        yield done, total
    _end_import(running)


def _add_row(running: Import, pk: int) -> None:
    """One row, once: whoever else is at it finds it done."""
    with transaction.atomic():
        row = ImportRow.objects.select_for_update().filter(pk=pk, state=READY).first()
        if row is None:
            return
        try:
            with transaction.atomic():
                row.state, row.words, row.material = _added(running, Entry(**{"kind": "", "title": "", **row.fields}))
        except (_RefusedRowError, RefusedFileError) as refused:
            row.state, row.words, row.material = BAD, str(refused)[:MAX_WORDS], None
        except (OperationalError, OSError):
            raise  # no row is to blame
        except Exception as error:  # what nobody thought of must not stop the other rows for ever
            logger.error("Row %d of import %d: %s", row.number, running.pk, type(error).__name__)
            row.state, row.words, row.material = BAD, _("This row cannot be read."), None
        row.save(update_fields=["state", "words", "material"])


class _RefusedRowError(Exception):
    """This row becomes no material; `str()` says why."""


def _added(running: Import, entry: Entry) -> tuple[str, str, Material | None]:
    if key_of(entry) in known_keys([entry], running.member):
        return TWIN, twin_notes(entry), None
    files = _files_of(running, entry)
    form = _form_of(entry, running.member, files[0] if files else None)
    became = BecameForm({"became": entry.became if entry.nature in ASKED else ""})
    if not form.is_valid():
        return _refusal(form, entry)
    if not became.is_valid():
        raise _RefusedRowError(_in_words(became))
    now = timezone.now()
    moment = _moment_of(entry.published, now)
    material = form.add(publish=not entry.draft, now=moment)
    for later in files[1:]:
        material = actions.edit_material(
            material, form.words(), version=material.version, publish=False, now=moment, file=accept(later),
            by=running.member,
        )  # fmt: skip
    if became.cleaned_data["became"]:
        at = _moment_of(entry.became_at, now)
        say_what_became(material, became.cleaned_data["became"], by=running.member, now=at)
    _keep_review(material, entry, now)
    _keep_hearsay(material, entry, running.member)
    return ADDED, notes_on(entry, running.member, known_principles([entry])), material


def _keep_review(material: Material, entry: Entry, now: datetime) -> None:
    """Whoever said that it is still true said so for a year, wherever it stands."""
    said = moment_of(entry.review)
    if said and not entry.draft and said.date() <= now.date() + REVIEW_AFTER:
        Material.objects.filter(pk=material.pk).update(review_on=said.date())


def _keep_hearsay(material: Material, entry: Entry, member: Member) -> None:
    """What others said is neither lost nor put into anybody's mouth."""
    said = {name: value for name, value in entry.said.items() if name != "left_out"}
    if origin := origin_of(entry, member):
        said["by"] = origin
    if said:
        Hearsay.objects.create(material=material, member=member, said=said)


def _moment_of(text: str, now: datetime) -> datetime:
    """Returns when that was, `now` where it does not say or where that cannot be."""
    said = moment_of(text)
    return said if said and said < now else now


def _refusal(form: MaterialForm, entry: Entry) -> tuple[str, str, None]:
    errors = form.errors.as_data()
    if any(error.code == "twin" for found in errors.values() for error in found):
        return TWIN, twin_notes(entry), None
    raise _RefusedRowError(_in_words(form) or _("This row cannot be read."))


def _in_words(form: Form) -> str:
    fields = ((name, found) for name, found in form.errors.items() if name in form.fields)
    return " ".join(f"{form[name].label}: {text}" for name, found in fields for text in found)


def _files_of(running: Import, entry: Entry) -> list[SimpleUploadedFile]:
    """Returns the versions of a file, oldest first, taken out of the archive."""
    if entry.kind != Material.Kind.FILE:
        return []
    try:
        with default_storage.open(running.file.name or "", "rb") as archive:
            content = cast(BinaryIO, archive)
            most = settings.UPLOAD_MAX_MB * MEGABYTE
            return [
                SimpleUploadedFile(path.rpartition("/")[2], archives.member(content, path, most))
                for path in entry.files
            ]
    except (ValueError, FileNotFoundError, SuspiciousFileOperation):
        raise _RefusedRowError(_("Its file is not in the zip.")) from None


def _form_of(entry: Entry, member: Member, file: SimpleUploadedFile | None) -> MaterialForm:
    """The forms decide, as if it had been typed."""
    is_long = entry.kind == Material.Kind.LINK and len(entry.summary) > MAX_SUMMARY and not entry.body
    titles = Principle.objects.filter(title__in=entry.principles)
    data = {
        "title": title_of(entry),
        "summary": "" if is_long else entry.summary,
        "body": entry.summary if is_long else entry.body,
        "tags": ", ".join(entry.tags),
        "principles": [str(principle.pk) for principle in titles],
        "shown_as": _shown_as(entry, member),
        "audience": entry.audience or Material.Audience.MEMBERS,
        "address": entry.address,
        "medium": entry.medium if entry.medium in Link.Medium.values else Link.Medium.ARTICLE,
        "minutes": entry.minutes,
        "outcome": known_choice(entry, "outcome"),
        "repeat": known_choice(entry, "repeat"),
        **asked_answers(entry),
    }
    if entry.kind == Material.Kind.INSIGHT:
        return InsightForm(data, {}, member=member, nature=entry.nature)
    return FORMS[entry.kind](data, {"file": file} if file else {}, member=member)


def _shown_as(entry: Entry, member: Member) -> str:
    """What somebody else wrote is nobody's here: it must not stand under the name of who brings it."""
    return Material.ShownAs.ANONYMOUS if is_others(entry, member) else entry.shown_as or Material.ShownAs.OWNER


def _end_import(running: Import) -> None:
    """The archive has done its service, and so has what its rows said: the report needs their titles alone."""
    name = running.file.name
    running.rows.update(fields={})
    Import.objects.filter(pk=running.pk).update(state=Import.State.DONE, done_at=timezone.now(), file="")
    if name:
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def start_import(waiting: Import, *, shown_as: str, audience: str) -> bool:
    """Notes the member's word: rows that do not say it themselves are shown so. False where it was given before."""
    with transaction.atomic():
        if not Import.objects.filter(pk=waiting.pk, state=Import.State.PREVIEW).update(state=Import.State.RUNNING):
            return False
        chosen = {"shown_as": shown_as, "audience": audience}
        rows = list(waiting.rows.filter(state=READY))
        for row in rows:
            row.fields = {**chosen, **row.fields}
        ImportRow.objects.bulk_update(rows, ["fields"], batch_size=BATCH)
    return True


def drop_import(waiting: Import) -> None:
    """Forgets an import that nobody started; what it brought along goes too."""
    name = waiting.file.name
    with transaction.atomic():
        if Import.objects.filter(pk=waiting.pk, state=Import.State.PREVIEW).delete()[0] and name:
            transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def run_import_of(pk: int) -> None:
    """Runs one import to its end, in the language of its member."""
    running = Import.objects.select_related("member__team").filter(pk=pk, state=Import.State.RUNNING).first()
    if running is None:
        return
    with translation.override(running.member.language or translation.get_language()):
        for _progress in run_import(running):
            pass
