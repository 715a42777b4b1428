"""Real files, made by the tests: PDFs, office files, pictures, and what only looks like them."""

import struct
import zipfile
import zlib
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_A = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_O = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
)
_CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def pdf(*pages: str) -> bytes:
    """Returns a PDF with one line of text a page."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, text in enumerate(pages):
        line = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
        stream = zlib.compress(b"BT /F1 18 Tf 72 720 Td (" + line + b") Tj ET")
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode(),
            f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode() + stream + b"\nendstream",
        ]
    file, places = BytesIO(), []
    file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for number, content in enumerate(objects, start=1):
        places.append(file.tell())
        file.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = file.tell()
    file.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    file.write("".join(f"{place:010} 00000 n \n" for place in places).encode())
    file.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return file.getvalue()


def locked_pdf(text: str, *, user: str, owner: str = "only the owner") -> bytes:
    """Returns an encrypted PDF; with `user` empty everybody may open it."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf(text))))
    writer.encrypt(user, owner, algorithm="AES-256")
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def archive(members: dict[str, str | bytes], stored: tuple[str, ...] = ()) -> bytes:
    """Returns a zip; those named in `stored` are not packed."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return file.getvalue()


def docx(*paragraphs: str, **more: str) -> bytes:
    """Returns a Word file; each paragraph is in two runs, as Word writes them."""
    body = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(text[:3])}</w:t></w:r>'
        f"<w:r><w:t>{escape(text[3:])}</w:t></w:r></w:p>"
        for text in paragraphs
    )
    document = f"<w:document {_W}><w:body>{body}</w:body></w:document>"
    return archive({"[Content_Types].xml": _CONTENT_TYPES, "word/document.xml": document, **more})


def pptx(*slides: str, notes: str = "") -> bytes:
    """Returns a PowerPoint file with one line a slide."""

    def page(kind: str, text: str) -> str:
        return f"<p:{kind} {_A}><p:txBody><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></p:txBody></p:{kind}>"

    members = {f"ppt/slides/slide{n}.xml": page("sld", text) for n, text in enumerate(slides, start=1)}
    noted = {"ppt/notesSlides/notesSlide1.xml": page("notes", notes)} if notes else {}
    presentation = f"<p:presentation {_A}/>"
    return archive({"[Content_Types].xml": _CONTENT_TYPES, "ppt/presentation.xml": presentation, **members, **noted})


def xlsx(*strings: str, inline: str = "") -> bytes:
    """Returns an Excel file with these shared strings, and one text in its cell."""
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    cell = f'<c r="A1" t="inlineStr"><is><t>{escape(inline)}</t></is></c>' if inline else ""
    sheet = f"<worksheet {_S}><sheetData><row>{cell}<c><v>42</v></c></row></sheetData></worksheet>"
    return archive(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "xl/workbook.xml": f"<workbook {_S}/>",
            "xl/sharedStrings.xml": f"<sst {_S}>{shared}</sst>",
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def open_document(kind: str, *paragraphs: str) -> bytes:
    """Returns an OpenDocument file of kind "text" or "presentation"."""
    body = "".join(f"<text:p>{escape(text)}<text:tab/><text:span>end</text:span></text:p>" for text in paragraphs)
    page = f"<draw:page>{body}</draw:page>" if kind == "presentation" else body
    content = f"<office:document-content {_O}><office:body>{page}</office:body></office:document-content>"
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return archive({"mimetype": mimetype, "content.xml": content}, stored=("mimetype",))


def declaring(members: dict[str, str | bytes], size: int) -> bytes:
    """Returns a Word file whose last member declares `size` bytes unpacked, whatever is in it."""
    made = bytearray(archive({"[Content_Types].xml": _CONTENT_TYPES, "word/document.xml": "<x/>", **members}))
    struct.pack_into("<I", made, made.rindex(b"PK\x01\x02") + 24, size)
    return bytes(made)


def large_png(side: int) -> bytes:
    """Returns a real PNG of one grey, `side` pixels wide and high; packed it is small."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    line = b"\0" + bytes(-(-side // 8))
    pixels = b"".join(packer.compress(line * 100) for _ in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def picture_with_place(kind: str = "JPEG", tail: bytes = b"") -> bytes:
    """Returns a photo that says where it was taken, with `tail` behind its end."""
    exif = Image.Exif()
    exif[0x010F] = "Walrus Phones"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    file = BytesIO()
    Image.new("RGB", (40, 30), "#12594b").save(file, kind, exif=exif)
    return file.getvalue() + tail
