"""Admins edit questions, never those that a poll asks; open answers and mail are in no list."""

import pytest
from django.contrib import admin

from feedback.actions import open_poll
from feedback.models import Ballot, Comment, Poll, Question, QuestionSet, Tally
from tests.factories import SessionFactory


@pytest.fixture
def client(admin, sign_in):
    return sign_in(admin)


@pytest.fixture
def core(db):
    return QuestionSet.objects.get(scope="core", is_current=True)


def address(questions):
    return f"/admin/feedback/questionset/{questions.pk}/change/"


def typed(questions, **first):
    """What the admin's form sends, with `first` in its first question."""
    data = {
        "questions-TOTAL_FORMS": questions.questions.count(), "questions-INITIAL_FORMS": questions.questions.count(),
    }  # fmt: skip
    for number, question in enumerate(questions.questions.all()):
        fields = ("position", "key", "type", "text", "low", "high")
        row = {name: getattr(question, name) for name in fields} | {"id": question.pk, "set": questions.pk}
        row |= {"options": str(question.options).replace("'", '"'), "for_absent": "on" if question.for_absent else ""}
        row |= {"required": "on" if question.required else ""} | (first if number == 0 else {})
        data |= {f"questions-{number}-{name}": value for name, value in row.items()}
    return data


def test_questions_that_no_poll_asks_can_be_edited(client, core):
    response = client.post(address(core), typed(core, text="Was it worth it?"))
    assert response.status_code == 302
    assert core.questions.first().text == "Was it worth it?"


def test_questions_in_use_cannot(client, core, session):
    open_poll(session)
    client.post(address(core), typed(core, text="Was it worth it?"))
    assert core.questions.first().text == "Was this worth the time it took?"


def test_a_copy_is_the_next_version_and_polls_that_open_from_now_on_ask_it(client, core, session):
    before = open_poll(session)
    data = {"action": "write_new_version", "_selected_action": core.pk}
    client.post("/admin/feedback/questionset/", data)
    new = QuestionSet.objects.get(scope="core", is_current=True)
    assert (new.version, new.questions.count()) == (2, core.questions.count())
    client.post(address(new), typed(new, text="Was it worth it?"))
    after = open_poll(SessionFactory(starts_at=session.starts_at))
    assert [poll.questions()[0].text for poll in (before, after)] == [
        "Was this worth the time it took?", "Was it worth it?",
    ]  # fmt: skip


def test_a_copy_of_a_former_version_is_not_made(client, core):
    QuestionSet.objects.filter(pk=core.pk).update(is_current=False)
    client.post("/admin/feedback/questionset/", {"action": "write_new_version", "_selected_action": core.pk})
    assert QuestionSet.objects.filter(scope="core").count() == 1


def test_nothing_that_was_answered_is_in_the_admin():
    registered = set(admin.site._registry)
    assert QuestionSet in registered
    assert registered & {Poll, Ballot, Tally, Comment, Question} == set()
