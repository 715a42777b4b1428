"""The feedback of the demo community: closed polls of 5 to 11 answers, and one that is open now."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from feedback.actions import AlreadyAnsweredError, close_due_polls, open_poll, say_what_changed, submit
from feedback.audience import invited_to
from feedback.ballots import Answers
from feedback.models import Poll, Question
from members.models import Member
from sessions.models import Attendance, Session

# What people write; the topic question is asked of everyone, the others of those who were there.
WORDS = {
    "topic": [
        "How do you hand over an incident at the end of a shift?",
        "Something on hiring when the team is already tired.",
        "Saying no to a roadmap item that everyone likes.",
        "More practice labs, please.",
        "How others run the first month with a new engineer.",
    ],
    "missing": [
        "We never got to what happens when the other side says nothing.",
        "An example that went wrong would have helped.",
        "How to start this with someone more senior than me.",
    ],
    "mine": [
        "We have the same queue problem, only with deploys.",
        "I also explained the silence away.",
    ],
    "next-drill": ["Only the first sentence. I always lose them there.", "Holding the pause after the question."],
    "condition": [
        "With half the team in another zone this would not work for us.",
        "Only if the product partner joins.",
    ],
    "follow": ["The part about writing the prediction down first."],
    "keep": ["That nobody has to perform.", "The silent minutes at the start."],
}


def load_feedback(*, now: datetime) -> int:
    """Opens, answers and closes the polls of the demo's past sessions; returns how many polls there are.

    The answers are drawn from a fixed seed, so that two loads look alike. Run again it changes nothing,
    also days later, when more sessions have ended.
    """
    if Poll.objects.exists():
        return Poll.objects.count()
    ended = Session.objects.filter(state=Session.State.PUBLISHED, ends_at__lte=now, poll=None)
    for session in ended.order_by("starts_at").select_related("series"):
        poll = open_poll(session)
        _answer_poll(poll, now=now)
        if poll.closes_at <= now:
            close_due_polls(poll.closes_at)
    _say_what_changed()
    return Poll.objects.count()


def _answer_poll(poll: Poll, *, now: datetime) -> None:
    chance = Random(poll.session_id)  # noqa: S311 -- believable, not secret
    is_open = poll.closes_at > now
    people = list(invited_to(poll.session).order_by("pk"))
    if is_open:  # it waits for the facilitators, as whom a visitor of the demo signs in
        people = [member for member in people if not member.is_facilitator]
    number = min(len(people), chance.randint(3, 4) if is_open else chance.randint(5, 11))
    moment = min(now, poll.closes_at - (poll.closes_at - poll.opens_at) / 2)
    for member in chance.sample(people, number):
        _answer(poll, member, chance, moment)


def _answer(poll: Poll, member: Member, chance: Random, moment: datetime) -> None:
    there = Attendance.objects.filter(session=poll.session, member=member, came=True).exists()
    asked = [question for question in poll.questions() if there or question.for_absent]
    answers = Answers(dict(_values(asked, chance, there=there)), dict(_texts(asked, chance)))
    try:
        submit(poll, member, answers, now=moment)
    except AlreadyAnsweredError:
        return


def _values(asked: list[Question], chance: Random, *, there: bool) -> Iterator[tuple[str, str]]:
    yield "there", "1" if there else "2"
    for question in asked:
        if question.values and (question.required or chance.random() < 0.9):  # noqa: PLR2004
            yield question.key, chance.choices(question.values, weights=_leaning(question))[0]


def _leaning(question: Question) -> list[int]:
    """Believable answers: mostly good, never all alike; a rhythm that some find a bit often."""
    if question.key == "rhythm":
        return [0, 1, 7, 3, 1]
    if question.type == Question.Type.SCALE:
        return [1, 1, 3, 6, 5]
    return [5, 3, 2, 2][: len(question.values)]


def _texts(asked: list[Question], chance: Random) -> Iterator[tuple[str, str]]:
    for question in asked:
        if question.key in WORDS and chance.random() < 0.4:  # noqa: PLR2004
            yield question.key, chance.choice(WORDS[question.key])


def _say_what_changed() -> None:
    poll = Poll.objects.closed().order_by("-closes_at").first()
    if poll and not poll.what_changed:
        words = "Several of you asked for more time to try things out. From now on the practical part has 30 minutes."
        say_what_changed(poll, words, now=poll.closes_at)
