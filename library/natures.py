"""What each nature of an insight asks, in which order, and in which words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from library.models import Insight

MAX_ANSWER = 5_000  # characters

type Words = str | Promise


@dataclass(frozen=True)
class Question:
    """One text field: its name in `Insight.answers`, how it is asked, and the heading above its answer."""

    name: str
    label: Words
    heading: Words
    help: Words = ""
    rows: int = 4
    is_list: bool = False  # one line is one thing


@dataclass(frozen=True)
class NatureForm:
    """The form of one nature. `required` names what cannot be left out; all else may stay empty."""

    icon: str
    invitation: Words
    questions: tuple[Question, ...]
    required: tuple[str, ...]
    asks_outcome: bool = False


_TRIED = Question("tried", _("What we tried"), _("What we tried"))
_CONTEXT = Question(
    "context", _("What was going on?"), _("Context"), _("Just enough for someone from another team to picture it.")
)
_HAPPENED = Question("happened", _("What happened?"), _("What happened"), _("What you saw, before what it meant."))

NATURES: dict[str, NatureForm] = {
    Insight.Nature.CHALLENGE: NatureForm(
        "circle-question-mark",
        _("Something I am stuck with. Others may have been here."),
        (
            Question("situation", _("What is the situation?"), _("The situation"), _("No names of people, please.")),
            Question("tried", _("What have I tried?"), _("What I tried"), _("Nothing yet is an answer too.")),
            Question("hear", _("What do I want to hear?"), _("What I want to hear"),
                     _("Questions, stories, advice, or only that it is hard."), 3),
        ),
        ("situation",),
    ),
    Insight.Nature.EXPERIMENT: NatureForm(
        "flask-conical",
        _("We changed one thing on purpose and looked at what it did."),
        (
            Question("hypothesis", _("What did we expect?"), _("What we expected"),
                     _("If we do this, then that, because…"), 3),
            _TRIED,
            Question("result", _("What came of it?"), _("What came of it"), _("Numbers if you have them.")),
        ),
        ("hypothesis", "tried"),
        asks_outcome=True,
    ),
    Insight.Nature.FAILURE: NatureForm(
        "footprints",
        _("It did not work. Telling it saves the next team the same road."),
        (
            _CONTEXT, _TRIED, _HAPPENED,
            Question("differently", _("What would we do differently?"), _("What we would do differently")),
        ),
        ("tried", "happened"),
    ),
    Insight.Nature.SUCCESS: NatureForm(
        "sprout",
        _("It worked, and we have an idea why."),
        (
            _CONTEXT, _TRIED, _HAPPENED,
            Question("differently", _("What would we do differently?"), _("What we would do differently"),
                     _("There is always something."), 3),
        ),
        ("tried", "happened"),
    ),
    Insight.Nature.CASE: NatureForm(
        "messages-square",
        _("A real situation with its options, for peers to work through."),
        (
            _CONTEXT,
            Question("challenge", _("What made it hard?"), _("The challenge")),
            Question("options", _("Which options were there?"), _("Options"), _("One a line."), is_list=True),
            Question("tried", _("What was tried?"), _("What was tried")),
            Question("outcome", _("How did it end?"), _("How it ended"), rows=3),
            Question("lessons", _("What do we take from it?"), _("Lessons"), _("One a line."), is_list=True),
        ),
        ("context", "challenge"),
    ),
}  # fmt: skip


LISTS = frozenset(question.name for form in NATURES.values() for question in form.questions if question.is_list)


@dataclass(frozen=True)
class Section:
    """One answer below its heading."""

    name: str
    heading: Words
    text: str


def sections_of(insight: Insight) -> list[Section]:
    """Returns the answers that were given, in the order of the form."""
    return [
        Section(question.name, question.heading, text)
        for question in NATURES[insight.nature].questions
        if (text := insight.answers.get(question.name, "").strip())
    ]


def icon_of(insight: Insight) -> str:
    return NATURES[insight.nature].icon
