"""The text of PDFs and office files: read in a process with limits, found by the search, said where it fails."""

import subprocess
import sys
import time
from datetime import timedelta
from io import BytesIO
from tempfile import TemporaryFile

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from library.indexing import index_materials
from library.models import Attachment
from library.reading import limits
from library.reading.process import joined
from library.reading.run import UnreadableError, text_of
from library.tasks import OVERDUE, ask_reader, read_texts, remind_reader
from library.texts import read_waiting
from tests.conftest import NOW
from tests.factories import stored_file
from tests.library import documents

FORM = {"shown_as": "owner", "audience": "members", "save": "publish"}
FAILED = "The text could not be read; search covers title and summary."
WAITS = "Its text is being read for the search."


def read(content, ending, **options):
    with TemporaryFile() as file:
        file.write(content)
        file.flush()
        return text_of(file, ending, **options)


def said(client, page):
    """What the page says of the text of its file."""
    html = client.get(page).content.decode()
    return [words for words in (WAITS, FAILED) if words in html]


# --- each kind of file ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ending", "content", "text"),
    [
        ("pdf", documents.pdf("One walrus", "Zwei Walrösser"), "One walrus\nZwei Walrösser"),
        ("pdf", documents.locked_pdf("For everybody", user=""), "For everybody"),
        ("docx", documents.docx("A walrus & more", "Second"), "A walrus & more\nSecond"),
        ("pptx", documents.pptx(*(f"Slide {n}" for n in range(1, 11)), notes="Say hello"), None),
        ("xlsx", documents.xlsx("Walrus", "Ice", inline="In a cell"), "Walrus\nIce\nIn a cell"),
        ("odt", documents.open_document("text", "A walrus"), "A walrus end"),
        ("odp", documents.open_document("presentation", "A walrus", "Ice"), "A walrus end\nIce end"),
        ("docx", documents.docx(), ""),
    ],
)
def test_text(ending, content, text):
    if text is None:
        text = "\n".join(["Say hello", *(f"Slide {n}" for n in range(1, 11))])
        assert sorted(read(content, ending).splitlines()) == sorted(text.splitlines())
        assert [line for line in read(content, ending).splitlines() if "Slide" in line][-1] == "Slide 10"
    else:
        assert read(content, ending) == text


XXE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><w:x xmlns:w='w'><w:p><w:t>&a;</w:t></w:p></w:x>"
_ENTITIES = "".join(f"<!ENTITY {n} '{f'&{p};' * 10}'>" for p, n in zip("abcdefgh", "bcdefghi", strict=True))
LAUGHS = f"<!DOCTYPE x [<!ENTITY a 'ha'>{_ENTITIES}]><x>&i;</x>"


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("pdf", documents.locked_pdf("A secret", user="walrus")),
        ("pdf", documents.pdf("A walrus")[:200]),
        ("pdf", b"%PDF-1.7\n" + b"<<" * 100_000),
        ("pdf", b"%PDF-1.7\n1 0 obj\n<< /Kids [1 0 R] >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF"),
        ("docx", documents.docx("A walrus")[:-30]),
        ("docx", documents.archive({"word/document.xml": "<w:p><w:t>never closed"})),
        ("docx", documents.archive({"word/document.xml": XXE})),
        ("docx", documents.archive({"word/document.xml": LAUGHS})),
        ("docx", documents.archive({"word/document.xml": "<a>" * 300_000})),
        ("odt", b""),
    ],
)
def test_locked_and_broken_files_are_refused_in_time(ending, content):
    began = time.monotonic()
    with pytest.raises(UnreadableError):
        read(content, ending)
    assert time.monotonic() - began < limits.WALL_SECONDS


# --- limits ------------------------------------------------------------------------------------------
def test_no_more_characters_and_pages_than_allowed(monkeypatch):
    from library.reading import pdf

    assert len(joined(["x" * 1_000] * 1_000)) == limits.MAX_CHARACTERS
    assert joined(["a\0b", "c\ud800d"]) == "ab\ncd"
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    assert list(pdf.pages(BytesIO(documents.pdf("one", "two", "three")))) == ["one", "two"]


def test_time_is_limited():
    with pytest.raises(UnreadableError):
        read(documents.pdf("A walrus"), "pdf", seconds=0.01)


def test_the_kernel_holds_the_limits_of_the_rule():
    code = """
import resource, signal
from library.reading.process import _set_limits
_set_limits()
print([resource.getrlimit(name) for name in (resource.RLIMIT_AS, resource.RLIMIT_CPU)], signal.alarm(0))
try:
    bytearray(800 * 1024 * 1024)
except MemoryError:
    print("too much")
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == f"[({768 * 1024**2}, {768 * 1024**2}), (20, 21)] 30\ntoo much\n"
    assert (limits.MAX_PAGES, limits.MAX_CHARACTERS) == (300, 500_000)


# --- stored files ------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_worker_reads_what_was_uploaded(client):
    slides = SimpleUploadedFile("slides.pdf", documents.pdf("About narwhals and their rotas"))
    page = client.post("/library/new/file/", {**FORM, "title": "Handout", "file": slides}).headers["Location"]
    assert said(client, page) == [WAITS]
    task = DBTaskResult.objects.get()
    assert task.task_path == read_texts.module_path
    read_texts.call()
    attachment = Attachment.objects.get()
    assert (attachment.text, attachment.text_state) == ("About narwhals and their rotas", "read")
    [row] = client.get("/library/", {"q": "narwhal"}).context["rows"]
    assert str(row.text) == "in slides.pdf: About <mark>narwhals</mark> and their rotas"
    assert said(client, page) == []


@pytest.mark.django_db
def test_what_cannot_be_read_is_said(client):
    locked = SimpleUploadedFile("slides.pdf", documents.locked_pdf("A secret", user="walrus"))
    page = client.post("/library/new/file/", {**FORM, "title": "Handout", "file": locked}).headers["Location"]
    assert said(client, page) == [WAITS]
    assert read_waiting() is False
    assert Attachment.objects.get().text_state == "unreadable"
    assert said(client, page) == [FAILED]
    assert len(client.get("/library/", {"q": "handout"}).context["rows"]) == 1


@pytest.mark.django_db
def test_pictures_and_texts_wait_for_nobody(png):
    assert [stored_file(content, name).text_state for content, name in ((png, "a.png"), (b"x", "a.txt"))] == [
        "read"
    ] * 2
    Attachment.objects.update(text_state="waiting")
    read_waiting()
    assert Attachment.objects.get(name="a.png").text_state == "read"


@pytest.mark.django_db
def test_a_file_that_is_gone_is_not_waited_for():
    lost = stored_file(documents.pdf("x"), "a.pdf")
    lost.file.storage.delete(lost.file.name)
    read_waiting()
    assert Attachment.objects.get().text_state == "unreadable"


@pytest.mark.django_db
def test_others_are_read_while_a_storage_is_away(monkeypatch):
    away, there = (stored_file(documents.pdf(text), "a.pdf") for text in ("One", "Two"))
    opened = FileSystemStorage._open

    def failing(storage, name, mode="rb"):
        if name == away.file.name:
            raise ConnectionError
        return opened(storage, name, mode)

    monkeypatch.setattr(FileSystemStorage, "_open", failing)
    read_waiting()
    states = dict(Attachment.objects.values_list("pk", "text_state"))
    assert states == {away.pk: "waiting", there.pk: "read"}


@pytest.mark.django_db
def test_another_round_follows_where_many_wait():
    for number in range(3):
        stored_file(documents.pdf(f"Page {number}"), "a.pdf")
    assert [read_waiting(at_once=2), read_waiting(at_once=2)] == [True, False]
    assert sorted(Attachment.objects.values_list("text", flat=True)) == ["Page 0", "Page 1", "Page 2"]


@pytest.mark.django_db
def test_one_waiting_request_is_enough_and_the_tick_asks_again():
    ask_reader()
    ask_reader()
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.all().delete()
    remind_reader(NOW)
    assert DBTaskResult.objects.count() == 0
    Attachment.objects.filter(pk=stored_file(documents.pdf("x"), "a.pdf").pk).update(uploaded_at=NOW)
    remind_reader(NOW + OVERDUE)
    assert DBTaskResult.objects.count() == 0
    remind_reader(NOW + OVERDUE + timedelta(seconds=1))
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db
def test_a_newer_version_takes_the_place_of_the_old_text(client, lead):
    first = stored_file(documents.pdf("About walruses"), "a.pdf", owner=lead)
    read_waiting()
    address = f"{first.material.get_absolute_url()}edit/"
    later = SimpleUploadedFile("b.pdf", documents.pdf("About narwhals"))
    client.post(address, {**FORM, "title": "Animals", "version": 1, "file": later})
    read_waiting()
    assert [len(client.get("/library/", {"q": q}).context["rows"]) for q in ("walrus", "narwhal")] == [0, 1]


@pytest.mark.django_db
def test_a_hit_far_inside_says_where_it_is(client):
    attachment = stored_file(documents.pdf("x"), "slides.pdf")
    text = f"{'Nothing of interest. ' * 20_000} At last the Walrösser come. {'And more. ' * 100}"
    Attachment.objects.filter(pk=attachment.pk).update(text=text, text_state="read")
    index_materials([attachment.material_id])
    [row] = client.get("/library/", {"q": "walrosser"}).context["rows"]
    assert str(row.text).startswith("in slides.pdf: … ")
    assert "the <mark>Walrösser</mark> come" in str(row.text)
