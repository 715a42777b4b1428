"""One snapshot of the database, open or closed, dump or files, links answers no better than chance.

Each attack is also run against a design that leaks, so that we know that it would find something.
"""

import json
import logging
import random
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.signals import got_request_exception
from django.db import connection
from django.test import Client
from django.utils import timezone

from feedback.actions import close_due_polls, open_poll, submit
from feedback.ballots import Answers
from feedback.models import Ballot, Comment, Poll
from feedback.sealing import UnreadableError, seal, unseal
from feedback.wiping import wipe, wipe_leftovers
from tests.factories import MemberFactory, SessionFactory
from tests.feedback.attacks import (
    all_rows,
    database_files,
    links_between_versions,
    links_by_order,
    physical_orders,
)

POLLS, ANSWERS = 20, 12
# By chance one link a poll is right (20 in all, with a spread of 4.5); more than 46 happen once in two million times.
CHANCE = 46

on_disk = pytest.mark.django_db(transaction=True)


def a_day_ago():
    return SessionFactory(starts_at=timezone.now() - timedelta(days=1))


def answer_all(poll, members, word="word"):
    """Lets all answer, each with words of their own; returns the start of each version that the row had."""
    starts = [bytes(Ballot.objects.get(poll=poll).sealed)[:48]]
    for member in members:
        submit(poll, member, Answers({"worth": "4"}, {"topic": f"{word}-{member.pk}"}), now=timezone.now())
        starts.append(bytes(Ballot.objects.get(poll=poll).sealed)[:48])
    return starts


@pytest.fixture
def leaking():
    """Tables as in designs that leak; gone after the test."""
    serial = "integer primary key" if connection.vendor == "sqlite" else "serial primary key"
    with connection.cursor() as cursor:
        for table in ("leak_who", "leak_what"):
            cursor.execute(f"CREATE TABLE {table} (id {serial}, poll integer, words text)")
        yield cursor
        for table in ("leak_who", "leak_what"):
            cursor.execute(f"DROP TABLE {table}")


class TestFiles:
    """Earlier versions of the open row, in the files of the database."""

    @on_disk
    def test_only_the_newest_version_is_in_the_files_while_a_poll_is_open(self):
        *old, newest = answer_all(open_poll(a_day_ago()), MemberFactory.create_batch(ANSWERS))
        files = database_files()
        assert [version in files["rows"] for version in old] == [False] * ANSWERS
        assert [newest in files["rows"]] == [True]
        if connection.vendor == "sqlite":  # PostgreSQL's log is beyond our reach: what it has is sealed
            assert not any(version in files["log"] for version in [*old, newest])

    @on_disk
    def test_no_version_is_in_the_files_once_it_has_closed(self):
        poll = open_poll(a_day_ago())
        versions = answer_all(poll, MemberFactory.create_batch(5))
        close_due_polls(poll.closes_at)
        files = database_files()
        assert not any(version in files["rows"] for version in versions)
        assert Poll.objects.get().unwiped == 0

    @on_disk
    def test_no_file_holds_a_word_or_a_count_that_can_be_read(self):
        word = f"word-{uuid.uuid4()}"  # other tests leave words of their own in the log
        answer_all(open_poll(a_day_ago()), MemberFactory.create_batch(ANSWERS), word)
        files = database_files()
        assert [text.encode() in part for text in (word, '"members"') for part in files.values()] == [False] * 4

    @on_disk
    def test_the_same_attack_links_everybody_where_versions_lie_about(self, leaking):
        who, what, truth = [], [], {}
        leaking.execute("INSERT INTO leak_what (id, poll, words) VALUES (1, 1, '')")
        for number in random.sample(range(ANSWERS), ANSWERS):
            truth[number] = f"w-{number}"
            who, what = sorted([*who, number]), random.sample([*what, f"w-{number}"], len(what) + 1)
            leaking.execute("UPDATE leak_what SET words = %s WHERE id = 1", [json.dumps({"who": who, "what": what})])
        files = database_files()
        links = links_between_versions(files["rows"] + files["log"])
        assert len(links) >= ANSWERS - 2  # all but whoever came first
        assert links.items() <= truth.items()

    @on_disk
    def test_a_reader_in_the_way_holds_up_no_answer_and_tick_wipes_later(self):
        poll = open_poll(a_day_ago())
        with somebody_reading():
            *old, _newest = answer_all(poll, MemberFactory.create_batch(2))
            assert Poll.objects.get().unwiped > 0
        wipe_leftovers(timezone.now())
        assert Poll.objects.get().unwiped == 0
        files = database_files()
        assert not any(version in files["rows"] for version in old)

    @on_disk
    def test_killed_between_the_answer_and_the_wiping(self, monkeypatch, lead):
        monkeypatch.setattr("feedback.actions.wipe", lambda: None)
        poll = open_poll(a_day_ago())
        answer_all(poll, [lead])
        assert Poll.objects.get().unwiped == 1
        wipe_leftovers(timezone.now())
        wipe_leftovers(timezone.now())
        assert Poll.objects.get().unwiped == 0
        assert Ballot.objects.get().members == [lead.pk]

    @on_disk
    def test_leftovers_that_stay_are_logged(self, lead, caplog, monkeypatch):
        monkeypatch.setattr("feedback.wiping.PATIENCE_OF_TICK", 10)
        poll = open_poll(a_day_ago())
        with somebody_reading():
            answer_all(poll, [lead])
            wipe_leftovers(timezone.now())
        assert [record.message for record in caplog.records if record.name == "portal.feedback"] == [
            "Earlier versions of open feedback are still in the database files; the next tick tries again."
        ]

    def test_within_a_transaction_nothing_is_wiped_yet(self, poll):
        Poll.objects.update(unwiped=1)
        assert wipe() is False
        assert Poll.objects.get().unwiped == 1

    def test_what_is_deleted_is_overwritten(self, db):
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                assert cursor.execute("PRAGMA secure_delete").fetchone() == (1,)
                assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


class somebody_reading:  # noqa: N801 -- reads as words
    """A connection of its own that has read the open row and not ended its transaction, as a backup does."""

    def __enter__(self):
        self.may_end, self.has_begun = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._read)
        self.thread.start()
        self.has_begun.wait()

    def _read(self):
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT count(*) FROM feedback_ballot")
            self.has_begun.set()
            self.may_end.wait()
            cursor.execute("ROLLBACK")
        connection.close()

    def __exit__(self, *_error):
        self.may_end.set()
        self.thread.join()


class TestOrder:
    """Rows, texts and their orders, in a dump or in the files."""

    @on_disk
    def test_no_order_links_better_than_chance(self):
        members = MemberFactory.create_batch(ANSWERS)
        hits = {}
        for _number in range(POLLS):
            poll = open_poll(a_day_ago())
            came = random.sample(members, ANSWERS)
            answer_all(poll, came)
            truth = {f"word-{member.pk}": member.pk for member in members}
            while_open = {"open": Ballot.objects.get(poll=poll).texts["topic"]}
            close_due_polls(poll.closes_at)
            orders = physical_orders("feedback_comment", "text", f"poll_id = {poll.pk}")
            closed = {f"closed, {number}": list(texts) for number, texts in enumerate(orders)}
            closed["by key"] = list(Comment.objects.filter(poll=poll).values_list("text", flat=True))
            for name, texts in {**while_open, **closed}.items():
                for order in ("as they came", "by id"):
                    who = [one.pk for one in came] if order == "as they came" else sorted(one.pk for one in came)
                    hits[name, order] = hits.get((name, order), 0) + links_by_order(who, texts, truth)
        assert {name: count for name, count in hits.items() if count > CHANCE} == {}

    @on_disk
    def test_the_same_attack_links_everybody_in_two_tables_that_nothing_joins(self, leaking):
        hits = 0
        for poll in range(POLLS):
            came = random.sample(range(ANSWERS), ANSWERS)
            for member in came:
                leaking.execute("INSERT INTO leak_who (poll, words) VALUES (%s, %s)", [poll, member])
                leaking.execute("INSERT INTO leak_what (poll, words) VALUES (%s, %s)", [poll, f"w-{member}"])
            truth = {f"w-{member}": str(member) for member in came}
            who = next(iter(physical_orders("leak_who", "words", f"poll = {poll}")))
            what = next(iter(physical_orders("leak_what", "words", f"poll = {poll}")))
            hits += links_by_order(map(str, who), what, truth)
        assert hits == POLLS * ANSWERS

    @on_disk
    def test_an_answer_changes_the_open_row_and_nothing_else(self, lead, sign_in, settings):
        settings.RATE_LIMITS = False  # counts who writes how often, under a key that needs the server's secret
        session = a_day_ago()
        open_poll(session)
        client = sign_in(lead)
        client.get(f"/feedback/{session.slug}/")
        before = all_rows()
        client.post(f"/feedback/{session.slug}/", {"there": "no", "rhythm": "3", "topic": "secret"})
        after = all_rows()
        assert Ballot.objects.get().members == [lead.pk]
        assert {table for table in after if after[table] != before.get(table)} == {"feedback_ballot"}
        assert len(after["feedback_ballot"]) == 1

    @on_disk
    def test_no_log_line_at_any_level_tells_of_an_answer(self, lead, sign_in, caplog):
        caplog.set_level(logging.DEBUG)
        session = a_day_ago()
        open_poll(session)
        sign_in(lead).post(f"/feedback/{session.slug}/", {"there": "yes", "worth": "4", "topic": "secret-word"})
        assert Ballot.objects.get().members == [lead.pk]
        assert "secret-word" not in caplog.text
        assert [record for record in caplog.records if record.name.startswith("portal.feedback")] == []


class TestReports:
    """A page that fails is reported without what was typed."""

    def test_an_error_hides_what_was_sent(self, lead, sign_in, monkeypatch):
        from django.views.debug import SafeExceptionReporterFilter

        seen = []

        def broken(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr("feedback.views.submit", broken)
        got_request_exception.connect(lambda request, **_rest: seen.append(request), weak=False, dispatch_uid="test")
        session = a_day_ago()
        client = sign_in(lead)
        client.raise_request_exception = False
        try:
            client.post(f"/feedback/{session.slug}/", {"there": "no", "topic": "secret-word"})
        finally:
            got_request_exception.disconnect(dispatch_uid="test")
        [request] = seen
        assert "secret-word" not in str(SafeExceptionReporterFilter().get_post_parameters(request))


class TestSeal:
    """What is sealed needs the server's key."""

    def test_opens_with_the_key_and_with_a_former_one(self, settings):
        sealed = seal({"a": 1})
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"
        assert unseal(sealed) == {"a": 1}
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(UnreadableError):
            unseal(sealed)

    @pytest.mark.parametrize(("letters", "size"), [(0, 4096), (4000, 4096), (4096, 8192), (9000, 16384)])
    def test_the_size_tells_little(self, letters, size):
        assert len(seal("x" * letters)) == size + 12 + 16

    def test_the_same_content_looks_different_each_time(self):
        assert seal([1])[:28] != seal([1])[:28]

    def test_what_was_tampered_with_is_unreadable(self):
        sealed = bytearray(seal([1]))
        sealed[40] ^= 1
        with pytest.raises(UnreadableError):
            unseal(bytes(sealed))

    def test_a_lost_key_takes_no_answer_loses_none_and_breaks_no_page(self, lead, manager, sign_in, settings, caplog):
        session = a_day_ago()
        poll = open_poll(session)
        submit(poll, manager, Answers({"worth": "4"}), now=timezone.now())
        key, settings.SECRET_KEY = settings.SECRET_KEY, "another"
        client: Client = sign_in(lead)
        page = client.post(f"/feedback/{session.slug}/", {"there": "no"}, follow=True)
        assert "the server has lost a key" in page.content.decode()
        assert client.get("/feedback/").context["to_answer"] == []
        close_due_polls(poll.closes_at)
        assert "A poll cannot be closed" in caplog.text
        settings.SECRET_KEY = key
        assert Ballot.objects.get().members == [manager.pk]
        close_due_polls(poll.closes_at)
        assert Poll.objects.get().answered == 1
