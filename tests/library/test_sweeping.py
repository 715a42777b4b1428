"""No file without a row, no row without a file: after a kill, on a full disk, when the bin is emptied."""

import errno
import os
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from library.models import Attachment, Import, Material
from library.retention import empty_bins
from library.storing import stored_name
from library.sweeping import EVERY, sweep_files
from tests.factories import MemberFactory, stored_file

HOURS = 3600
FORM = {"shown_as": "owner", "audience": "members", "save": "publish"}


@pytest.fixture
def folder(settings, tmp_path):
    """The folder of the storage, for this test alone."""
    options = {"location": tmp_path / "files"}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
    return tmp_path / "files"


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def orphan(content=b"nobody's", hours=2.0):
    """Stores a file that no row names; returns its name."""
    name = default_storage.save(stored_name(None, ""), ContentFile(content))
    moment = time.time() - hours * HOURS
    os.utime(default_storage.path(name), (moment, moment))
    return name


# --- the sweep -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_what_no_row_names_goes_after_an_hour(folder):
    kept = stored_file().file.name
    os.utime(default_storage.path(kept), (0, 0))
    old, young = orphan(), orphan(hours=0.9)
    now = timezone.now()
    assert sweep_files(now) == 1
    assert files_in(folder) == sorted([kept, young])
    assert (sweep_files(now), sweep_files(now + timedelta(hours=1)), files_in(folder)) == (0, 1, [kept])
    assert old not in files_in(folder)


@pytest.mark.django_db
def test_the_file_of_an_import_is_named(folder):
    name = orphan()
    Import.objects.create(member=MemberFactory(), source="archive", name="a.zip", file=name, created_at=timezone.now())
    assert (sweep_files(timezone.now()), files_in(folder)) == (0, [name])


@pytest.mark.django_db
def test_what_other_parts_store_is_left_alone(folder):
    name = default_storage.save("photos/ab/photo", ContentFile(b"a face"))
    os.utime(default_storage.path(name), (0, 0))
    assert (sweep_files(timezone.now()), files_in(folder)) == (0, [name])


@pytest.mark.django_db
def test_a_folder_of_another_portal_is_not_emptied(folder, caplog):
    names = [orphan() for _ in range(21)]
    assert (sweep_files(timezone.now()), files_in(folder)) == (0, sorted(names))
    assert caplog.messages == [
        "21 stored files have no row, 0 have one: is this the right database? Nothing was deleted."
    ]


@pytest.mark.django_db
def test_no_folder_yet(folder):
    assert sweep_files(timezone.now()) == 0


@pytest.mark.django_db
def test_a_storage_elsewhere_is_asked_once_an_hour(folder, monkeypatch):
    monkeypatch.setattr("library.sweeping._is_local", lambda: False)
    now = timezone.now()
    orphan()
    assert sweep_files(now) == 1
    orphan()
    assert [sweep_files(now + step) for step in (timedelta(minutes=59), EVERY)] == [0, 1]


# --- killed in the middle --------------------------------------------------------------------------
KILLED = """
import os, signal, django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from library import actions, retention
from library.files import accept
from members.models import Member

def killed(*_args): os.kill(os.getpid(), signal.SIGKILL)
"""
UPLOAD = """
actions.index_material = killed
file = accept(SimpleUploadedFile("notes.txt", b"All about walruses"))
actions.add_file(actions.Words("Notes"), file=file, by=Member.objects.get(), now=timezone.now())
"""
EMPTY = """
retention.default_storage.delete = killed
retention.empty_bins(timezone.now())
"""


@pytest.fixture
def shared(stage, settings):
    """The folder that the killed process stores in."""
    options = {"location": stage.folder / "files"}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
    return stage.folder / "files"


def run(stage, code):
    with stage.running("-c", KILLED + code) as process:
        words = process.stdout.read()
        assert (process.wait(20), words) == (-9, "")


def test_killed_between_file_and_row(stage, shared):
    MemberFactory()
    run(stage, UPLOAD)
    assert (len(files_in(shared)), Material.objects.count(), Attachment.objects.count()) == (1, 0, 0)
    assert (sweep_files(timezone.now()), len(files_in(shared))) == (0, 1)
    assert (sweep_files(timezone.now() + timedelta(hours=1, minutes=1)), files_in(shared)) == (1, [])


def test_killed_between_the_bin_and_its_file(stage, shared):
    attachment = stored_file(binned_at=timezone.now() - timedelta(days=31))
    os.utime(attachment.file.path, (0, 0))
    run(stage, EMPTY)
    assert (files_in(shared), Attachment.objects.count()) == ([attachment.file.name], 0)
    assert (sweep_files(timezone.now()), files_in(shared)) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_a_storage_that_fails_holds_up_no_other_bin(folder, monkeypatch):
    attachments = [stored_file(binned_at=timezone.now() - timedelta(days=31)) for _ in range(2)]

    def away(_self, _name):
        raise OSError("away")

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "delete", away)
        assert empty_bins(timezone.now()) == 2
    assert (Material.objects.count(), len(files_in(folder))) == (0, 2)
    for attachment in attachments:
        os.utime(default_storage.path(attachment.file.name), (0, 0))
    assert (sweep_files(timezone.now()), files_in(folder)) == (2, [])


# --- the disk is full --------------------------------------------------------------------------------
class FullAfter:
    """Opens files on a disk with room for so many bytes more."""

    def __init__(self, size):
        self.left, self.open = size, os.fdopen

    def __call__(self, handle, mode):
        file = self.open(handle, mode, buffering=0)
        write = file.write
        opened = type("Opened", (), {"close": file.close, "write": lambda _self, data: self._write(write, data)})
        return opened()

    def _write(self, write, data):
        fits, self.left = data[: self.left], max(self.left - len(data), 0)
        write(fits)
        if len(fits) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.django_db
def test_a_full_disk_is_said_and_leaves_nothing_behind(client, folder, monkeypatch):
    client.raise_request_exception = False
    large = SimpleUploadedFile("notes.txt", b"All about walruses. " * 10_000)
    with monkeypatch.context() as patched:
        patched.setattr("django.core.files.storage.filesystem.os.fdopen", FullAfter(70_000))
        response = client.post("/library/new/file/", {**FORM, "file": large})
    assert (response.status_code, "There is no room left" in response.content.decode()) == (507, True)
    assert (files_in(folder), Material.objects.count(), Attachment.objects.count()) == ([], 0, 0)
    assert client.get("/library/").status_code == 200


@pytest.mark.django_db
def test_no_room_for_what_is_still_coming_in(client, folder, monkeypatch):
    client.raise_request_exception = False

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", full)
    large = SimpleUploadedFile("notes.txt", b"All about walruses. " * 200_000)
    response = client.post("/library/new/file/", {**FORM, "file": large})
    assert (response.status_code, "There is no room left" in response.content.decode()) == (507, True)
    assert (files_in(folder), Material.objects.count()) == ([], 0)
