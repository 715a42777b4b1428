"""`manage.py restore`: a backup into an empty portal, of this version or an older one."""

import json
from collections.abc import Iterator
from itertools import batched, groupby
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.utils import DatabaseError

from cop_portal.archive.rows import CHUNK, label_of, models_at, row_of
from cop_portal.archive.writing import FILES, FORMAT, MANIFEST, ROWS, digest_of, files_in
from library.indexing import reindex


class RestoreRefusedError(Exception):
    """This is no whole backup, or the portal is not empty; says what to do."""


def restore_backup(folder: Path) -> Iterator[str]:
    """Fills the empty portal with the backup in `folder`; yields lines of progress.

    The rows go in as one transaction, after the files: stopped halfway, it is started again. Raises
    RestoreRefusedError.
    """
    manifest = _manifest_of(folder)
    leaves = [(app, name) for app, name in manifest["migrations"]]
    _refuse(leaves)
    yield from _migrate_to(leaves)
    yield from _copy_files(folder)
    tables = models_at(MigrationLoader(connection), leaves)
    with connection.constraint_checks_disabled(), transaction.atomic():
        _empty(tables)
        yield from _load(folder / ROWS, tables)
        connection.check_constraints()
        _reset_sequences(tables)
    call_command("migrate", verbosity=0)
    for done, total in reindex():
        yield f"search index: {done} of {total}"
    yield f"{sum(manifest['rows'].values())} rows and {len(manifest['files'])} files are back"


def _manifest_of(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{folder} holds no finished backup: {MANIFEST} is missing or broken."
        raise RestoreRefusedError(message) from error
    if manifest.get("format") != FORMAT:
        message = "This backup was made by another version of the portal, which this one cannot read."
        raise RestoreRefusedError(message)
    _check_content(folder, manifest)
    return manifest


def _check_content(folder: Path, manifest: dict[str, Any]) -> None:
    there = {path.relative_to(folder / FILES).as_posix(): path.stat().st_size for path in files_in(folder)}
    if digest_of(folder / ROWS) != manifest["rows_sha256"] or there != manifest["files"]:
        message = f"The backup in {folder} is damaged: its rows or files are not those that were written."
        raise RestoreRefusedError(message)


def _refuse(leaves: list[tuple[str, str]]) -> None:
    loader = MigrationLoader(connection)
    unknown = [f"{app}.{name}" for app, name in leaves if (app, name) not in loader.disk_migrations]
    if unknown:
        message = f"The backup is of a newer version: {', '.join(unknown)} is not known here. Update first."
        raise RestoreRefusedError(message)
    if _has_members():
        message = "This portal has members already. Restore into an empty database."
        raise RestoreRefusedError(message)


def _has_members() -> bool:
    if "members_member" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM members_member")
        return bool(cursor.fetchone()[0])


def _migrate_to(leaves: list[tuple[str, str]]) -> Iterator[str]:
    """A fresh database gets the tables of the backup's time, one that is ahead of them goes back."""
    for app, name in leaves:
        try:
            call_command("migrate", app, name, verbosity=0)
        except DatabaseError as error:
            message = f"The tables could not be brought to {app}.{name}. Restore into a fresh database."
            raise RestoreRefusedError(message) from error
    yield "the tables are those of the backup"


def _copy_files(folder: Path) -> Iterator[str]:
    files = files_in(folder)
    for number, path in enumerate(files, start=1):
        name = path.relative_to(folder / FILES).as_posix()
        if not (default_storage.exists(name) and default_storage.size(name) == path.stat().st_size):
            default_storage.delete(name)
            with path.open("rb") as content:
                default_storage.save(name, content)
        if number % CHUNK == 0 or number == len(files):
            yield f"files: {number} of {len(files)}"


def _empty(tables: list[type[models.Model]]) -> None:
    """What migrations put there (permissions, shipped questions) is in the backup too."""
    names = [model._meta.db_table for model in tables]
    statements = connection.ops.sql_flush(no_style(), names, reset_sequences=False, allow_cascade=True)
    connection.ops.execute_sql_flush(statements)


def _load(rows: Path, tables: list[type[models.Model]]) -> Iterator[str]:
    """The lines stand in groups, one for each table."""
    models_by_label = {label_of(model): model for model in tables}
    with rows.open(encoding="utf-8") as lines:
        for label, group in groupby(map(json.loads, lines), key=lambda line: line[0]):
            model, count = models_by_label[label], 0
            for batch in batched(group, CHUNK):
                model._base_manager.bulk_create([row_of(model, values) for _label, values in batch])
                count += len(batch)
            yield f"{label}: {count}"


def _reset_sequences(tables: list[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
