"""A poll's life: it opens at the end, takes each answer once into one row, and closes into counts."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from feedback.actions import (
    AlreadyAnsweredError,
    Answers,
    PollClosedError,
    ask,
    close_due_polls,
    open_due_polls,
    open_poll,
    remind_of_polls,
    submit,
)
from feedback.audience import invited_to
from feedback.models import Ballot, Comment, Poll, Tally
from members.models import Community, Mail, Notification
from sessions.models import Attendance, Session
from tests.factories import MemberFactory, SessionFactory

YES = Answers({"there": "1", "worth": "4", "rhythm": "3"}, {"topic": "More labs"})


def test_opens_at_the_end_for_seven_days(session, now):
    open_due_polls(now)
    poll = Poll.objects.get()
    assert (poll.opens_at, poll.closes_at) == (session.ends_at, session.ends_at + timedelta(days=7))
    assert [question.key for question in poll.questions()] == [
        "worth", "rhythm", "topic", "voice", "own-case", "length", "missing",
    ]  # fmt: skip


def test_opening_twice_makes_one(session, now):
    open_due_polls(now)
    open_due_polls(now)
    assert (Poll.objects.count(), Ballot.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "changes", [{"state": Session.State.CANCELLED}, {"state": Session.State.DRAFT}, {"minutes": 600}], ids=str
)
def test_a_session_that_did_not_take_place_has_none(session, now, changes):
    for name, value in changes.items():
        setattr(session, name, value)
    session.save()
    open_due_polls(now)
    assert Poll.objects.count() == 0


def test_everyone_the_session_was_meant_for_is_invited(session, request):
    lead, manager, aspiring, guest = (
        request.getfixturevalue(name) for name in ("lead", "manager", "aspiring", "guest")
    )
    other_guest = MemberFactory(role="guest")
    MemberFactory(is_active=False)
    Attendance.objects.create(session=session, member=guest, answer="going", answered_at=session.starts_at)
    assert set(invited_to(session)) == {lead, manager, aspiring, guest}
    assert other_guest not in invited_to(session)
    session.audience = Session.Audience.LEADS
    assert aspiring not in invited_to(session)


def test_an_answer_is_added_to_the_one_row(poll, lead, manager, now):
    submit(poll, manager, YES, now=now)
    submit(poll, lead, Answers({"there": "2", "rhythm": "4"}), now=now)
    ballot = Ballot.objects.get()
    assert ballot.members == sorted([lead.pk, manager.pk])
    assert ballot.counts == {"there": {"1": 1, "2": 1}, "worth": {"4": 1}, "rhythm": {"3": 1, "4": 1}}
    assert ballot.texts == {"topic": ["More labs"]}


def test_texts_are_shuffled_at_each_write(poll, now):
    orders = set()
    for number in range(30):
        submit(poll, MemberFactory(), Answers({}, {"topic": str(number)}), now=now)
        orders.add(Ballot.objects.get().texts["topic"].index("0"))
    assert len(orders) > 5


def test_a_second_answer_is_refused_and_counted_once(poll, lead, now):
    submit(poll, lead, YES, now=now)
    with pytest.raises(AlreadyAnsweredError):
        submit(poll, lead, YES, now=now)
    assert Ballot.objects.get().counts["worth"] == {"4": 1}


@pytest.mark.parametrize(("seconds", "taken"), [(-1, True), (0, False), (1, False)])
def test_the_clock_closes_even_if_no_job_has_run(poll, lead, seconds, taken):
    moment = poll.closes_at + timedelta(seconds=seconds)
    if taken:
        submit(poll, lead, YES, now=moment)
    else:
        with pytest.raises(PollClosedError):
            submit(poll, lead, YES, now=moment)
    assert Ballot.objects.get().members == ([lead.pk] if taken else [])


def test_closing_leaves_counts_and_comments_and_no_row(poll, lead, manager, now):
    submit(poll, lead, YES, now=now)
    submit(poll, manager, Answers({"there": "1", "worth": "4"}, {"topic": "Hiring"}), now=now)
    close_due_polls(poll.closes_at)
    poll.refresh_from_db()
    assert (poll.answered, poll.closed_at) == (2, poll.closes_at)
    assert set(Tally.objects.values_list("question", "value", "count")) == {
        ("there", "1", 2), ("worth", "4", 2), ("rhythm", "3", 1),
    }  # fmt: skip
    assert sorted(Comment.objects.values_list("text", flat=True)) == ["Hiring", "More labs"]
    assert Ballot.objects.count() == 0


def test_closing_early_or_twice_changes_nothing(poll, lead, now):
    submit(poll, lead, YES, now=now)
    close_due_polls(poll.closes_at - timedelta(seconds=1))
    assert Tally.objects.count() == 0
    close_due_polls(poll.closes_at)
    close_due_polls(poll.closes_at + timedelta(days=1))
    assert Tally.objects.filter(question="worth").get().count == 1


def test_deleting_an_account_changes_no_count(poll, lead, now):
    submit(poll, lead, YES, now=now)
    lead.delete()
    close_due_polls(poll.closes_at)
    assert Poll.objects.get().answered == 1


def test_a_poll_that_nobody_answered_closes_too(poll):
    close_due_polls(poll.closes_at)
    poll.refresh_from_db()
    assert (poll.answered, Tally.objects.count()) == (0, 0)


def test_opening_after_the_close_brings_no_row_back(poll):
    close_due_polls(poll.closes_at)
    open_poll(poll.session)
    assert Ballot.objects.count() == 0


def at_once(calls):
    """Runs the calls in threads of their own, started together; returns what each raised or None."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        barrier.wait()
        try:
            call()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_the_same_member_sixteen_times_at_once_counts_once(poll, lead, now):
    results = at_once([lambda: submit(poll, lead, YES, now=now)] * 16)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyAnsweredError"] * 15 + ["NoneType"]
    assert Ballot.objects.get().counts["worth"] == {"4": 1}


@pytest.mark.django_db(transaction=True)
def test_twenty_members_at_once_count_twenty(poll, now):
    members = MemberFactory.create_batch(20)
    results = at_once([lambda member=member: submit(poll, member, YES, now=now) for member in members])
    assert results == [None] * 20
    assert Ballot.objects.get().counts["worth"] == {"4": 20}
    assert Ballot.objects.get().members == sorted(member.pk for member in members)


@pytest.mark.parametrize("count", [1, 3])
def test_closing_one_poll_costs_a_fixed_number_of_queries(poll, now, count, django_assert_num_queries):
    for member in MemberFactory.create_batch(count):
        submit(poll, member, YES, now=now)
    with django_assert_num_queries(15):
        close_due_polls(poll.closes_at)


def test_a_draft_topic_has_no_poll(now):
    SessionFactory(starts_at=now - timedelta(hours=3), state=Session.State.DRAFT)
    open_due_polls(now)
    assert Poll.objects.count() == 0


def test_everyone_is_invited_once_and_reminded_once(session, lead, manager, now):
    open_due_polls(now)
    open_due_polls(now)
    poll = Poll.objects.get()
    submit(poll, lead, YES, now=now)
    almost = poll.closes_at - timedelta(days=2)
    remind_of_polls(almost - timedelta(seconds=1))
    assert Mail.objects.count() == 2
    remind_of_polls(almost)
    remind_of_polls(almost + timedelta(hours=1))
    assert sorted(Mail.objects.values_list("member", flat=True)) == sorted([lead.pk, manager.pk] * 2)
    assert Notification.objects.filter(member=lead, url=f"/feedback/{session.slug}/").count() == 2


def test_closing_forgets_who_was_written_to(session, lead, now):
    open_due_polls(now)
    close_due_polls(Poll.objects.get().closes_at)
    assert Mail.objects.count() == 0


def test_no_admin_sees_who_was_written_to(session, admin, now, sign_in):
    open_due_polls(now)
    page = sign_in(admin).get("/admin/members/mail/")
    assert (page.status_code, Mail.objects.count()) == (200, 1)
    assert page.context["cl"].result_count == 0


def test_whoever_answers_before_the_job_ran_opens_it_for_all(session, lead, manager, now):
    submit(ask(session, now=now), lead, YES, now=now)
    open_due_polls(now)
    assert sorted(Mail.objects.values_list("member", flat=True)) == sorted([lead.pk, manager.pk])


def test_a_poll_without_its_open_row_hurts_no_page_and_closes(poll, lead, now):
    Ballot.objects.all().delete()  # as after a restore: backups leave open answers out
    assert Poll.objects.to_answer(lead, now=now, community=Community.current()) == []
    close_due_polls(poll.closes_at)
    poll.refresh_from_db()
    assert (poll.answered, poll.closed_at) == (0, poll.closes_at)


def test_nobody_is_asked_when_the_week_is_over(now):
    SessionFactory(starts_at=now - timedelta(days=8))
    open_due_polls(now)
    assert Poll.objects.count() == 0
