"""Hostile and odd files, as a browser would send them: refused in words, and nothing of them stays."""

import http.client
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from library.media import MAX_UNPACKED
from library.models import Attachment, Material
from library.uploads import MeasuredUpload
from tests.factories import stored_file
from tests.library import documents
from tests.library.conftest import picture

FORM = {"title": "Kept title", "shown_as": "owner", "audience": "members", "save": "publish"}
URL = "/library/new/file/"
REFUSED = ["This kind of file is not accepted."]
TOO_MUCH = ["This file holds too much to be opened safely."]
PDF, WORD, PNG = documents.pdf("A walrus"), documents.docx("A walrus"), picture("PNG")
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(document.domain)</script>"
ZIP = documents.archive({"readme.txt": "hello"})
JAR = documents.archive({"META-INF/MANIFEST.MF": "Main-Class: Evil", "Evil.class": b"\xca\xfe\xba\xbe"})

HOSTILE = {
    "drawing.svg": SVG,
    "drawing.png": SVG,
    "drawing.jpg": SVG,
    "drawing.txt": SVG,
    "drawing.md": b"\xef\xbb\xbf \n" + SVG,
    "page.html": HTML,
    "page.htm": HTML,
    "page.xhtml": HTML,
    "page.pdf": HTML,
    "page.txt": HTML,
    "page.csv": HTML,
    "behind.pdf": HTML + PDF,
    "space.pdf": b" " + PDF,
    "letter.pdf": PDF[1:],
    "tools.zip": ZIP,
    "zip.docx": ZIP,
    "zip.pptx": ZIP,
    "zip.xlsx": ZIP,
    "zip.odt": ZIP,
    "zip.odp": ZIP,
    "jar.docx": JAR,
    "word.pptx": WORD,
    "word.odt": WORD,
    "pdf.docx": PDF,
    "half.docx": WORD[: len(WORD) // 2],
    "macros.docx": documents.docx("A walrus", **{"word/vbaProject.bin": "x"}),
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "old.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "program.exe": b"MZ\x90\0" + bytes(200),
    "program.png": b"MZ\x90\0" + bytes(200),
    "program.txt": b"MZ\x90\0" + bytes(200),
    "linux": b"\x7fELF" + bytes(200),
    "script.sh": b"#!/bin/sh\nrm -rf /",
    "script.js": b"alert(1)",
    "png.jpg": PNG,
    "jpg.png": picture("JPEG"),
    "gif.webp": picture("GIF"),
    "half.png": PNG[: len(PNG) // 2],
    "half.jpg": picture("JPEG")[:200],
    "head.png": PNG[:8],
    "head.gif": b"GIF89a",
    "head.webp": b"RIFF\x10\0\0\0WEBP",
    "bmp.png": picture("BMP"),
    "nul.md": b"# A\0B",
    "latin.txt": "Käse".encode("latin-1"),
    "utf16.csv": "a,b".encode("utf-16"),
    "two.pdf.exe": b"MZ",
    ".htaccess": b"AddType text/html .txt",
    **{f"empty.{ending}": b"" for ending in ("pdf", "png", "gif", "webp", "md", "txt", "csv", "docx", "odp")},
}
HEAVY = {
    "large.png": documents.large_png(30_000),
    "wide.gif": b"GIF89a" + b"\xff\xff\xff\xff" + picture("GIF")[10:],
    "declares.docx": documents.declaring({"word/media/a.xml": "x"}, MAX_UNPACKED + 1),
    "many.docx": documents.docx("A walrus", **{f"word/media/{n}": "" for n in range(5_001)}),
}


def stored_files():
    return {path for path in Path(default_storage.location).rglob("*") if path.is_file()}


def refusal(client, name, content):
    """What the form says of a file; the page has to keep what was typed."""
    response = client.post(URL, {**FORM, "file": SimpleUploadedFile(name, content)})
    assert (response.status_code, 'value="Kept title"' in response.content.decode()) == (422, True)
    return list(response.context["form"].errors["file"])


@pytest.mark.django_db
def test_hostile_files_are_refused(client, settings):
    settings.RATE_LIMITS = False
    before = stored_files()
    answers = {name: refusal(client, name, content) for name, content in HOSTILE.items()}
    assert answers == dict.fromkeys(HOSTILE, REFUSED)
    assert (stored_files(), Material.objects.count()) == (before, 0)


@pytest.mark.django_db
def test_what_holds_too_much_is_never_unpacked(client):
    before = stored_files()
    assert {name: refusal(client, name, content) for name, content in HEAVY.items()} == dict.fromkeys(HEAVY, TOO_MUCH)
    assert (stored_files(), Material.objects.count()) == (before, 0)


@pytest.mark.django_db
def test_real_files_are_taken_and_come_back_as_they_were(client, settings):
    settings.RATE_LIMITS = False
    real = {
        "a.pdf": PDF,
        "locked.pdf": documents.locked_pdf("A secret", user="walrus"),
        "a.docx": WORD,
        "a.pptx": documents.pptx("A walrus"),
        "a.xlsx": documents.xlsx("A walrus"),
        "a.odt": documents.open_document("text", "A walrus"),
        "a.odp": documents.open_document("presentation", "A walrus"),
        "a.md": "# Käse 🚀".encode(),
        "a.csv": b"a;b\r\n1;2",
        "html later.md": b"# How to\n\n<!doctype html> comes first",
    }
    for name, content in real.items():
        page = client.post(URL, {**FORM, "file": SimpleUploadedFile(name, content)}).headers["Location"]
        assert (name, b"".join(client.get(f"{page}file/"))) == (name, content)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_pictures_lose_their_place_and_their_tail(client, kind, name):
    sent = documents.picture_with_place(kind, tail=b"<script>alert(1)</script>" + ZIP)
    assert (b"Walrus Phones" in sent, dict(Image.open(BytesIO(sent)).getexif().get_ifd(0x8825))[1]) == (True, "N")
    client.post(URL, {**FORM, "file": SimpleUploadedFile(name, sent)})
    attachment = Attachment.objects.get()
    kept = attachment.file.read()
    attachment.file.close()
    with Image.open(BytesIO(kept)) as shown:
        assert (dict(shown.getexif()), shown.size, shown.format) == ({}, (40, 30), kind)
    assert [word in kept for word in (b"Walrus", b"<script>", b"PK\x03\x04")] == [False] * 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Lea\\plan.txt", "plan.txt"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        ("line\r\nSet-Cookie: x=1.txt", "line Set-Cookie x=1.txt"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ('quote".txt', "quote.txt"),
    ],
)
def test_shown_names_are_harmless(sent, shown):
    attachment = stored_file(b"words", sent)
    assert (attachment.name, attachment.file.name.startswith("library/")) == (shown, True)


# --- versions ------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_versions_are_listed_and_each_is_served(client, lead, other):
    material = stored_file(b"First", "plan.txt", owner=lead).material
    page = material.get_absolute_url()
    assert "1 version" not in client.get(page).content.decode()
    edit = {**FORM, "version": 1, "file": SimpleUploadedFile("plan two.txt", b"Second")}
    assert client.post(f"{page}edit/", {**edit, "title": material.title}).status_code == 302
    addresses = [f"{page}file/", f"{page}file/2/", f"{page}file/1/"]
    assert [b"".join(other.get(address)) for address in addresses] == [b"Second", b"Second", b"First"]
    html = other.get(page).content.decode()
    assert [html.count(words) for words in ("2 versions", "Version 1", "Version 2", "served now")] == [1, 1, 1, 1]
    assert other.get(f"{page}file/3/").status_code == 404


@pytest.mark.django_db
def test_versions_are_as_private_as_their_material(lead, other):
    page = stored_file(owner=lead, audience="private").material.get_absolute_url()
    assert other.get(f"{page}file/1/").status_code == 404


# --- while it streams --------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_thirty_megabytes_are_stopped_while_they_stream(live_server, client, monkeypatch):
    """The largest file that ever lies on the disk is as large as is allowed; the answer is the form, as it was."""
    largest = []
    receive = MeasuredUpload.receive_data_chunk

    def measured(self, raw_data, start):
        largest.append(start + len(raw_data))
        return receive(self, raw_data, start)

    monkeypatch.setattr(MeasuredUpload, "receive_data_chunk", measured)
    boundary, token = "walrus", "x" * 32
    fields = {**FORM, "csrfmiddlewaretoken": token, "tags": "kept tag"}
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
        if name != "title"
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="slides.pdf"\r\n\r\n'
    tail = f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\nKept title\r\n--{boundary}--\r\n'
    chunk, chunks = b"%PDF-1.7" * 131_072, 30
    connection = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=60)
    connection.putrequest("POST", URL)
    cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    size = len(head) + chunks * len(chunk) + len(tail)
    for name, value in {
        "Cookie": cookies,
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(size),
    }.items():
        connection.putheader(name, value)
    connection.endheaders(head.encode())
    for _ in range(chunks):
        connection.send(chunk)
    connection.send(tail.encode())
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    kept = [words in page for words in ("slides.pdf is larger than 25 MB.", 'value="Kept title"', 'value="kept tag"')]
    assert (answer.status, kept, Material.objects.count()) == (413, [True] * 3, 0)
    assert max(largest) <= 25 * 1024 * 1024 + 64 * 1024
