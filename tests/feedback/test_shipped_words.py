"""The questions that ship with the portal are asked in the reader's language; an admin's own stay as written."""

import pytest
from django.utils.translation import override

from cop_portal.lib.content import shipped_content
from feedback.actions import close_due_polls, submit
from feedback.ballots import Answers
from feedback.forms import FeedbackForm
from feedback.models import Poll, Question
from feedback.reports import report_of
from feedback.shipped_words import WORDS
from tests.factories import MemberFactory


def test_all_that_is_asked_can_be_translated():
    asked = [question for questions in shipped_content()["feedback_questions"].values() for question in questions]
    words = {question["text"] for question in asked} | {str(word) for one in asked for word in one.get("options", [])}
    ends = {word for question in asked for word in (question.get("low"), question.get("high")) if word}
    assert set(WORDS) == words | ends


@pytest.mark.parametrize(
    ("language", "label", "ends", "options"),
    [
        ("en", "Was this worth the time it took?", ("not at all", "clearly"), ["much too rare", "a bit rare"]),
        ("de", "War es die Zeit wert?", ("gar nicht", "eindeutig"), ["viel zu selten", "etwas zu selten"]),
    ],
)
def test_the_form_asks_in_the_readers_language(poll, language, label, ends, options):
    with override(language):
        form = FeedbackForm(poll)
        worth, rhythm = form.fields["worth"], form.fields["rhythm"]
        shown = (
            worth.label,
            (worth.choices[0][1], worth.choices[4][1]),
            [words for _value, words in rhythm.choices][:2],
        )
    assert shown == (label, ends, options)


def test_results_are_told_in_the_readers_language(poll, now):
    for member in MemberFactory.create_batch(5):
        submit(poll, member, Answers({"worth": "4"}), now=now)
    close_due_polls(poll.closes_at)
    with override("de"):
        assert report_of(Poll.objects.get(), now=now).results[0].text == "War es die Zeit wert?"


def test_what_an_admin_wrote_stays_as_it_is():
    with override("de"):
        own = Question(type=Question.Type.CHOICE, text="Who brings cake?", options=["me", "yes"])
        assert (own.asked, own.label_of("1"), own.label_of("2"), own.ends) == ("Who brings cake?", "me", "ja", ("", ""))
