"""Bringing along and taking away: each row counts for itself, nothing comes twice, and nothing is lost."""

import contextlib
import csv
import io
import time
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from library.import_actions import run_import
from library.import_tasks import bring_along, forget_imports, resume_imports
from library.importing import archives, bookmarks, front_matter, tables
from library.importing.entries import UnreadableFileError
from library.models import Import, ImportRow, Insight, Link, Material
from tests.conftest import NOW
from tests.factories import InsightFactory, LinkFactory, MaterialFactory, MemberFactory, PrincipleFactory, stored_file
from tests.library import documents
from tests.library.conftest import picture

URL = "/library/import/"
START = {"audience": "members", "shown_as": "owner"}
WALRUS = "https://Reading.example:443/walrus"
BOOKMARKS = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 PERSONAL_TOOLBAR_FOLDER="true">Toolbar</H3>
    <DL><p>
        <DT><A HREF="https://Reading.example:443/walrus?utm_source=x#top" ADD_DATE="17">About walruses &amp; ice</A>
        <DD>Why they share their rotas.
        <DT><H3>Feedback</H3>
        <DL><p>
            <DT><A HREF="http://reading.example/narwhal" TAGS="Whales,Feedback">Narwhals</A>
            <DT><A HREF="https://reading.example/untitled"></A>
        </DL><p>
        <DT><A HREF="javascript:alert(1)">A trick</A>
        <DT><A HREF="ftp://reading.example/old">Too old</A>
        <DT><A HREF="https://reading.example/walrus">Walruses again</A>
    </DL><p>
</DL><p>
"""


def send(client, name, content):
    content = content.encode() if isinstance(content, str) else content
    return client.post(URL, {"file": SimpleUploadedFile(name, content)})


def bring(client, name, content, **start):
    """Sends a file, says yes, and returns (state, title) of each row."""
    page = send(client, name, content).headers["Location"]
    assert client.post(f"{page}start/", {**START, **start}).status_code == 302
    return [(row.state, row.title) for row in ImportRow.objects.filter(of=page.split("/")[3]).order_by("number")]


# --- bookmarks -----------------------------------------------------------------------------------------
def test_bookmarks_are_read_with_their_folders_tags_and_notes():
    found = [(one.title, one.address, one.tags, one.summary) for one in bookmarks.entries(BOOKMARKS)]
    assert found == [
        ("About walruses & ice", f"{WALRUS}?utm_source=x#top", [], "Why they share their rotas."),
        ("Narwhals", "http://reading.example/narwhal", ["Whales", "Feedback"], ""),
        ("", "https://reading.example/untitled", ["Feedback"], ""),
        ("Too old", "ftp://reading.example/old", [], ""),
        ("Walruses again", "https://reading.example/walrus", [], ""),
    ]  # fmt: skip


def test_bookmarks_that_are_written_otherwise():
    text = "<dt><a tags=a,b HREF='https://a.example/?x=1&amp;y=>2' icon=\"\">A <b>bold</b> one</a><![foo[<dd>Note"
    found = [(one.title, one.address, one.tags, one.summary) for one in bookmarks.entries(text)]
    assert found == [("A bold one", "https://a.example/?x=1&y=>2", ["a", "b"], "Note")]


@pytest.mark.parametrize("piece", ["<a ", "<a x=", "<a '", "<!--", "</a ", "<a x='\"", "<a x" + "=x" * 9, "x "])
def test_no_bookmarks_hold_the_server(piece):
    begun = time.monotonic()
    list(bookmarks.entries("<a " + piece * 50_000 + ">"))
    assert time.monotonic() - begun < 2


@pytest.mark.django_db
def test_nothing_is_added_before_one_says_so(client):
    page = client.get(send(client, "bookmarks.html", BOOKMARKS).headers["Location"])
    assert [(label, count) for label, count in page.context["counts"]] == [
        ("new", 3), ("already there", 1), ("cannot be read", 1),
    ]  # fmt: skip
    html = page.content.decode()
    assert ("Add 3 new things?" in html, "Only addresses that begin with http or https can be kept." in html) == (
        True,
    ) * 2
    assert Material.objects.count() == 0


@pytest.mark.django_db
def test_bookmarks_become_links_and_a_second_time_nothing(client, lead):
    states = [state for state, _title in bring(client, "bookmarks.html", BOOKMARKS)]
    assert states == ["added", "added", "added", "bad", "twin"]
    links = {link.address: link.material for link in Link.objects.select_related("material")}
    walrus = links["https://Reading.example:443/walrus?utm_source=x#top"]
    assert (walrus.title, walrus.summary, walrus.owner, walrus.audience) == (
        "About walruses & ice", "Why they share their rotas.", lead, "members",
    )  # fmt: skip
    narwhal = links["http://reading.example/narwhal"]
    assert sorted(tag.name for tag in narwhal.tags.all()) == ["Feedback", "Whales"]
    assert links["https://reading.example/untitled"].title == "https://reading.example/untitled"
    assert len(client.get("/library/", {"q": "narwhal"}).context["rows"]) == 1
    page = client.get(send(client, "bookmarks.html", BOOKMARKS).headers["Location"])
    assert ([count for _label, count in page.context["counts"]], page.context["ready"]) == ([4, 1], 0)
    assert "Nothing new is in it" in page.content.decode()
    assert Material.objects.count() == 3


@pytest.mark.django_db
def test_private_is_private_and_comes_under_the_name_that_was_chosen(client, other):
    bring(client, "bookmarks.html", BOOKMARKS, audience="private", shown_as="team")
    assert set(Material.objects.values_list("audience", "shown_as")) == {("private", "team")}
    assert other.get("/library/").context["total"] == "0"


# --- tables ----------------------------------------------------------------------------------------------
TABLE = (
    "Title;URL;Tags;Notes\r\n"
    "Walruses;https://reading.example/walrus;ice, sea;With rotas\r\n"
    ";;;\r\n"
    "No link;not an address;;\r\n"
    "'=1+1;https://reading.example/sum;;\r\n"
    f"Tagged;https://reading.example/many;{','.join('abcdefghijklm')};\r\n"
    "Last;https://reading.example/last;;\r\n"
)


@pytest.mark.django_db
def test_one_bad_row_stops_no_other(client):
    assert bring(client, "links.csv", TABLE) == [
        ("added", "Walruses"), ("bad", "No link"), ("added", "=1+1"), ("bad", "Tagged"), ("added", "Last"),
    ]  # fmt: skip
    words = list(ImportRow.objects.filter(state="bad").order_by("number").values_list("words", flat=True))
    assert words == ["Only addresses that begin with http or https can be kept.", "Tags: At most twelve tags, please."]
    assert sorted(tag.name for tag in Material.objects.get(title="Walruses").tags.all()) == ["ice", "sea"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_tables_of_any_program(mark):
    table = f"\ufeffURL{mark}Name{mark}Type\na{mark}b{mark}link\n".lstrip("\ufeff")
    assert [(one.address, one.title, one.kind) for one in tables.entries(table)] == [("a", "b", "link")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "just,words\n1,2\n"),
        ("a.csv", ""),
        ("a.csv", 'title\n"never closed' + "x" * 300_000),
        ("a.csv", BOOKMARKS),
        ("a.csv", "title\nx\0y"),
        ("a.html", "<h1>A page</h1>"),
        ("a.html", "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL>"),
        ("a.zip", b"PK\x03\x04 broken"),
        ("a.zip", documents.archive({"readme.txt": "hello"})),
        ("a.exe", b"MZ"),
        ("many.csv", "title\n" + "x\n" * 2_001),
    ],
)
def test_what_cannot_be_read_is_said(client, name, content):
    response = send(client, name, content)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["file"])
    assert Import.objects.count() == 0


@pytest.mark.django_db
def test_a_file_that_is_too_large(client, settings):
    settings.UPLOAD_MAX_MB = 1
    response = send(client, "a.csv", b"x" * (1024 * 1024 + 1))
    assert (response.status_code, response.context["form"].errors["file"]) == (413, ["a.csv is larger than 1 MB."])


# --- large ones, in the background -----------------------------------------------------------------------
def many(rows=25):
    return "title,url\n" + "".join(f"Row {n},https://reading.example/{n}\n" for n in range(rows))


@pytest.mark.django_db
def test_a_large_one_runs_in_the_background_and_shows_how_far_it_is(client):
    page = send(client, "many.csv", many()).headers["Location"]
    client.post(f"{page}start/", START)
    running = Import.objects.get()
    assert (running.state, Material.objects.count()) == ("running", 0)
    steps = run_import(running)
    assert [next(steps) for _ in range(3)] == [(1, 25), (2, 25), (3, 25)]
    steps.close()
    shown = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert ("3 of 25" in shown, 'hx-trigger="every 2s"' in shown) == (True, True)
    resume_imports(NOW)
    bring_along.call(running.pk)
    running.refresh_from_db()
    assert (running.state, Material.objects.count()) == ("done", 25)
    assert "25 things are in the library now." in client.get(page).content.decode()
    client.post(f"{page}start/", START)
    bring_along.call(running.pk)
    assert Material.objects.count() == 25


@pytest.mark.django_db
def test_somebody_elses_import_is_nobodys_business(client, other):
    page = send(client, "a.csv", many(1)).headers["Location"]
    answers = [other.get(page), other.post(f"{page}start/", START), other.post(f"{page}drop/")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (Import.objects.get().state, Material.objects.count()) == ("preview", 0)


@pytest.mark.django_db(transaction=True)
def test_what_one_leaves_is_forgotten_with_its_file(client, lead):
    MaterialFactory(owner=lead, title="One", body="x")
    archive = b"".join(client.get("/library/export/library.zip"))
    Material.objects.all().delete()
    page = send(client, "library.zip", archive).headers["Location"]
    name = Import.objects.get().file.name
    assert default_storage.exists(name)
    assert client.post(f"{page}drop/").headers["Location"] == URL
    assert (Import.objects.count(), default_storage.exists(name), Material.objects.count()) == (0, False, 0)


# --- taking away -----------------------------------------------------------------------------------------
@pytest.fixture
def library(lead):
    """One of each kind of the lead's, with all that can stand in it."""
    principle = PrincipleFactory(title="Name the change")
    text = "# Heading\n\n---\n\nA: *text* with `---` and 日本語\n\n---\nkind: link\n---\n\n    code at the end"
    MaterialFactory(owner=lead, title='An "article": #1', summary="Short – and *plain*", body=text, tags=["a", "c++"],
                    principles=[principle], shown_as="team")  # fmt: skip
    LinkFactory(material__owner=lead, material__title="A link", address="https://reading.example/a?b=1",
                normal_address="https://reading.example/a?b=1", medium="book",
                minutes=12, material__body="It helped.")  # fmt: skip
    answers = {"hypothesis": "Less: is more\n- a\n- b", "tried": "Six weeks", "result": "#1"}
    InsightFactory(material__owner=lead, material__title="An experiment", answers=answers, outcome="mixed")
    stored_file(documents.pdf("About walruses"), "slides.pdf", owner=lead, title="Slides", summary="x")
    stored_file(picture("PNG"), "card.png", owner=lead, title="Card", shown_as="anonymous")
    MaterialFactory(owner=lead, title="A draft", body="Not yet", published_at=None, audience="private")
    return lead


def facts():
    """All that an export has to keep, of every material."""
    return sorted(
        (
            one.kind, one.title, one.summary, one.body, one.shown_as, one.audience, one.published_at,
            sorted(tag.name for tag in one.tags.all()), sorted(p.title for p in one.principles.all()),
            [(link.address, link.medium, link.minutes) for link in Link.objects.filter(material=one)],
            [(i.nature, i.answers, i.outcome, i.repeat, i.became, i.became_at)
             for i in Insight.objects.filter(material=one)],
            [(file.name, file.number, file.size) for file in one.attachments.all()],
        )
        for one in Material.objects.all()
    )  # fmt: skip


@pytest.mark.django_db
def test_an_export_comes_back_with_nothing_lost_and_only_once(client, library):
    slides = Material.objects.get(title="Slides")
    later = {**START, "title": "Slides", "summary": "x", "version": 1, "save": "publish"}
    later["file"] = SimpleUploadedFile("later.pdf", documents.pdf("About narwhals"))
    client.post(f"{slides.get_absolute_url()}edit/", later)
    before = facts()
    archive = b"".join(client.get("/library/export/library.zip"))
    assert {state for state, _title in bring(client, "library.zip", archive)} == {"twin"}
    assert facts() == before
    Material.objects.all().delete()
    assert {state for state, _title in bring(client, "library.zip", archive)} == {"added"}
    assert facts() == before
    assert {state for state, _title in bring(client, "library.zip", archive)} == {"twin"}
    assert Import.objects.order_by("pk").values_list("file", flat=True)[0] == ""


@pytest.mark.django_db
def test_an_export_holds_what_one_may_see_and_names_nobody_who_hides(client, library, other):
    secret = MemberFactory(name="Walrus Person", team__name="Walrus Team")
    MaterialFactory(owner=secret, title="Anonymous piece", shown_as="anonymous")
    MaterialFactory(owner=secret, title="Private piece", audience="private")
    stored_file(b"words", "a.txt", owner=secret, title="Hidden file", shown_as="anonymous")
    with zipfile.ZipFile(io.BytesIO(b"".join(client.get("/library/export/library.zip")))) as archive:
        texts = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    table = b"".join(client.get("/library/export/library.csv")).decode("utf-8-sig")
    everything = "".join([*texts, *texts.values(), table])
    seen = [words in everything for words in ("Anonymous piece", "Hidden file", "Private piece", "Walrus", "A draft")]
    assert seen == [True, True, False, False, True]
    theirs = b"".join(other.get("/library/export/library.csv")).decode("utf-8-sig")
    assert ["A draft" in theirs, "Lea Lead" in theirs.partition("Card")[2].partition("\n")[0]] == [False, False]


@pytest.mark.django_db
def test_what_others_wrote_comes_in_without_a_name(client, other, lead):
    MaterialFactory(title="Theirs", body="x", owner=MemberFactory(name="Somebody Else"))
    archive = b"".join(client.get("/library/export/library.zip"))
    Material.objects.all().delete()
    bring(client, "library.zip", archive)
    assert Material.objects.get().shown_as == "anonymous"


@pytest.mark.django_db
def test_the_table_is_safe_and_comes_back(client, lead):
    LinkFactory(material__owner=lead, material__title="=1+1", address="https://reading.example/sum")
    MaterialFactory(owner=lead, title="An article", body="One\n\nTwo; three", tags=["a"])
    table = b"".join(client.get("/library/export/library.csv"))
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert sorted(row["title"] for row in rows) == ["'=1+1", "An article"]
    before = facts()
    Material.objects.all().delete()
    bring(client, "library.csv", table)
    assert [fact[:4] for fact in facts()] == [fact[:4] for fact in before]


@pytest.mark.django_db
def test_an_export_costs_the_same_queries_however_much_there_is(client, library, django_assert_num_queries):
    for _ in range(3):
        b"".join(client.get("/library/export/library.csv"))
        with django_assert_num_queries(7):
            b"".join(client.get("/library/export/library.csv"))
        MaterialFactory.create_batch(2, tags=["a"])


# --- from the command line, and forgotten in time --------------------------------------------------------------
@pytest.mark.django_db
def test_the_command_goes_on_where_it_was_stopped(client, library, tmp_path, monkeypatch):
    file = tmp_path / "library.zip"
    file.write_bytes(b"".join(client.get("/library/export/library.zip")))
    before = facts()
    Material.objects.all().delete()
    said = io.StringIO()

    def command():
        call_command("import_library", str(file), member=library.email, stdout=said)

    def stopped(_import):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("library.import_actions._end_import", stopped)
        with pytest.raises(KeyboardInterrupt):
            command()
    command()
    assert (facts(), Import.objects.count()) == (before, 1)
    assert said.getvalue().splitlines() == [f"{n} of 6" for n in range(1, 7)]
    with pytest.raises(CommandError):
        call_command("import_library", str(file), member="nobody@example.org")
    with pytest.raises(CommandError):
        call_command("import_library", str(tmp_path / "none.zip"), member=library.email)


@pytest.mark.django_db
def test_reports_and_what_was_left_are_forgotten(client):
    bring(client, "done.csv", many(1))
    send(client, "left.csv", many(1))
    moment = timezone.now()
    counts = []
    for days in (6, 8, 29, 31):
        forget_imports(moment + timedelta(days=days))
        counts.append(Import.objects.count())
    assert (counts, Material.objects.count()) == ([2, 1, 1, 0], 1)


# --- hostile archives --------------------------------------------------------------------------------------
def entry(**head):
    return front_matter.written({"kind": "article", "title": "T", **head}, "text")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "no front matter",
        "---\nkind: article",
        "---\n- a list\n---\n",
        "---\na: &a [x]\nb: *a\n---\ntext",
        "---\n!!python/object/apply:os.system ['true']\n---\n",
        "---\n" + "[" * 50_000 + "\n---\n",
        "---\nkind: [1, 2]\n---\ntext",
        entry(kind="program"),
        entry(kind="file", files=["../../etc/passwd"]),
        entry(kind="file", files=["/etc/passwd"]),
        entry(kind="insight", nature="gossip"),
        entry(kind="link", address="javascript:alert(1)"),
        entry(audience="everyone"),
        entry(shown_as="boss"),
        entry(title=""),
        "---\nkind: article\ntitle: x\nminutes: 0x" + "f" * 5_000 + "\n---\n",
        entry(kind="file", files=["materials/.."]),
    ],
)
def test_a_hostile_entry_is_a_bad_row(client, text):
    archive = documents.archive({"materials/1.md": text, "materials/2.md": entry(title="Fine")})
    assert [state for state, _title in bring(client, "a.zip", archive)] == ["bad", "added"]
    assert [material.title for material in Material.objects.all()] == ["Fine"]


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["2024-02-31T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-01-01T00:00:00Z", "soon"])
def test_a_date_that_cannot_be_is_today(client, said):
    before = timezone.now()
    archive = documents.archive({"materials/1.md": entry(published=said)})
    assert [state for state, _title in bring(client, "a.zip", archive)] == ["added"]
    assert Material.objects.get().published_at >= before


@pytest.mark.django_db
def test_what_no_database_keeps_is_left_out(client):
    text = entry(title="x").replace("title: x", 'title: "a\\0b\\ud800c"') + "te\0xt"
    assert bring(client, "a.zip", documents.archive({"materials/1.md": text})) == [("added", "abc")]
    assert Material.objects.get().body.endswith("text")


@pytest.mark.django_db
def test_a_row_nobody_thought_of_stops_no_other(client, monkeypatch):
    def parse(text):
        if text == "trap":
            raise RuntimeError

    monkeypatch.setattr("library.import_actions.moment_of", parse)
    archive = documents.archive({"materials/1.md": entry(published="trap"), "materials/2.md": entry(title="Fine")})
    assert [state for state, _title in bring(client, "a.zip", archive)] == ["bad", "added"]
    assert Import.objects.get().state == Import.State.DONE


def _zipped(content, *, way=zipfile.ZIP_DEFLATED, said=None):
    """A zip with one material, which is said to have another size than it has, or is damaged."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", way) as archive:
        archive.writestr("materials/1.md", content)
    data = target.getvalue()
    if said is not None:
        data = data.replace(len(content).to_bytes(4, "little"), said.to_bytes(4, "little"))
    return data


def test_a_zip_never_unpacks_more_than_it_may():
    zipped = _zipped(b"x" * 60_000_000, said=100)
    tracemalloc.start()
    entries = list(archives.entries(io.BytesIO(zipped)))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ([bool(one.problem) for one in entries], most < 10_000_000) == ([True], True)


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_cannot_be_unpacked_piece_by_piece(way):
    (found,) = archives.entries(io.BytesIO(_zipped(entry(title="x").encode(), way=way)))
    assert found.problem
    with pytest.raises(ValueError, match="materials"):
        archives.member(io.BytesIO(_zipped(b"x", way=way)), "materials/1.md", 100)


def test_a_damaged_zip_has_a_bad_row():
    data = bytearray(_zipped(entry(title="x").encode() * 20))
    data[44:60] = b"\xff" * 16
    (found,) = archives.entries(io.BytesIO(bytes(data)))
    assert found.problem


def test_all_texts_of_a_zip_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(archives, "MAX_TEXTS", 1_000)
    texts = {f"materials/{n}.md": entry(title=str(n)) + "x" * 400 for n in range(1, 5)}
    found = list(archives.entries(io.BytesIO(documents.archive(texts))))
    assert [bool(one.problem) for one in found] == [False, False, True, True]


@given(st.dictionaries(st.sampled_from(["title", "summary", "kind"]), st.text()), st.text())
def test_front_matter_keeps_every_text(head, body):
    read, text = front_matter.read(front_matter.written(head, body))
    assert (read, text) == (head, body)


@given(st.text())
def test_no_text_breaks_a_reader(text):
    list(bookmarks.entries(text))
    for read in (tables.entries, lambda text: archives.entries(io.BytesIO(text.encode("utf-8", "replace")))):
        with contextlib.suppress(UnreadableFileError):
            list(read(text))
    with contextlib.suppress(ValueError):
        front_matter.read(f"---\n{text}\n---\n")


@pytest.mark.parametrize(
    "text", ["0\n", "a\n\n", "\x85", " - a\n---\nb", "'=x", "\u2028\n", "a\r\nb", "\ufeff", "|", "~"]
)
def test_front_matter_keeps_odd_ends(text):
    assert front_matter.read(front_matter.written({"title": text}, text)) == ({"title": text}, text)
