"""A backup holds every row and file of one moment, but no answer of an open poll; it restores on either database."""

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from cop_portal.archive import reading, writing
from cop_portal.archive.rows import label_of, models_at
from cop_portal.archive.snapshot import snapshot
from feedback.actions import Answers, open_poll, submit
from members.models import Community, Member, Team
from tests.factories import MemberFactory, SessionFactory, TagFactory, stored_file
from tests.processes import ROOT, Stage, stage  # noqa: F401 -- a fixture
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
NEW_TEAM = "from members.models import Team; print(Team.objects.create(name='New').pk)"
SECRET = "what nobody may find again"


@pytest.fixture
def filled(stage, settings, tmp_path):  # noqa: F811
    """A portal with a bit of everything, its files in a folder of their own; returns the attachment."""
    place = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    Community.objects.create(name="Gemeinschaft “Süd” 🌱")
    TagFactory(name="c++", alias_of=TagFactory(name="cpp"))
    session = SessionFactory(starts_at=NOW - timedelta(hours=2), notes="Zeile\nmit \\ und \u2028 Zeichen")
    answer(open_poll(session), MemberFactory(name="Ada\u0301 Řehoř"))
    return stored_file(b"# Handout\n", owner=MemberFactory())


def answer(poll, member):
    submit(poll, member, Answers(values={"rhythm": "3"}, texts={"takeaway": SECRET}), now=NOW)


def backup(folder):
    return list(writing.write_backup(folder, now=NOW))


def rows(folder):
    return (folder / "rows.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")


def run(stage, *command):  # noqa: F811
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, command)],
        cwd=ROOT, env=stage.env(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-600:]
    return done.stdout


def fresh_targets(folder):
    """An empty SQLite portal; on PostgreSQL then an empty one there too."""
    (folder / "sqlite").mkdir()
    targets = [Stage(f"sqlite:///{folder / 'sqlite' / 'new.sqlite3'}", folder / "sqlite")]
    if connection.vendor == "postgresql":
        name = f"{connection.settings_dict['NAME']}_restored"
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        (folder / "postgresql").mkdir()
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        targets.append(Stage(url, folder / "postgresql"))
    return targets


def test_each_row_and_file_comes_back_on_either_database(filled, tmp_path):
    first = last = tmp_path / "first"
    backup(first)
    for number, target in enumerate(fresh_targets(tmp_path)):
        run(target, "restore", last)
        last = tmp_path / f"again-{number}"
        run(target, "backup", last)
        assert rows(last) == rows(first)
        assert int(run(target, "shell", "-v0", "-c", NEW_TEAM)) > Team.objects.latest("pk").pk
        assert (last / "files" / filled.file.name).read_bytes() == b"# Handout\n"
    words = "".join(rows(first))
    assert "Gemeinschaft “Süd” 🌱" in words
    assert filled.material.created_at.isoformat() in words


def test_answers_of_an_open_poll_are_in_no_backup(filled, tmp_path):
    backup(tmp_path / "b")
    content = b"".join(path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file())
    assert SECRET.encode() not in content
    assert b'"feedback.poll"' in content
    assert b"feedback.ballot" not in content


def test_the_rows_are_those_of_one_moment_and_nobody_waits(filled):
    with snapshot() as using:
        before = Member.objects.using(using).count()
        at_once(4, lambda number: MemberFactory(name=f"Late {number}"))
        assert Member.objects.using(using).count() == before
    assert Member.objects.count() == before + 4


FIRST_RELEASE = {
    "members": "0001_initial",
    "library": "0003_search_index",
    "cop_sessions": "0002_initial",
    "feedback": "0002_ship_questions",
}


def as_first_released(leaves):
    """The migrations that our apps had then; what they lacked is left out."""
    others = [(app, name) for app, name in leaves if app not in {*FIRST_RELEASE, "practice"}]
    return [*FIRST_RELEASE.items(), *others]


@pytest.mark.once
def test_a_backup_of_an_older_version_is_migrated(filled, tmp_path):
    leaves = as_first_released(MigrationLoader(connection).graph.leaf_nodes())
    old, counts = tmp_path / "old", {}
    (old / "files").mkdir(parents=True)
    with snapshot() as using:
        list(writing._write_rows(old / "rows.jsonl", leaves, counts, using=using))
    writing._write_manifest(old, leaves, counts, NOW)
    target = fresh_targets(tmp_path)[0]
    run(target, "restore", old)
    assert "[ ]" not in run(target, "showmigrations")
    run(target, "backup", tmp_path / "new")
    now = by_key(tmp_path / "new")
    assert {key: {**now[key], **row} for key, row in by_key(old).items()} == {key: now[key] for key in by_key(old)}


def by_key(folder):
    """The rows of members and sessions by table and number."""
    lines = [json.loads(line) for line in rows(folder)]
    return {(label, row["id"]): row for label, row in lines if label in {"members.member", "cop_sessions.session"}}


def test_a_second_backup_needs_another_folder(filled, tmp_path):
    backup(tmp_path / "b")
    with pytest.raises(writing.BackupRefusedError, match="holds a backup already"):
        backup(tmp_path / "b")


def test_a_folder_with_other_things_is_left_alone(filled, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    with pytest.raises(writing.BackupRefusedError, match="holds other things"):
        backup(tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_half_a_backup_is_completed(filled, tmp_path):
    backup(tmp_path / "b")
    (tmp_path / "b" / "manifest.json").unlink()
    whole = rows(tmp_path / "b")
    (tmp_path / "b" / "rows.jsonl").write_text("half a li")
    (tmp_path / "b" / "manifest.json.part").write_text("{")
    (tmp_path / "b" / "files" / "deleted-since.txt").write_text("mine")
    assert "0 files copied" in backup(tmp_path / "b")
    assert rows(tmp_path / "b") == whole
    assert "deleted-since.txt" not in (tmp_path / "b" / "manifest.json").read_text()
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == ["files", "manifest.json", "rows.jsonl"]


def test_nobody_else_on_the_machine_may_look_into_it(filled, tmp_path):
    backup(tmp_path / "b")
    assert oct((tmp_path / "b").stat().st_mode)[-3:] == "700"


@pytest.mark.parametrize("harm", ["no manifest", "other rows", "no file", "newer"])
def test_only_a_whole_backup_that_we_know_is_restored(filled, tmp_path, harm):
    backup(tmp_path / "b")
    manifest = json.loads((tmp_path / "b" / "manifest.json").read_text())
    if harm == "no manifest":
        (tmp_path / "b" / "manifest.json").unlink()
    elif harm == "other rows":
        (tmp_path / "b" / "rows.jsonl").write_text("[]\n")
    elif harm == "no file":
        shutil.rmtree(tmp_path / "b" / "files")
    else:
        manifest["migrations"].append(["members", "9999_from_the_future"])
        (tmp_path / "b" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(reading.RestoreRefusedError):
        list(reading.restore_backup(tmp_path / "b"))


def test_a_portal_with_members_is_not_overwritten(filled, tmp_path):
    backup(tmp_path / "b")
    with pytest.raises(reading.RestoreRefusedError, match="has members already"):
        list(reading.restore_backup(tmp_path / "b"))


def test_every_table_is_in_the_backup_or_left_out_on_purpose(filled):
    loader = MigrationLoader(connection)
    listed = {label_of(model) for model in models_at(loader, loader.graph.leaf_nodes())}
    tables = {model._meta.db_table for model in models_at(loader, loader.graph.leaf_nodes())}
    unlisted = set(connection.introspection.table_names()) - tables
    named = {"django_migrations", "feedback_ballot"}
    assert {name for name in unlisted if not name.startswith("library_search")} - named == set()
    assert "feedback.ballot" not in listed
    assert "members.member" in listed
