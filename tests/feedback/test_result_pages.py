"""What came of a poll, as people meet it: page, table, what changed, comments that go too far."""

from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.actions import Answers, ask, close_due_polls, open_poll, say_what_changed, submit
from feedback.models import Comment, Poll, Tally
from members.models import Community, Mail, Notification
from sessions.models import Session
from tests.factories import MemberFactory, SessionFactory


@pytest.fixture
def session(db):
    """A workshop that ended nine days ago by the real clock: views ask it. Its poll has closed, comments are public."""
    return SessionFactory(title="Handing over", starts_at=timezone.now() - timedelta(days=9), minutes=75)


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


def close(session, answers=5, value="4", rhythm="3", **texts):
    """Lets `answers` members answer and the poll close."""
    poll = open_poll(session)
    for member in MemberFactory.create_batch(answers):
        submit(poll, member, Answers({"there": "1", "worth": value, "rhythm": rhythm}, texts), now=poll.opens_at)
    close_due_polls(poll.closes_at)
    return Poll.objects.get(pk=poll.pk)


def page_of(client, session, path="results/"):
    return client.get(f"/feedback/{session.slug}/{path}").content.decode()


def test_results_only_once_closed(client, session):
    open_poll(session)
    for path in ("results/", "results.csv"):
        assert client.get(f"/feedback/{session.slug}/{path}").status_code == 404


def test_results_from_five_answers_on(client, session):
    close(session, answers=5)
    page = page_of(client, session)
    assert "5 of" in page
    assert "The middle answer is “4”." in page


def test_four_answers_stay_hidden_for_everyone(session, lead, admin, sign_in):
    close(session, answers=4, topic="only four of us")
    for member in (lead, admin):
        page = page_of(sign_in(member), session)
        assert "4 answered; shown from 5 on." in page
        assert "The middle" not in page
        assert "only four of us" not in page


def test_comments_appear_a_day_after_the_close(client, session):
    poll = close(session, topic="Something on hiring")
    assert "Something on hiring" in page_of(client, session)
    Poll.objects.filter(pk=poll.pk).update(closed_at=timezone.now() - timedelta(hours=23))
    assert "Something on hiring" not in page_of(client, session)


def test_comments_are_text(client, session):
    close(session, topic="<script>alert(1)</script>")
    page = page_of(client, session)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


class TestUnits:
    """Small polls wait, and are shown together."""

    def test_a_small_poll_waits_and_is_shown_with_a_later_one(self, client, session):
        later = SessionFactory(title="Saying no", starts_at=session.starts_at + timedelta(hours=2), minutes=75)
        close(session, answers=3, value="2")
        assert "3 answered; shown from 5 on." in page_of(client, session)
        close(later, answers=2, value="5")
        for one, other in ((session, later), (later, session)):
            page = page_of(client, one)
            assert other.shown_title in page
            assert "5 of" in page
            assert "The middle answer is “2”." in page

    def test_words_of_a_small_poll_stay_hidden_in_a_unit_too(self, client, session):
        close(session, answers=3, topic="only three of us")
        close(SessionFactory(starts_at=session.starts_at + timedelta(hours=2)), answers=3)
        assert "only three of us" not in page_of(client, session)

    def test_a_question_that_too_few_answered_stays_hidden(self, client, session):
        poll = open_poll(session)
        for number, member in enumerate(MemberFactory.create_batch(6)):
            values = {"rhythm": "3", "worth": "4"} if number < 4 else {"rhythm": "3"}
            submit(poll, member, Answers(values), now=poll.opens_at)
        close_due_polls(poll.closes_at)
        results = {one.key: one for one in client.get(f"/feedback/{session.slug}/results/").context["report"].results}
        assert (results["worth"].bars, results["worth"].summary) == ((), "4 answered; shown from 5 on.")
        assert results["rhythm"].answered == 6


class TestTable:
    """The same as CSV."""

    def test_counts_and_comments(self, client, session):
        close(session, topic="=1+1")
        response = client.get(f"/feedback/{session.slug}/results.csv")
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert response.headers["Content-Disposition"] == f'attachment; filename="feedback-{session.slug}.csv"'
        assert lines[:3] == [
            '"kind","question","answer","count"',
            '"answers","","answered",5',
            '"answers","","invited",1',
        ]
        assert '"answer","Was this worth the time it took?","4",5' in lines
        assert lines.count('"comment","What should we take up next?","\'=1+1",""') == 5

    def test_nothing_below_k_for_anybody(self, admin, session, sign_in):
        close(session, answers=4, topic="only four of us")
        rows = b"".join(sign_in(admin).get(f"/feedback/{session.slug}/results.csv").streaming_content).decode()
        assert rows.splitlines()[1:] == [
            '"answers","","answered",4', '"answers","","invited",1', '"note","","4 answered; shown from 5 on.",""',
        ]  # fmt: skip

    def test_no_comment_before_its_time_for_facilitators_either(self, facilitator, session, sign_in):
        poll = close(session, topic="Something on hiring")
        Poll.objects.filter(pk=poll.pk).update(closed_at=timezone.now())
        rows = b"".join(sign_in(facilitator).get(f"/feedback/{session.slug}/results.csv").streaming_content).decode()
        assert "hiring" not in rows


class TestComments:
    """Hidden with a reason, never edited; reported by anyone."""

    @pytest.fixture
    def fresh(self, session):
        """A poll that closed just now."""
        poll = close(session, topic="Something on hiring")
        Poll.objects.filter(pk=poll.pk).update(closed_at=timezone.now())
        return poll

    def act(self, client, comment, verb="hide", **data):
        return client.post(f"/feedback/{comment.poll.session.slug}/comments/{comment.pk}/{verb}/", data, follow=True)

    def test_facilitators_read_and_hide_in_the_first_day(self, fresh, lead, facilitator, sign_in):
        client, comment = sign_in(facilitator), fresh.comments.first()
        assert "Something on hiring" not in page_of(sign_in(lead), fresh.session)
        assert "Only facilitators see these comments now" in page_of(client, fresh.session)
        assert page_of(client, fresh.session).count("Something on hiring") == 5
        self.act(client, comment, reason="It names somebody.")
        comment.refresh_from_db()
        assert (comment.hidden_reason, comment.text) == ("It names somebody.", "Something on hiring")
        Poll.objects.update(closed_at=timezone.now() - timedelta(days=1))
        page = page_of(sign_in(lead), fresh.session)
        assert page.count("Something on hiring") == 4
        assert "Hidden by a facilitator: It names somebody." in page

    def test_hiding_can_be_taken_back(self, fresh, facilitator, sign_in):
        client, comment = sign_in(facilitator), fresh.comments.first()
        self.act(client, comment, reason="A slip.")
        self.act(client, comment)
        comment.refresh_from_db()
        assert comment.hidden_reason == ""

    def test_a_reason_is_needed(self, fresh, facilitator, sign_in):
        comment = fresh.comments.first()
        assert self.act(sign_in(facilitator), comment, reason=" ").status_code == 422
        comment.refresh_from_db()
        assert comment.hidden_reason == ""

    def test_a_public_one_can_be_hidden_only_once_reported(self, session, lead, facilitator, sign_in):
        comment = close(session, topic="Something on hiring").comments.first()
        page = self.act(sign_in(facilitator), comment, reason="I do not like it.").content.decode()
        assert "once somebody reports it" in page
        self.act(sign_in(lead), comment, "report")
        assert "Reported" in page_of(sign_in(facilitator), session)
        assert "Reported" not in page_of(sign_in(lead), session)
        self.act(sign_in(facilitator), comment, reason="It hurts somebody.")
        comment.refresh_from_db()
        assert (comment.hidden_reason, comment.is_reported) == ("It hurts somebody.", True)

    def test_nobody_reports_what_they_cannot_read(self, fresh, client):
        self.act(client, fresh.comments.first(), "report")
        assert not Comment.objects.filter(is_reported=True).exists()

    def test_members_hide_nothing(self, fresh, client):
        assert self.act(client, fresh.comments.first(), reason="x").status_code == 403

    def test_no_comment_of_a_small_poll_can_be_looked_at(self, session, facilitator, sign_in):
        comment = close(session, answers=4, topic="only four of us").comments.first()
        address = f"/feedback/{session.slug}/comments/{comment.pk}/hide/"
        assert sign_in(facilitator).get(address).status_code == 404

    def test_no_comment_through_another_session(self, fresh, facilitator, sign_in):
        other = SessionFactory(starts_at=fresh.session.starts_at)
        address = f"/feedback/{other.slug}/comments/{fresh.comments.first().pk}/hide/"
        assert sign_in(facilitator).get(address).status_code == 404


class TestWhatChanged:
    """Written by the leads, told with the next invitation."""

    def test_leads_are_asked_write_it_and_everyone_reads_it(self, client, session, lead, manager, sign_in):
        session.leads.add(lead)
        poll = close(session)
        assert Notification.objects.get(member=lead, version="closed").url == f"/feedback/{session.slug}/results/"
        assert [one.session for one in client.get("/feedback/").context["to_tell"]] == [session]
        client.post(f"/feedback/{session.slug}/changed/", {"what_changed": "The reading goes out earlier."})
        poll.refresh_from_db()
        assert poll.what_changed == "The reading goes out earlier."
        assert "The reading goes out earlier." in page_of(sign_in(manager), session)
        assert list(client.get("/feedback/").context["to_tell"]) == []

    def test_who_neither_led_nor_facilitates_cannot(self, client, session):
        close(session)
        assert client.get(f"/feedback/{session.slug}/changed/").status_code == 403
        assert client.post(f"/feedback/{session.slug}/changed/", {"what_changed": "x"}).status_code == 403
        assert Poll.objects.get().what_changed == ""

    def test_too_many_words(self, client, session, lead):
        session.leads.add(lead)
        close(session)
        response = client.post(f"/feedback/{session.slug}/changed/", {"what_changed": "x" * 2001})
        assert response.status_code == 422
        assert "x" * 2001 in response.content.decode()

    def test_not_while_it_is_open_and_not_in_an_archive(self, client, session, lead):
        session.leads.add(lead)
        open_poll(session)
        assert client.get(f"/feedback/{session.slug}/changed/").status_code == 404
        close_due_polls(timezone.now())
        Community.objects.update(stage=Community.Stage.CLOSED)
        assert client.post(f"/feedback/{session.slug}/changed/", {"what_changed": "x"}).status_code == 403
        assert Poll.objects.get().what_changed == ""

    def test_the_next_invitation_carries_it_and_the_one_after_does_not(self, session, lead, guest, aspiring):
        poll = close(session)
        Session.objects.filter(pk=session.pk).update(audience=Session.Audience.LEADS)
        say_what_changed(poll, "The reading goes out earlier.", now=poll.closes_at + timedelta(hours=1))
        bodies = []
        for days in (7, 8):
            after = SessionFactory(starts_at=session.starts_at + timedelta(days=days, hours=8))
            after.attendances.create(member=guest, answer="going", answered_at=after.starts_at)
            ask(after, now=after.ends_at)
            mails = {one.member_id: one.body for one in Mail.objects.filter(key__contains=f"poll:{after.pk}/")}
            assert {lead.pk, guest.pk, aspiring.pk} <= set(mails)
            bodies.append([("The reading goes out earlier." in mails[one.pk]) for one in (lead, guest, aspiring)])
        assert bodies == [[True, False, False], [False, False, False]]


class TestPulse:
    """Over sessions: dots with their range and the same as a table."""

    def test_dots_and_table_say_the_same(self, client, session):
        for number, value in enumerate(("2", "4", "5")):
            close(SessionFactory(starts_at=session.starts_at - timedelta(days=14 * (3 - number))), value=value)
        worth, rhythm = client.get("/feedback/").context["trends"]
        assert [row.middle for row in worth.rows] == ["2", "4", "5 – clearly"]
        assert len(worth.picture.dots) == 3
        assert len(worth.picture.joins) == 2
        assert [row.middle for row in rhythm.rows] == ["about right"] * 3
        assert [row.answered for row in rhythm.rows] == ["5 of 1", "5 of 6", "5 of 11"]

    def test_versions_are_not_joined(self, client, session, admin):
        from feedback.admin import copy_as_next_version
        from feedback.questions import current_set

        close(SessionFactory(starts_at=session.starts_at - timedelta(days=28)))
        copy_as_next_version(current_set("core"))
        close(SessionFactory(starts_at=session.starts_at - timedelta(days=14)))
        worth = client.get("/feedback/").context["trends"][0]
        assert (len(worth.picture.dots), worth.picture.joins, worth.has_versions) == (2, [], True)
        assert "the questions had changed" in client.get("/feedback/").content.decode()

    def test_a_unit_is_one_dot_and_what_waits_none(self, client, session):
        for days, answers in ((40, 6), (30, 3), (20, 2), (10, 4)):
            close(SessionFactory(starts_at=session.starts_at - timedelta(days=days)), answers=answers)
        worth = client.get("/feedback/").context["trends"][0]
        assert [len(row.sessions) for row in worth.rows] == [1, 2]
        assert "too few to show yet" in client.get("/feedback/").content.decode()

    def test_nothing_of_sessions_that_one_may_not_see(self, aspiring, session, sign_in):
        for days in (14, 28):
            leads_only = SessionFactory(starts_at=session.starts_at - timedelta(days=days), audience="leads")
            close(leads_only)
        assert sign_in(aspiring).get("/feedback/").context["trends"] == []

    @pytest.mark.parametrize("count", [5, 50])
    def test_query_count(self, client, session, count, django_assert_num_queries):
        close(session)
        copies_of(session, count)
        with django_assert_num_queries(12):
            client.get("/feedback/")

    @pytest.mark.parametrize("count", [5, 50])
    def test_results_query_count(self, client, session, count, django_assert_num_queries):
        close(session, topic="x")
        copies_of(session, 5)
        poll = Poll.objects.get(session=session)
        Comment.objects.bulk_create(Comment(poll=poll, question="topic", text="x") for _number in range(count))
        with django_assert_num_queries(9):
            client.get(f"/feedback/{session.slug}/results/")


def copies_of(session, count):
    """Stores as many closed polls more, as if the same had been answered after each."""
    poll = Poll.objects.get(session=session)
    tallies = list(poll.tallies.all())
    for number in range(count):
        other = SessionFactory(starts_at=session.starts_at - timedelta(days=14 * (number + 1)))
        copy = Poll.objects.create(
            session=other, core=poll.core, specific=poll.specific, opens_at=other.ends_at, answered=5,
            closes_at=other.ends_at + timedelta(days=7), closed_at=other.ends_at + timedelta(days=7), invited=6,
        )  # fmt: skip
        Poll.objects.filter(pk=copy.pk).update(unit=copy)
        Tally.objects.bulk_create(Tally(poll=copy, question=t.question, value=t.value, count=t.count) for t in tallies)
