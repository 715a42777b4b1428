"""`manage.py backup`: the portal as a folder."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import Storage, default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from cop_portal.archive.rows import label_of, lines_of, models_at
from cop_portal.archive.snapshot import snapshot

MANIFEST, ROWS, FILES = "manifest.json", "rows.jsonl", "files"
HALF = f"{MANIFEST}.part"
FORMAT = 1


class BackupRefusedError(Exception):
    """The folder holds something else, or the database is not up to date; says what to do."""


def write_backup(folder: Path, *, now: datetime) -> Iterator[str]:
    """Writes everything into `folder`; yields lines of progress.

    A folder with half a backup is completed. The manifest comes last: without it there is no backup.
    Raises BackupRefusedError.
    """
    _refuse_others(folder)
    leaves = _leaves()
    for part in (folder, folder / FILES):
        part.mkdir(parents=True, exist_ok=True)
        part.chmod(0o700)
    _drop_deleted(folder)
    # Files before and after the rows: what a row names is then there, though files come and go meanwhile.
    yield from _copy_files(folder)
    counts: dict[str, int] = {}
    with snapshot() as using:
        yield from _write_rows(folder / ROWS, leaves, counts, using=using)
    yield from _copy_files(folder)
    _write_manifest(folder, leaves, counts, now)
    yield f"{sum(counts.values())} rows of {len(counts)} tables are in {folder}"


def _refuse_others(folder: Path) -> None:
    inside = {one.name for one in folder.iterdir()} if folder.is_dir() else set()
    if MANIFEST in inside:
        message = f"{folder} holds a backup already. Name another folder."
        raise BackupRefusedError(message)
    if inside - {ROWS, FILES, HALF}:
        message = f"{folder} holds other things. Name an empty folder."
        raise BackupRefusedError(message)


def _leaves() -> list[tuple[str, str]]:
    loader = MigrationLoader(connection)
    leaves = sorted(loader.graph.leaf_nodes())
    if any(leaf not in loader.applied_migrations for leaf in leaves):
        message = "The database is not up to date. Run `manage.py migrate` first."
        raise BackupRefusedError(message)
    return leaves


def _write_rows(path: Path, leaves: list[tuple[str, str]], counts: dict[str, int], *, using: str) -> Iterator[str]:
    with path.open("w", encoding="utf-8") as rows:
        for model in models_at(MigrationLoader(connection), leaves):
            counts[label_of(model)] = 0
            for line in lines_of(model, using=using):
                rows.write(f"{line}\n")
                counts[label_of(model)] += 1
            yield f"{label_of(model)}: {counts[label_of(model)]}"


def _drop_deleted(folder: Path) -> None:
    """Half a backup may hold what somebody deleted since."""
    stored = set(stored_names(default_storage))
    for path in files_in(folder):
        if path.relative_to(folder / FILES).as_posix() not in stored:
            path.unlink()


def _copy_files(folder: Path) -> Iterator[str]:
    """Copies what is not there yet; stored files never change, so name and size are enough."""
    copied = 0
    for name in stored_names(default_storage):
        target = folder / FILES / name
        try:
            if not target.exists() or target.stat().st_size != default_storage.size(name):
                _copy(name, target)
                copied += 1
        except FileNotFoundError:
            continue  # deleted just now
    yield f"{copied} files copied"


def _copy(name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with default_storage.open(name) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)


def stored_names(storage: Storage, below: str = "") -> Iterator[str]:
    """Yields the names of all stored files."""
    try:
        folders, files = storage.listdir(below)
    except FileNotFoundError:
        return
    prefix = f"{below}/" if below else ""
    yield from sorted(f"{prefix}{name}" for name in files)
    for inner in sorted(folders):
        yield from stored_names(storage, f"{prefix}{inner}")


def _write_manifest(folder: Path, leaves: list[tuple[str, str]], counts: dict[str, int], now: datetime) -> None:
    content: dict[str, Any] = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "migrations": leaves,
        "rows": counts,
        "rows_sha256": digest_of(folder / ROWS),
        "files": {path.relative_to(folder / FILES).as_posix(): path.stat().st_size for path in files_in(folder)},
    }
    half = folder / HALF
    half.write_text(json.dumps(content, indent=1), encoding="utf-8")
    half.replace(folder / MANIFEST)


def files_in(folder: Path) -> list[Path]:
    """Returns the files of a backup, by name."""
    return sorted(path for path in (folder / FILES).rglob("*") if path.is_file())


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
