"""The zip of all that is one's own, and of nothing that is others'."""

import json
import zipfile
from io import BytesIO

import pytest
from django.core.files.storage import default_storage

from library.actions import Words, add_article, bin_material
from library.models import Comment, Helped, ReadingItem
from library.trace_actions import adapt, write_comment
from members.photos import keep_photo
from members.report_actions import report
from members.telling import Kind, notify
from practice.own_data import own_data as of_practice
from practice.plans import Attempt, PartnerNote, Plan
from practice.reflections import Reflection
from tests.factories import (
    AttendanceFactory,
    InsightFactory,
    LinkFactory,
    MaterialFactory,
    SessionFactory,
    SkillFactory,
    TopicFactory,
    VoteFactory,
    stored_file,
)

URL = "/members/me/export/"


@pytest.fixture
def lived_in(lead, manager, now):
    """A member who has done a bit of everything, and a colleague who wrote secrets."""
    lead.about = "I like **maps**."
    keep_photo(lead, b"a small picture")
    lead.save()
    lead.offers.add(SkillFactory(name="listening"))
    article = add_article(Words("My ../article", "In short", "# Long\n\nWords."), by=lead, now=now)
    add_article(Words("A draft", body="Unfinished."), by=lead, publish=False, now=now)
    bin_material(add_article(Words("Thrown away"), by=lead, now=now), now=now)
    stored_file(b"# Handout", "hand/out.md", owner=lead)
    InsightFactory(material__owner=lead, material__title="An experiment of mine")
    LinkFactory(material__owner=lead, material__title="A link of mine")
    theirs = InsightFactory(material__owner=manager, material__title="Secret of Max").material
    write_comment(theirs, "My comment", by=lead, now=now)
    Comment.objects.create(material=article, by=manager, text="Comment of Max", written_at=now)
    adapt(theirs, choice="borrow", note="My note", by=lead, now=now)
    report(theirs, reason="It names a customer", by=lead, now=now)
    report(article, reason="What Max said", by=manager, now=now)
    Helped.objects.create(material=theirs, member=lead)
    ReadingItem.objects.create(material=theirs, member=lead, changed_at=now)
    AttendanceFactory(member=lead, session=SessionFactory(title="Session I went to"))
    AttendanceFactory(member=manager, session=SessionFactory(title="Session Max went to"))
    VoteFactory(member=lead, topic=TopicFactory(title="Topic I want", proposed_by=lead))
    notify(lead, kind=Kind.REMINDER, about="session:1", version=1, text="It is tomorrow", url="/sessions/", now=now)
    return lead


@pytest.fixture
def packed(lived_in, sign_in):
    response = sign_in(lived_in).post(URL)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/zip")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="my-data-20')
    return zipfile.ZipFile(BytesIO(b"".join(response.streaming_content)))


def read(packed, name):
    return json.loads(packed.read(name))


def test_the_page_says_what_is_in_it_and_writes_nothing(lived_in, sign_in, django_assert_num_queries):
    client = sign_in(lived_in)
    with django_assert_num_queries(3):
        page = client.get(URL)
    assert "Download the zip" in page.content.decode()


def test_every_app_is_in_it(packed):
    assert {name.partition("/")[0] for name in packed.namelist()} >= {
        "README.md",
        "profile",
        "library",
        "sessions",
        "feedback",
    }
    assert packed.testzip() is None
    assert len(packed.namelist()) == len(set(packed.namelist()))


def test_the_profile(packed, lived_in):
    profile = read(packed, "profile/profile.json")
    assert (profile["name"], profile["email"], profile["about"]) == (lived_in.name, lived_in.email, "I like **maps**.")
    assert (profile["can_help_with"], profile["role"]) == (["listening"], "tech_lead")
    assert packed.read("profile/photo.webp") == b"a small picture"
    assert [line["text"] for line in read(packed, "profile/notifications.json")] == ["It is tomorrow"]
    assert [one["reason"] for one in read(packed, "profile/reports.json")] == ["It names a customer"]
    assert read(packed, "profile/how-i-am-told.json")["weekly_digest"] is False


def test_the_library(packed):
    written = sorted(name for name in packed.namelist() if name.startswith("library/materials/"))
    assert [name.partition("-")[2] for name in written] == [
        "my-article.md",
        "a-draft.md",
        "thrown-away.md",
        *[name.partition("-")[2] for name in written[3:4]],
        "an-experiment-of-mine.md",
        "a-link-of-mine.md",
    ]
    assert packed.read(written[0]).decode() == "# My ../article\n\nIn short\n\n# Long\n\nWords.\n"
    assert "## What we expected\n\nLess is more." in packed.read(written[4]).decode()
    assert "<https://reading.example/" in packed.read(written[5]).decode()
    files = [name for name in packed.namelist() if name.startswith("library/files/")]
    assert [packed.read(name) for name in files] == [b"# Handout"]
    assert [one["text"] for one in read(packed, "library/comments.json")] == ["My comment"]
    assert [one["note"] for one in read(packed, "library/adaptations.json")] == ["My note"]
    assert [one["state"] for one in read(packed, "library/reading-list.json")] == ["to_read"]
    assert len(read(packed, "library/helped-me.json")) == 1


def test_the_sessions(packed):
    assert [one["session__title"] for one in read(packed, "sessions/answers.json")] == ["Session I went to"]
    assert read(packed, "sessions/calendars.json") == {"addresses": [], "invitations_by_mail_since": []}
    assert [one["title"] for one in read(packed, "sessions/topics.json")] == ["Topic I want"]
    assert [one["topic__title"] for one in read(packed, "sessions/votes.json")] == ["Topic I want"]


def test_the_practice(lead, manager, now):
    plan = Plan.objects.create(member=lead, skill="saying no", better="Calmer", drill="Once a day", started_at=now)
    attempt = Attempt.objects.create(plan=plan, on=now.date(), tried="With Ben", written_at=now)
    PartnerNote.objects.create(attempt=attempt, by=manager, text="A partner's words", written_at=now)
    answers = [{"prompt": "What happened?", "text": "Much."}, {"prompt": "And now?", "text": ""}]
    Reflection.objects.create(member=lead, answers=answers, written_at=now, changed_at=now)
    Reflection.objects.create(member=manager, answers=answers, written_at=now, changed_at=now)
    found = {piece.path: piece.content for piece in of_practice(lead)}
    [reflection] = [content for path, content in found.items() if path.startswith("reflections/")]
    assert reflection == "# 2026-11-24\n\n## What happened?\n\nMuch.\n"
    kept = json.loads(found[f"plans/{plan.pk}-saying-no.json"])
    assert [one["tried"] for one in kept["attempts"]] == ["With Ben"]
    assert "A partner's words" not in "".join(found.values())


def test_nothing_of_others_is_in_it(packed, manager):
    everything = b"".join(packed.read(name) for name in packed.namelist())
    for secret in ("Max", "Secret", manager.email, "Session Max went to"):
        assert secret.encode() not in everything


def test_names_of_files_stay_below_their_folder(packed):
    assert [name for name in packed.namelist() if ".." in name.split("/") or name.startswith("/")] == []


def test_a_file_that_is_lost_loses_nothing_else(lived_in, sign_in):
    for attachment in lived_in.materials.get(kind="file").attachments.all():
        default_storage.delete(attachment.file.name)
    response = sign_in(lived_in).post(URL)
    packed = zipfile.ZipFile(BytesIO(b"".join(response.streaming_content)))
    assert [name for name in packed.namelist() if name.endswith(".missing.txt")] != []


def test_a_guest_takes_their_own_along(guest, sign_in):
    response = sign_in(guest).post(URL)
    packed = zipfile.ZipFile(BytesIO(b"".join(response.streaming_content)))
    assert read(packed, "profile/profile.json")["name"] == guest.name


def test_ten_an_hour(lead, sign_in):
    client = sign_in(lead)
    answers = []
    for _number in range(11):
        response = client.post(URL)
        answers.append(response.status_code)
        b"".join(response)
    assert answers == [200] * 10 + [429]


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(lead, count, now, django_assert_num_queries):
    from cop_portal.own_data import pieces_of

    for _number in range(count):
        MaterialFactory(owner=lead, tags=["a", "b"])
    with django_assert_num_queries(36):
        list(pieces_of(lead))
