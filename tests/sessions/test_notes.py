"""Notes: who writes and who reads them, every version, and that limited ones stay with those who came."""

from datetime import timedelta

import pytest

from sessions.models import Session
from sessions.notes import changes, write_notes
from tests.conftest import NOW
from tests.factories import AttendanceFactory, MemberFactory, SessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
WORDS = {"takeaways": "- Ask *first*", "team_may_try": "A pause", "notes": "We met."}


@pytest.fixture
def session(lead):
    made = SessionFactory(format="case-clinic", starts_at=NOW - timedelta(hours=3))
    made.leads.add(lead)
    return made


def address(session, page="notes"):
    return f"{session.get_absolute_url()}{page}/"


def html_of(client, session):
    return client.get(session.get_absolute_url()).content.decode()


class TestWriting:
    def test_leads_write_takeaways_and_what_a_team_may_try(self, client, session):
        response = client.post(address(session), WORDS)
        assert response.headers["Location"] == session.get_absolute_url()
        session.refresh_from_db()
        assert {name: getattr(session, name) for name in WORDS} == WORDS
        assert session.html["takeaways"] == "<ul>\n<li>Ask <em>first</em></li>\n</ul>"
        assert (session.changed_at, session.sequence) == (NOW, 0)
        page = html_of(client, session)
        assert ["A pause" in page, "We met." in page, "History of the notes" in page] == [True, True, True]

    def test_there_is_no_field_for_decisions_or_tasks(self, client, session):
        form = client.get(address(session)).context["form"]
        assert list(form.fields) == ["takeaways", "team_may_try", "notes", "for_present"]

    def test_whoever_takes_notes_writes_them_too(self, session, manager, sign_in):
        writer = sign_in(manager)
        assert writer.get(address(session)).status_code == 403
        Session.objects.update(note_taker=manager)
        assert "Write the notes" in html_of(writer, session)
        assert writer.post(address(session), WORDS).status_code == 302

    def test_others_do_not(self, session, manager, guest, sign_in):
        AttendanceFactory(session=session, member=guest, answer="going", came=True)
        assert sign_in(manager).post(address(session), WORDS).status_code == 403
        assert sign_in(guest).post(address(session), WORDS).status_code == 404
        session.refresh_from_db()
        assert session.notes == ""

    @pytest.mark.parametrize("wrong", [{"takeaways": "x" * 10_001}, {"notes": "x" * 50_001}, {"notes": "\0"}])
    def test_what_is_wrong_is_422_and_keeps_what_was_typed(self, client, session, wrong):
        response = client.post(address(session), {**WORDS, **wrong})
        assert (response.status_code, "A pause" in response.content.decode()) == (422, True)

    def test_only_a_clinic_can_be_limited(self, client, session):
        Session.objects.update(format="workshop")
        client.post(address(session), {**WORDS, "for_present": "on"})
        session.refresh_from_db()
        assert session.notes_for_present is False


@pytest.fixture
def people(manager, facilitator, guest):
    return manager, facilitator, guest


class TestLimited:
    @pytest.fixture
    def limited(self, client, session):
        client.post(address(session), {**WORDS, "for_present": "on"})
        return Session.objects.get(pk=session.pk)

    def test_it_is_for_members_who_came(self, limited, client, people, sign_in):
        manager, facilitator, guest = people
        came = MemberFactory()
        AttendanceFactory(session=limited, member=came, came=True)
        AttendanceFactory(session=limited, member=manager, came=False)
        AttendanceFactory(session=limited, member=guest, came=True)
        seen = {
            name: ["We met." in page, "A pause" in page, "<em>first</em>" in page]
            for name, page in {
                "lead": html_of(client, limited),
                "came": html_of(sign_in(came), limited),
                "away": html_of(sign_in(manager), limited),
                "facilitator": html_of(sign_in(facilitator), limited),
                "guest": html_of(sign_in(guest), limited),
            }.items()
        }
        nothing, all_of_it = [False] * 3, [True] * 3
        assert seen == {
            "lead": all_of_it, "came": all_of_it, "away": nothing, "facilitator": nothing, "guest": nothing,
        }  # fmt: skip

    def test_neither_its_form_nor_its_history_is_for_others(self, limited, facilitator, manager, sign_in):
        for one in (facilitator, manager):
            for page in ("notes", "notes/history"):
                assert sign_in(one).get(address(limited, page)).status_code == 403

    def test_no_search_finds_it(self, limited, sign_in, manager):
        for url in ("/search/?q=met", "/library/?q=met"):
            assert "We met." not in sign_in(manager).get(url).content.decode()


class TestHistory:
    def test_each_edit_is_kept_with_who_and_when(self, client, session, lead, now):
        client.post(address(session), WORDS)
        later = now + timedelta(minutes=5)
        writer = MemberFactory(name="Wil Writer")
        write_notes(session, for_present=False, by=writer, now=later, **{**WORDS, "notes": "We met.\nTwice."})
        versions = client.get(address(session, "notes/history")).context["versions"]
        assert [(one.by, one.at) for one in versions] == [("Wil Writer", later), (lead.name, now)]
        assert versions[0].texts == [("Notes", [("same", "We met."), ("new", "Twice.")])]
        assert [label for label, _parts in versions[1].texts] == ["Takeaways", "My team may try …", "Notes"]

    def test_saved_unchanged_there_is_no_new_version(self, client, session):
        for _ in range(2):
            client.post(address(session), WORDS)
        assert session.history.count() == 1

    def test_other_edits_make_no_version(self, client, session):
        session.title = "Another"
        session.save()
        assert session.history.count() == 0

    def test_words_from_before_are_the_first_version(self, client, session):
        Session.objects.update(notes="Old words")
        client.post(address(session), WORDS)
        versions = client.get(address(session, "notes/history")).context["versions"]
        assert [one.by for one in versions] == [versions[0].by, ""]
        assert dict(versions[0].texts)["Notes"] == [("gone", "Old words"), ("new", "We met.")]

    def test_an_account_that_is_gone_leaves_no_name(self, client, session):
        writer = MemberFactory(name="Wil Writer")
        write_notes(session, for_present=False, by=writer, now=NOW, **WORDS)
        writer.delete()
        page = client.get(address(session, "notes/history")).content.decode()
        assert ("Wil Writer" in page, "a former member" in page) == (False, True)


@pytest.mark.parametrize("count", [1, 3, 5, 50])
def test_the_number_of_queries_of_the_history(client, session, count, django_assert_num_queries):
    for number in range(count):
        words = {**WORDS, "notes": f"Edit {number}"}
        write_notes(session, for_present=False, by=MemberFactory(), now=NOW, **words)
    with django_assert_num_queries(6):
        client.get(address(session, "notes/history"))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", []),
        ("", "a\nb", [("new", "a"), ("new", "b")]),
        ("a\nb\nc", "a\nx\nc", [("same", "a"), ("gone", "b"), ("new", "x"), ("same", "c")]),
        ("a", "", [("gone", "a")]),
    ],
)
def test_what_changed(old, new, found):
    assert list(changes(old, new)) == found
