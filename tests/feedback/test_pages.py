"""The form and the thanks, as people meet them."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from feedback.actions import Answers, open_due_polls, open_poll, remind_of_polls, submit
from feedback.models import Ballot, Poll
from members.models import Community, Mail
from sessions.models import Attendance, Session
from tests.factories import MemberFactory, SessionFactory

GOOD = {"there": "yes", "worth": "4", "rhythm": "3", "topic": "More labs", "own-case": "5"}


@pytest.fixture
def session(db):
    """A workshop that ended a while ago by the real clock: views ask it."""
    from django.utils import timezone

    return SessionFactory(title="Handing over", starts_at=timezone.now() - timedelta(hours=3), minutes=75)


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


def form_of(session):
    return f"/feedback/{session.slug}/"


def test_asks_whether_one_was_there_first_then_core_then_format(client, session):
    fields = list(client.get(form_of(session)).context["form"].fields)
    assert fields == ["there", "worth", "rhythm", "topic", "voice", "own-case", "length", "missing"]


def test_says_which_questions_are_for_those_who_were_there(client, session):
    fields = client.get(form_of(session)).context["form"].fields
    asked_if_there = [name for name, field in fields.items() if str(field.help_text) == "If you were there"]
    assert asked_if_there == ["worth", "voice", "own-case", "length", "missing"]


def test_reading_the_form_writes_nothing(client, session):
    client.get(form_of(session))
    assert Poll.objects.count() == 0


def test_an_answer_counts_and_thanks(client, session, lead):
    response = client.post(form_of(session), GOOD, follow=True)
    assert response.redirect_chain == [(form_of(session), 302)]
    assert "Your answer is in, and it is final." in response.content.decode()
    ballot = Ballot.objects.get()
    assert ballot.members == [lead.pk]
    assert ballot.counts == {"there": {"1": 1}, "worth": {"4": 1}, "rhythm": {"3": 1}, "own-case": {"5": 1}}
    assert ballot.texts == {"topic": ["More labs"]}


def test_who_was_not_there_answers_rhythm_and_topic_only(client, session):
    client.post(form_of(session), {**GOOD, "there": "no", "missing": "typed before"})
    ballot = Ballot.objects.get()
    assert ballot.counts == {"there": {"2": 1}, "rhythm": {"3": 1}}
    assert ballot.texts == {"topic": ["More labs"]}


def test_a_second_answer_is_refused_kindly(client, session):
    client.post(form_of(session), GOOD)
    response = client.post(form_of(session), {**GOOD, "worth": "1"}, follow=True)
    assert "it is final" in response.content.decode()
    assert Ballot.objects.get().counts["worth"] == {"4": 1}


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, ["there"]),
        ({"there": "yes"}, ["worth"]),
        ({"there": "perhaps", "worth": "4"}, ["there"]),
        ({"there": "yes", "worth": "6"}, ["worth"]),
        ({"there": "yes", "worth": "4", "rhythm": "about right"}, ["rhythm"]),
        ({"there": "no", "topic": "x" * 2001}, ["topic"]),
        ({"there": "no", "topic": "a\x00b"}, ["topic"]),
    ],
)
def test_a_wrong_form_answers_422_and_keeps_what_was_typed(client, session, typed, wrong):
    response = client.post(form_of(session), {"missing": "kept words", **typed})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == wrong
    assert "kept words" in response.content.decode()
    assert not Ballot.objects.exists()


def test_says_that_an_answer_is_final_and_what_it_protects_from(client, session):
    page = client.get(form_of(session)).content.decode()
    assert "An answer is final" in page
    assert "two copies of the database" in page


def test_no_web_session_or_log_keeps_an_answer(client, session, caplog):
    from django.contrib.sessions.models import Session as WebSession

    before = dict(WebSession.objects.values_list("pk", "session_data"))
    client.post(form_of(session), {**GOOD, "topic": "a-very-recognisable-sentence"})
    assert dict(WebSession.objects.values_list("pk", "session_data")) == before
    assert "recognisable" not in caplog.text


def test_not_before_the_end_and_not_of_a_cancelled_one(client):
    coming = SessionFactory(starts_at=SessionFactory.starts_at + timedelta(days=3650))
    cancelled = SessionFactory(state=Session.State.CANCELLED, starts_at=SessionFactory.starts_at - timedelta(days=3650))
    assert [client.get(form_of(one)).status_code for one in (coming, cancelled)] == [404, 404]


def test_a_guest_answers_for_their_own_session_alone(session, guest, sign_in):
    client = sign_in(guest)
    assert client.get(form_of(session)).status_code == 404
    Attendance.objects.create(session=session, member=guest, answer="going", answered_at=session.starts_at)
    assert client.get(form_of(session)).status_code == 200
    assert client.post(form_of(session), GOOD).status_code == 302
    assert client.get(f"{form_of(session)}results/").status_code == 404


def test_a_visitor_is_asked_to_sign_in(session):
    assert Client().get(form_of(session)).status_code == 302


def test_old_words_in_the_address_lead_on(client, session):
    response = client.get(f"/feedback/{session.pk}-old/")
    assert (response.status_code, response.headers["Location"]) == (301, form_of(session))


def test_wrong_verbs(client, session):
    assert client.put(form_of(session)).status_code == 405
    for path in ("results/", "results.csv"):
        assert client.post(f"{form_of(session)}{path}").status_code == 405
    assert client.get(f"{form_of(session)}comments/{uuid.uuid4()}/report/").status_code == 405


def test_the_pulse_offers_what_can_be_answered(client, session):
    open_poll(session)
    assert [poll.session for poll in client.get("/feedback/").context["to_answer"]] == [session]
    client.post(form_of(session), GOOD)
    assert client.get("/feedback/").context["to_answer"] == []


@pytest.mark.parametrize("count", [5, 50])
def test_form_query_count(client, session, count, django_assert_num_queries):
    poll = open_poll(session)
    for member in MemberFactory.create_batch(count):
        submit(poll, member, Answers({"rhythm": "3"}), now=poll.opens_at)
    with django_assert_num_queries(6):
        client.get(form_of(session))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [5, 50])
def test_answer_query_count(client, session, count, django_assert_num_queries):
    poll = open_poll(session)
    for member in MemberFactory.create_batch(count):
        submit(poll, member, Answers({"rhythm": "3"}), now=poll.opens_at)
    wiping = 5 if connection.vendor == "sqlite" else 9
    with django_assert_num_queries(9 + 2 + wiping):  # BEGIN and COMMIT are the two
        client.post(form_of(session), GOOD)


def test_an_archive_takes_no_answer(client, session, lead):
    poll = open_poll(session)
    Community.objects.update(stage=Community.Stage.CLOSED)
    for response in (client.get(form_of(session)), client.post(form_of(session), GOOD)):
        assert response.status_code == 403
        assert "Feedback is an archive now" in response.content.decode()
    assert Ballot.objects.get().members == []
    assert client.get("/feedback/").context["to_answer"] == []
    remind_of_polls(poll.closes_at - timedelta(days=1))
    assert Mail.objects.count() == 0


def test_an_archive_asks_nobody(session):
    Community.objects.update(stage=Community.Stage.CLOSED)
    open_due_polls(session.ends_at + timedelta(minutes=1))
    assert Poll.objects.count() == 0
