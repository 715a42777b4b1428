"""What others said goes into an export as its page shows it, and comes back as nobody's words but theirs."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from library.importing import archives, front_matter
from library.importing.said import MAX_COMMENT, MOST, moment_of, said_in
from library.leaving import let_go
from library.models import Adaptation, Attachment, Comment, Hearsay, ImportRow, Insight, Material, Tag
from tests.factories import InsightFactory, MaterialFactory, MemberFactory, PrincipleFactory, TeamFactory, stored_file
from tests.library import documents
from tests.library.test_imports import bring, entry, facts, send

WRITTEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ATTACK = "<script>alert(1)</script> [x](javascript:alert(1)) ![x](https://evil.example/a.png)"


def say(material, text, by=None, **fields):
    return Comment.objects.create(material=material, by=by, text=text, written_at=WRITTEN, **fields)


def taken(client):
    return b"".join(client.get("/library/export/library.zip"))


def heads(archive):
    """Returns the front matter of each material, by its title."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        texts = [found.read(name).decode() for name in found.namelist() if name.endswith(".md")]
    read = [front_matter.read(text)[0] for text in texts if text.startswith("---\nkind")]
    return {head["title"]: head for head in read}


@pytest.fixture
def discussed(lead, manager):
    """An experiment of the lead's that others talked about."""
    insight = InsightFactory(
        material__owner=lead, material__title="Discussed", material__helped_count=2,
        material__review_on=date(2027, 2, 3), became="It *stayed*.\n\n- so far", became_at=WRITTEN,
    )  # fmt: skip
    material = insight.material
    say(material, "**We** did it\n\n- too", manager, edited_at=WRITTEN)
    say(material, "Mine", lead)
    say(material, "From before")
    team = TeamFactory(name="Orca")
    Adaptation.objects.create(material=material, team=team, choice="leave", note="Too early", written_at=WRITTEN)
    return material


AT = WRITTEN.isoformat()


def said_of_discussed(manager, lead):
    return {
        "helped": 2,
        "comments": [
            {"by": manager.name, "at": AT, "text": "**We** did it\n\n- too", "edited": True},
            {"by": lead.name, "at": AT, "text": "Mine"},
            {"by": "a former member", "at": AT, "text": "From before"},
        ],
        "adaptations": [{"team": "Orca", "choice": "leave", "at": AT, "note": "Too early"}],
    }


def listed(head):
    return {name: head[name] for name in ("helped", "comments", "adaptations")}


# --- taking away -------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_what_others_said_stands_in_the_file_as_the_page_shows_it(client, discussed, manager, lead):
    head = heads(taken(client))["Discussed"]
    assert listed(head) == said_of_discussed(manager, lead)
    assert (head["became"], head["review"]) == ({"text": "It *stayed*.\n\n- so far", "at": AT}, "2027-02-03")


@pytest.mark.django_db
def test_nothing_hidden_or_gone_is_taken_away(client, other, discussed, manager):
    say(discussed, "Hidden words", manager, hidden_at=WRITTEN, hidden_reason="Walrus")
    say(discussed, "Deleted words", manager, deleted_at=WRITTEN)
    draft = MaterialFactory(owner=discussed.owner, title="Draft", published_at=None)
    say(draft, "Said to a draft", manager)
    for browser in (client, other):
        found = heads(taken(browser))
        assert [one["text"] for one in found["Discussed"]["comments"]] == [
            "**We** did it\n\n- too",
            "Mine",
            "From before",
        ]
        assert [words for words in ("Hidden words", "Walrus", "Deleted", "a draft") if words in str(found)] == []


@pytest.mark.django_db
def test_the_zip_costs_the_same_queries_for_5_and_for_50(client, manager, django_assert_num_queries):
    def add(count):
        for number in range(count):
            insight = InsightFactory(material__owner=manager)
            say(insight.material, "x", manager)
            Adaptation.objects.create(material=insight.material, team=TeamFactory(), choice="adapt", written_at=WRITTEN)
            first = stored_file(f"{manager.pk} {Tag.objects.count()} {number} {count}".encode(), "a.txt", owner=manager)
            Attachment.objects.create(
                material=first.material, number=2, name="b.txt", file=first.file.name, size=1, sha256="0" * 64,
                uploaded_at=WRITTEN,
            )  # fmt: skip

    add(2)
    taken(client)
    for count in (3, 40):
        with django_assert_num_queries(11):
            taken(client)
        add(count)
    assert len(heads(taken(client))) > 45


@pytest.mark.django_db
def test_what_was_replaced_in_private_stays_with_its_owner(client, other, manager):
    files = [stored_file(f"old {n}".encode(), "old.txt", owner=manager, title=f"File {n}") for n in range(3)]
    for number, first in enumerate(files):
        Attachment.objects.create(
            material=first.material, number=2, name="new.txt", file=first.file.name, size=1, sha256="0" * 64,
            uploaded_at=WRITTEN,
        )  # fmt: skip
        for audience, day in (("members", 0), ("private", 1), ("members", 3), ("members", 4))[: 4 if number else 1]:
            first.material.history.create(
                id=first.material_id, version=1, title="x", summary="", body="", shown_as="owner", audience=audience,
                published_at=WRITTEN, details={}, history_type="~",
                history_date=WRITTEN + timedelta(days=day - (0 if number == 1 else 9)),
            )  # fmt: skip
    named = {title: [path.rpartition("/")[2] for path in head["files"]] for title, head in heads(taken(client)).items()}
    assert named == {"File 0": ["old.txt", "new.txt"], "File 1": ["new.txt"], "File 2": ["old.txt", "new.txt"]}
    theirs = heads(taken(other))
    assert [len(theirs[f"File {n}"]["files"]) for n in range(3)] == [2, 2, 2]


# --- bringing along ----------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_nothing_is_lost_and_nothing_comes_twice(client, discussed, manager, lead):
    before, archive = facts(), taken(client)
    assert bring(client, "library.zip", archive) == [("twin", "Discussed")]
    assert ImportRow.objects.get().words == "It stays as it is; what others said about it in the file is left out."
    Material.objects.all().delete()
    assert bring(client, "library.zip", archive) == [("added", "Discussed")]
    assert (facts(), Material.objects.get().review_on) == (before, date(2027, 2, 3))
    assert Hearsay.objects.get().said == said_of_discussed(manager, lead)
    assert (Comment.objects.count(), Adaptation.objects.count()) == (0, 0)
    assert bring(client, "library.zip", archive) == [("twin", "Discussed")]


@pytest.mark.django_db
def test_it_goes_on_from_library_to_library(client, discussed, manager, lead):
    archive = taken(client)
    Material.objects.all().delete()
    bring(client, "library.zip", archive)
    say(Material.objects.get(), "Said here", manager)
    head = heads(archive := taken(client))["Discussed"]
    expected = said_of_discussed(manager, lead)
    marked = [{**one, "elsewhere": True} for one in expected["comments"]]
    assert head["comments"] == [*marked, {"by": manager.name, "at": AT, "text": "Said here"}]
    Material.objects.all().delete()
    bring(client, "library.zip", archive)
    said = Hearsay.objects.get().said
    assert said["comments"] == [*expected["comments"], {"by": manager.name, "at": AT, "text": "Said here"}]
    assert (said["adaptations"], said["helped"]) == (expected["adaptations"], 2)


@pytest.mark.django_db
def test_only_who_brought_it_along_sees_what_others_said(client, other, discussed, manager):
    archive = taken(client)
    Material.objects.all().delete()
    bring(client, "library.zip", archive)
    material = Material.objects.get()
    page = client.get(material.get_absolute_url()).content.decode()
    assert ("Where it came from" in page, "Too early" in page, "It had helped 2 members." in page) == (True,) * 3
    theirs = other.get(material.get_absolute_url())
    assert (theirs.status_code, "Where it came from" in theirs.content.decode()) == (200, False)
    assert "Too early" not in str(heads(taken(other)))
    material.owner = manager
    material.save()
    assert "Where it came from" not in other.get(material.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_what_others_wrote_keeps_the_name_it_stood_under_for_oneself(client, other, lead):
    MaterialFactory(title="Theirs", body="x", owner=MemberFactory(name="Somebody Else", team=None))
    MaterialFactory(title="Nobody's", body="x", shown_as="anonymous")
    archive = taken(client)
    Material.objects.all().delete()
    bring(client, "library.zip", archive)
    theirs, nobodys = Material.objects.order_by("pk")
    words = "It stood under “Somebody Else” and comes in without a name."
    assert [row.words for row in ImportRow.objects.order_by("pk")] == [words, ""]
    assert (theirs.hearsay.said, hasattr(nobodys, "hearsay")) == ({"by": "Somebody Else"}, False)
    assert "It stood under “Somebody Else”." in client.get(theirs.get_absolute_url()).content.decode()
    assert "Somebody Else" not in other.get(theirs.get_absolute_url()).content.decode()
    assert heads(taken(client))["Theirs"]["by_elsewhere"] == "Somebody Else"


@pytest.mark.django_db
def test_whoever_goes_leaves_no_name_in_what_others_brought_along(client, discussed, manager, lead):
    theirs = MaterialFactory(title="Theirs", body="x", owner=manager)
    archive = taken(client)
    Material.objects.all().delete()
    bring(client, "library.zip", archive)
    Material.objects.filter(title="Theirs").delete()
    waiting = send(client, "library.zip", archive).headers["Location"]
    name = manager.name
    assert all(
        name in str(rows) for rows in (_kept(Hearsay, "said"), _kept(ImportRow, "fields"), _kept(ImportRow, "words"))
    )
    let_go(manager, writings="keep", now=WRITTEN)
    assert [rows for rows in (_kept(Hearsay, "said"), _kept(ImportRow, "fields", "words")) if name in str(rows)] == []
    assert [one["by"] for one in Hearsay.objects.get().said["comments"]] == [
        "a former member",
        lead.name,
        "a former member",
    ]
    client.post(f"{waiting}start/", {"audience": "members", "shown_as": "owner"})
    brought = Material.objects.get(title="Theirs")
    assert (brought.shown_as, brought.hearsay.said, theirs.title) == ("anonymous", {"by": "a former member"}, "Theirs")


def _kept(model, *fields):
    return list(model.objects.values(*fields))


# --- what is left out is said --------------------------------------------------------------------------------
def words_of(client, text):
    """Returns what the preview and then the report say of one material."""
    page = send(client, "a.zip", documents.archive({"materials/1.md": text})).headers["Location"]
    before = ImportRow.objects.latest("pk").words
    assert before in client.get(page).context["page"][0].words
    client.post(f"{page}start/", {"audience": "members", "shown_as": "owner"})
    after = ImportRow.objects.latest("pk")
    return before, after.words, after.state


EXPERIMENT = {"kind": "insight", "nature": "experiment", "answers": {"hypothesis": "x", "tried": "y"}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("head", "words"),
    [
        ({"principles": ["x"]}, "The principle “x” does not exist here and is left out."),
        ({"principles": ["x", "y", "Known"]}, "The principles “x”, “y” do not exist here and are left out."),
        ({"principles": list("abcdefg")},
         "The principles “a”, “b”, “c”, “d”, “e” … do not exist here and are left out."),
        ({"principles": ["Known"], "tags": "one, two"}, ""),
        ({**EXPERIMENT, "outcome": "great"}, "“great” has no place here and is left out."),
        ({**EXPERIMENT, "repeat": "yes", "became": "It went on."}, ""),
        ({"kind": "link", "address": "https://reading.example/1", "medium": "opera"},
         "“opera” has no place here and is left out."),
        ({**EXPERIMENT, "answers": {"hypothesis": "[x](/library/7/)", "tried": "/library/8-x/ https://x.example/library/9/"}},
         "2 links in it count on the numbers of where it came from; look whether they still lead there."),
        ({"published": "soon"}, "The date “soon” cannot be read; it counts as new."),
        ({"comments": ["x", {"text": "y"}]},
         "1 thing that others said cannot be read and is left out. 1 comment comes along; only you see it."),
    ],
)  # fmt: skip
def test_preview_and_report_say_what_is_left_out(client, head, words):
    PrincipleFactory(title="Known")
    text = front_matter.written({"kind": "article", "title": "T", **head}, "" if "nature" in head else "text")
    assert words_of(client, text) == (words, words, "added")


@pytest.mark.django_db
def test_it_is_said_in_the_language_of_the_member(client, lead):
    lead.language = "de"
    lead.save()
    words = words_of(client, entry(principles=["x", "y"], comments=[{"text": "z"}]))[0]
    assert words == (
        "Die Prinzipien „x“, „y“ gibt es hier nicht; sie fehlen. 1 Kommentar kommt mit; nur du siehst ihn."
    )


@pytest.mark.django_db
@pytest.mark.parametrize("head", [{"audience": "everyone"}, {"shown_as": "boss"}, {"kind": "insight", "nature": "x"}])
def test_who_may_see_it_is_never_guessed(client, head):
    before, _after, state = words_of(client, entry(**head))
    assert (state, bool(before), Material.objects.count()) == ("bad", True, 0)


@pytest.mark.django_db
def test_no_answer_passes_for_a_field_of_the_form(client):
    answers = {**EXPERIMENT["answers"], "shown_as": "owner", "audience": "members", "title": "Other"}
    head = {**EXPERIMENT, "by": "Somebody", "audience": "private", "answers": answers}
    _before, after, state = words_of(client, front_matter.written({**head, "title": "T"}, ""))
    assert state == "added"
    assert "“audience”, “shown_as”, “title” have no place here and are left out." in after
    assert Material.objects.values_list("title", "shown_as", "audience").get() == ("T", "anonymous", "private")
    assert words_of(client, front_matter.written({**head, "title": "T"}, ""))[2] == "twin"


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["a  b", " a\u200bb ", "ﬁne", "x" * 200])
def test_titles_that_are_stored_otherwise_come_once_all_the_same(client, title):
    text = entry(title=title).replace("text", "one\rtwo\r\nthree")
    assert [words_of(client, text)[2] for _ in range(2)] == ["added", "twin"]


# --- hostile words -------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"comments": "text"}, 0),
        ({"comments": 5}, 0),
        ({"comments": {"text": "x"}}, 0),
        ({"comments": [[1], 2, None, {"by": "x"}, {"text": " "}, {"text": ["x"]}]}, 0),
        ({"comments": [{"text": "x" * (MAX_COMMENT + 1)}]}, 0),
        ({"comments": [{"text": "x", "by": "y"}] * 10_000}, MOST),
        ({"comments": [{"text": ATTACK, "by": ATTACK, "at": ATTACK}]}, 1),
        ({"comments": [{"text": "x", "at": "9999-12-31T23:59:59-14:00"}, {"text": "y", "at": True}]}, 2),
        ({"comments": [{"text": "x", "at": date(2026, 1, 2)}, {"text": "y", "by": {"a": 1}}]}, 2),
        ({"adaptations": [{"choice": "steal"}, {"team": "x"}, 7], "helped": "many", "by_elsewhere": [1]}, 0),
        ({"became": ["x"], "review": "never", "helped": 10**30}, 0),
    ],
)  # fmt: skip
def test_hostile_words_are_a_row_of_the_report(client, said, kept):
    assert words_of(client, entry(**said))[2] == "added"
    material = Material.objects.get()
    found = Hearsay.objects.filter(material=material).first()
    assert len(found.said["comments"] if found else []) == kept
    page = client.get(material.get_absolute_url())
    assert (page.status_code, "<script>alert(1)" in page.content.decode()) == (200, False)
    assert len(taken(client)) > 100


@pytest.mark.django_db
def test_words_that_no_database_keeps(client):
    text = entry(comments=[{"text": "QQ", "by": "QQ"}]).replace("QQ", '"a\\0b\\ud800c"')
    assert words_of(client, text)[2] == "added"
    assert Hearsay.objects.get().said["comments"] == [{"by": "abc", "text": "abc"}]


@pytest.mark.django_db
@pytest.mark.parametrize("became", ["x" * 5_001, {"text": "x" * 5_001, "at": "never"}])
def test_what_became_of_it_obeys_its_form(client, became):
    _before, after, state = words_of(client, front_matter.written({**EXPERIMENT, "title": "T", "became": became}, ""))
    assert (state, after.startswith("What became of it?: ")) == ("bad", True)
    assert Insight.objects.count() == 0


def test_all_front_matters_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(archives, "MAX_NODES", 40)
    found = list(archives.entries(io.BytesIO(documents.archive({f"materials/{n}.md": entry() for n in range(1, 9)}))))
    assert [one.problem for one in found] == [""] * 8
    texts = {f"materials/{n}.md": entry(tags=["a", "b"], principles=["c"]) for n in range(1, 6)}
    found = list(archives.entries(io.BytesIO(documents.archive(texts))))
    assert [one.problem for one in found] == ["", "", "", *["This text is too long."] * 2]


_NAMES = st.sampled_from(["by", "at", "text", "team", "choice", "note", "edited"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner),
    max_leaves=20,
)  # fmt: skip
_HEADS = st.dictionaries(st.sampled_from(["comments", "adaptations", "helped", "by_elsewhere", "became"]), _VALUES)


@given(_HEADS)
def test_whatever_stands_there_becomes_words_that_can_be_kept(head):
    said = said_in(head)
    assert "\\u0000" not in json.dumps(said)
    assert set(said) <= {"by", "helped", "comments", "adaptations", "left_out"}
    again = {**said, "by_elsewhere": said.get("by")}
    assert said_in(again) == {name: value for name, value in said.items() if name != "left_out"}


@given(st.text() | st.dates() | st.datetimes() | st.integers() | st.none())
def test_a_moment_is_one_that_can_be_shown_or_none(value):
    found = moment_of(value)
    assert found is None or timezone.localtime(found).year >= 1969


@given(st.lists(st.fixed_dictionaries({"by": st.text(), "text": st.text(), "edited": st.booleans()}), max_size=5))
def test_front_matter_keeps_every_list(comments):
    assert front_matter.read(front_matter.written({"comments": comments}, "")) == ({"comments": comments}, "")
