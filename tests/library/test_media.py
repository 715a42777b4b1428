"""Which files the library takes: their content decides, at its first byte."""

import zipfile
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from library.files import MAX_NAME, accept, shown_name, title_from
from library.media import TOO_MUCH_INSIDE, TYPES, WRONG_KIND, RefusedFileError, ending_of
from tests.library.conftest import picture

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"


def archive(members, stored=()):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return file.getvalue()


def office(main, **more):
    return archive({"[Content_Types].xml": "<Types/>", main: "<x/>", **more})


def open_document(kind, stored=("mimetype",)):
    return archive({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<x/>"}, stored)


GOOD = {
    "a.pdf": PDF,
    "a.png": picture("PNG"),
    "a.jpg": picture("JPEG"),
    "a.JPEG": picture("JPEG"),
    "a.gif": picture("GIF"),
    "a.webp": picture("WEBP"),
    "a.md": "# Überschrift".encode(),
    "a.txt": b"\xef\xbb\xbfwith a mark",
    "a.csv": b"a,b\n1,2",
    "a.docx": office("word/document.xml"),
    "a.pptx": office("ppt/presentation.xml"),
    "a.xlsx": office("xl/workbook.xml"),
    "a.odt": open_document("text"),
    "a.odp": open_document("presentation"),
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BAD = {
    "a.svg": SVG,
    "svg.png": SVG,
    "a.html": b"<h1>x</h1>",
    "html.md": b"  <!DOCTYPE html><p>x",
    "svg.txt": b"\n" + SVG,
    "xml.txt": b"<?xml version='1.0'?><x/>",
    "behind.pdf": b"<html>" + PDF,
    "a.zip": archive({"a": "b"}),
    "zip.docx": archive({"a": "b"}),
    "other.docx": office("xl/workbook.xml"),
    "macro.docx": office("word/document.xml", **{"word/vbaProject.bin": "x"}),
    "packed.odt": open_document("text", stored=()),
    "other.odt": open_document("presentation"),
    "cut.docx": office("word/document.xml")[:60],
    "behind.docx": b"MZ" + office("word/document.xml"),
    "a.exe": b"MZ\x90",
    "exe.pdf": b"MZ\x90",
    "png.jpg": picture("PNG"),
    "riff.webp": b"RIFF\x00\x00\x00\x00WAVE",
    "cut.png": picture("PNG")[:30],
    "nul.txt": b"a\x00b",
    "latin.txt": "naïve".encode("latin-1"),
    "cut.txt": "ü".encode()[:1],
    "none": b"text",
    ".md": b"",
    **{f"empty.{ending}": b"" for ending in TYPES},
}


@pytest.mark.parametrize("name", GOOD)
def test_accepted(name):
    file = accept(SimpleUploadedFile(name, GOOD[name]))
    assert (file.name, file.type) == (f"a.{ending_of(name)}", TYPES[ending_of(name)])


@pytest.mark.parametrize("name", BAD)
def test_refused(name):
    with pytest.raises(RefusedFileError) as refused:
        accept(SimpleUploadedFile(name, BAD[name]))
    assert refused.value.words == WRONG_KIND


@given(st.sampled_from(sorted(TYPES)), st.binary(max_size=200))
def test_any_bytes_are_accepted_or_refused(ending, content):
    for start in (b"", *TYPES[ending].starts):
        try:
            accept(SimpleUploadedFile(f"a.{ending}", start + content))
        except RefusedFileError:
            continue


def test_office_files_that_declare_too_much_are_not_unpacked():
    large = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": b"\0" * (201 * 1024 * 1024)})
    with pytest.raises(RefusedFileError) as refused:
        accept(SimpleUploadedFile("a.docx", large))
    assert (refused.value.words, len(large) < 1024 * 1024) == (TOO_MUCH_INSIDE, True)


def test_huge_pictures_are_not_decoded():
    header = bytearray(picture("PNG"))
    header[16:24] = (30_000).to_bytes(4, "big") * 2
    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    with pytest.raises(RefusedFileError) as refused:
        accept(SimpleUploadedFile("a.png", bytes(header)))
    assert refused.value.words == TOO_MUCH_INSIDE


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_are_written_anew_without_place_and_tail(kind):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "taken at home", 6
    sent = picture(kind, (8, 4), exif=exif) + b"<script>tail</script>"
    content = accept(SimpleUploadedFile(f"a.{kind.lower()}", sent)).content.read()
    kept = Image.open(BytesIO(content))
    assert (dict(kept.getexif()), kept.size) == ({}, (4, 8))
    assert [word in content for word in (b"taken at home", b"tail")] == [False, False]


def test_moving_pictures_keep_moving():
    file = BytesIO()
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("#f00", "#0f0", "#00f")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=120, comment=b"hidden")
    content = accept(SimpleUploadedFile("a.gif", file.getvalue())).content.read()
    assert (Image.open(BytesIO(content)).n_frames, b"hidden" in content) == (3, False)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("slides.pdf", "slides.pdf"),
        ("../../etc/pass wd.TXT", "pass wd.txt"),
        ("C:\\Users\\me\\a.md", "a.md"),
        ("a\u202egnp.exe", "agnp.exe"),
        ('a"b<c>|*?.md', "a b c.md"),
        ("\x00\x1f.md", "file.md"),
        (".md", "file.md"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * (MAX_NAME - 4) + ".pdf"),
    ],
)
def test_shown_names(sent, shown):
    assert shown_name(sent) == shown


@given(st.text())
def test_any_name_is_short_and_on_one_line(name):
    shown = shown_name(name)
    assert 0 < len(shown) <= MAX_NAME
    assert not set(shown) & set('/\\\n\r"<>')
    assert shown_name(shown) == shown


@pytest.mark.parametrize(
    ("name", "title"), [("asking_first-v2.pdf", "Asking first v2"), ("x", "X"), ("ÄRGER.txt", "ÄRGER")]
)
def test_titles_from_names(name, title):
    assert title_from(name) == title
