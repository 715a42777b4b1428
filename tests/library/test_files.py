"""Files on their way in and out: limits while they come, rights and headers when they go."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from library.models import Attachment, Grant, Material
from tests.conftest import NOW
from tests.factories import MaterialFactory, MemberFactory, stored_file

COMMON = {"shown_as": "owner", "audience": "members", "save": "publish"}
URL = "/library/new/file/"


def upload(name="notes.txt", content=b"All about walruses"):
    return SimpleUploadedFile(name, content)


def stored_files():
    root = Path(default_storage.location)
    return {path for path in root.rglob("*") if path.is_file()}


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def body(response):
    return b"".join(response)


# --- in ----------------------------------------------------------------------------------------------
def test_a_file_is_stored_under_a_random_name_and_found(client, lead):
    response = client.post(URL, {**COMMON, "file": upload("my_notes.txt"), "tags": "a"})
    attachment = Attachment.objects.get()
    material = attachment.material
    assert response.headers["Location"] == material.get_absolute_url()
    assert (material.kind, material.title, attachment.name, attachment.size) == ("file", "My notes", "my_notes.txt", 18)
    assert (attachment.number, attachment.media_type, attachment.uploaded_by) == (1, "text/plain; charset=utf-8", lead)
    assert "notes" not in attachment.file.name
    assert len(client.get("/library/", {"q": "walruses"}).context["rows"]) == 1


def test_a_file_is_needed_and_everything_typed_is_kept(client):
    response = client.post(URL, {**COMMON, "title": "Kept title"})
    assert (response.status_code, list(errors(response))) == (422, ["file"])
    assert "Kept title" in response.content.decode()


def test_a_wrong_kind_is_said(client):
    before = stored_files()
    response = client.post(URL, {**COMMON, "file": upload("a.svg", b"<svg/>")})
    assert (response.status_code, errors(response)) == (422, {"file": ["This kind of file is not accepted."]})
    assert (stored_files(), Material.objects.count()) == (before, 0)


def test_the_same_file_is_said_and_may_be_added_anyway(client):
    client.post(URL, {**COMMON, "file": upload()})
    twin = Material.objects.get()
    response = client.post(URL, {**COMMON, "file": upload("other.txt")})
    assert response.status_code == 422
    assert f'Already in the library: <a href="{twin.get_absolute_url()}">Notes</a>' in response.content.decode()
    assert client.post(URL, {**COMMON, "file": upload("other.txt"), "anyway": "on"}).status_code == 302
    assert Material.objects.count() == 2


def test_a_newer_version_is_served_under_the_same_address(client):
    client.post(URL, {**COMMON, "file": upload()})
    material = Material.objects.get()
    edit = {**COMMON, "title": "Notes", "version": 1, "file": upload("later.txt", b"All about narwhals")}
    assert client.post(f"{material.get_absolute_url()}edit/", edit).status_code == 302
    assert [attachment.number for attachment in material.attachments.all()] == [2, 1]
    assert body(client.get(f"{material.get_absolute_url()}file/")) == b"All about narwhals"
    assert [len(client.get("/library/", {"q": q}).context["rows"]) for q in ("walruses", "narwhals")] == [0, 1]
    words_only = {**COMMON, "title": "Renamed", "version": 2}
    client.post(f"{material.get_absolute_url()}edit/", words_only)
    assert material.attachments.count() == 2


def test_when_the_row_fails_no_file_stays(client, monkeypatch):
    before = stored_files()

    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr("library.actions.index_material", fail)
    with pytest.raises(RuntimeError):
        client.post(URL, {**COMMON, "file": upload()})
    assert (stored_files(), Material.objects.count()) == (before, 0)


# --- too large ---------------------------------------------------------------------------------------
@pytest.fixture
def small(settings):
    settings.UPLOAD_MAX_MB = 1


LARGE = b"x" * (1024 * 1024 + 1)


def test_a_large_file_is_stopped_and_everything_typed_is_kept(client, small):
    before = stored_files()
    data = {"file": upload("slides.pdf", LARGE), **COMMON, "title": "Kept title", "tags": "kept"}
    response = client.post(URL, data)
    assert (response.status_code, errors(response)) == (413, {"file": ["slides.pdf is larger than 1 MB."]})
    page = response.content.decode()
    assert ('value="Kept title"' in page, 'value="kept"' in page) == (True, True)
    assert (stored_files(), Material.objects.count()) == (before, 0)


def test_htmx_gets_the_form_with_413(client, small):
    data = {"file": upload("slides.pdf", LARGE), **COMMON}
    response = client.post(URL, data, headers={"HX-Request": "true"})
    assert (response.status_code, response.content.decode().strip()[:9]) == (413, "<form id=")


def test_a_large_text_for_an_article_or_a_newer_version(client, lead, small):
    data = {**COMMON, "title": "x", "body": "y", "file": upload("a.md", LARGE)}
    assert client.post("/library/new/article/", data).status_code == 413
    material = stored_file(owner=lead).material
    edit = {**COMMON, "title": "x", "version": 1, "file": upload("a.md", LARGE)}
    assert client.post(f"{material.get_absolute_url()}edit/", edit).status_code == 413
    assert material.attachments.count() == 1


def test_an_absurd_request_is_not_read_at_all(client, small):
    class Untouched:
        def read(self, *_args):
            raise AssertionError("It was read.")

        readline = read

    size = 4 * 1024 * 1024 + 1
    response = client.post(URL, **{"wsgi.input": Untouched(), "CONTENT_LENGTH": str(size)})
    assert response.status_code == 413
    assert "larger than we can take" in response.content.decode()


def test_uploads_are_counted(client):
    answers = [client.post(URL, {**COMMON}).status_code for _ in range(21)]
    assert (answers[19], answers[20]) == (422, 429)


def test_htmx_is_sent_to_the_new_page(client):
    response = client.post(URL, {**COMMON, "file": upload()}, headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, Material.objects.get().get_absolute_url())


# --- out -----------------------------------------------------------------------------------------------
def served(client, attachment, query="", **headers):
    return client.get(f"{attachment.material.get_absolute_url()}file/{query}", headers=headers)


def test_headers_of_a_text(client):
    attachment = stored_file(b"words", 'naïve "x".txt')
    response = served(client, attachment)
    assert body(response) == b"words"
    assert {name: response.headers[name] for name in HEADERS} == {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Disposition": "attachment; filename*=utf-8''na%C3%AFve%20x.txt",
        "Content-Length": "5",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Accept-Ranges": "bytes",
    }


HEADERS = (
    "Content-Type", "Content-Disposition", "Content-Length", "Cache-Control", "X-Content-Type-Options",
    "Content-Security-Policy", "Accept-Ranges",
)  # fmt: skip


def test_pictures_and_pdf_are_shown_and_saved_on_request(client, png):
    picture, pdf = stored_file(png, "a.png"), stored_file(b"%PDF-1.7 x", "b.pdf")
    for attachment, policy in (
        (picture, "sandbox; default-src 'none'"),
        (pdf, "default-src 'none'; object-src 'self'"),
    ):
        shown, saved = served(client, attachment), served(client, attachment, "?download=1")
        body(shown), body(saved)
        assert shown.headers["Content-Disposition"] == f'inline; filename="{attachment.name}"'
        assert saved.headers["Content-Disposition"] == f'attachment; filename="{attachment.name}"'
        assert shown.headers["Content-Security-Policy"] == policy


def test_what_a_browser_has_is_not_sent_again(client):
    attachment = stored_file()
    response = served(client, attachment)
    body(response)
    again = served(client, attachment, **{"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = served(client, attachment, **{"If-None-Match": '"x"'})
    assert (other.status_code, body(other)) == (200, b"# Handout")


@pytest.mark.parametrize(
    ("wanted", "status", "content", "range_"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=3-1", 416, b"", "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
        ("bytes=x-", 200, b"0123456789", None),
    ],
)
def test_ranges(client, wanted, status, content, range_):
    response = served(client, stored_file(b"0123456789", "a.txt"), Range=wanted)
    assert (response.status_code, body(response)) == (status, content)
    assert response.headers.get("Content-Range") == range_


def test_a_long_range_is_streamed(client):
    content = bytes(range(32, 127)) * 3_000
    response = served(client, stored_file(content, "a.txt"), Range="bytes=10-200009")
    assert body(response) == content[10:200_010]
    assert response.headers["Content-Length"] == "200000"


def test_a_range_of_another_version_is_the_whole(client):
    response = served(client, stored_file(b"0123456789", "a.txt"), Range="bytes=0-1", **{"If-Range": '"old"'})
    assert (response.status_code, body(response)) == (200, b"0123456789")


def test_head_tells_all_but_the_content(client):
    attachment = stored_file(b"words", "a.txt")
    response = client.head(f"{attachment.material.get_absolute_url()}file/")
    assert (response.status_code, response.headers["Content-Length"], b"".join(response)) == (200, "5", b"")


def test_no_file_no_answer(client):
    assert client.get(f"{MaterialFactory().get_absolute_url()}file/").status_code == 404
    assert client.get(f"{MaterialFactory(kind='file').get_absolute_url()}file/").status_code == 404
    lost = stored_file()
    Path(lost.file.path).unlink()
    assert served(client, lost).status_code == 404


def test_a_file_is_as_private_as_its_material(client, other, lead):
    attachment = stored_file(owner=lead, audience="private")
    mine, theirs = served(client, attachment), served(other, attachment)
    body(mine)
    assert (mine.status_code, theirs.status_code) == (200, 404)


def _replaced(client, material, name, **fields):
    """Puts a newer version of the file there, through the form."""
    material.refresh_from_db()
    data = {"title": material.title, "audience": "members", "shown_as": "owner", "version": material.version,
            "file": SimpleUploadedFile(name, name.encode()), "save": "publish", **fields}  # fmt: skip
    assert client.post(f"{material.get_absolute_url()}edit/", data).status_code == 302


def _opened(client, material, versions=(1, 2, 3)):
    """Which versions a reader may fetch, and is shown."""
    url, page = material.get_absolute_url(), client.get(material.get_absolute_url()).content.decode()
    found = []
    for number in versions:
        answer = client.get(f"{url}file/{number}/")
        assert body(answer)  # read to its end it is closed
        found.append((answer.status_code == 200, f"file/{number}/" in page))
    return found


YES, NO = (True, True), (False, False)


@pytest.mark.parametrize(("published", "audience"), [(None, "members"), (NOW, "private")])
def test_what_was_replaced_before_it_was_shared_stays_with_its_owner(client, other, lead, published, audience):
    attachment = stored_file(b"secret", "a.txt", owner=lead, published_at=published, audience=audience)
    material = attachment.material
    _replaced(client, material, "b.txt")
    _replaced(client, material, "c.txt")
    assert (_opened(client, material), _opened(other, material)) == ([YES, YES, YES], [NO, YES, YES])
    with zipfile.ZipFile(io.BytesIO(b"".join(other.get("/library/export/library.zip")))) as archive:
        names = sorted(name.rpartition("/")[2] for name in archive.namelist() if name.startswith("files/"))
    assert names == ["b.txt", "c.txt"]


def test_earlier_versions_of_what_was_always_shared_are_for_members_and_never_for_guests(client, other, guest, sign_in):
    attachment = stored_file(b"first", "a.txt", owner=MemberFactory())
    material = attachment.material
    _replaced(sign_in(material.owner), material, "b.txt")
    Grant.objects.create(member=guest, material=material, until=timezone.now() + timedelta(days=1))
    visitor = sign_in(guest)
    assert (_opened(other, material, (1, 2)), _opened(visitor, material, (1,))) == ([YES, YES], [NO])
    newest = visitor.get(f"{material.get_absolute_url()}file/")
    assert (newest.status_code, body(newest)) == (200, b"b.txt")
