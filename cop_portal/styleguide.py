"""What the style guide shows: a form in each state, and sample rows."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.charts import TrendPoint, bar_rows, trend
from cop_portal.lib.forms import Choices, FileDrop, ManyChoices, Scale, Segmented

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
RHYTHM = [("2", "much too rare"), ("1", "a bit rare"), ("0", "about right"), ("-1", "a bit often")]
WORTH = [("1", "not at all"), ("2", ""), ("3", ""), ("4", ""), ("5", "clearly")]
WORDS = {"5 · Strongly agree": 6, "4 · Agree": 4, "3 · Neither": 1, "2 · Disagree": 0, "1 · Strongly disagree": 0}
FORMATS = [
    ("workshop", "hammer", "Workshop"),
    ("coaching", "handshake", "Peer coaching"),
    ("case", "messages-square", "Case clinic"),
    ("lab", "repeat-2", "Practice lab"),
    ("experiment", "flask-conical", "Experiment exchange"),
    ("retro", "rotate-ccw", "Community retro"),
    ("talk", "mic", "Talk"),
]
TREND = [
    TrendPoint("3 September", 3, low=2, high=5),
    TrendPoint("17 September", 4, low=2, high=5),
    TrendPoint("1 October", 4, low=3, high=5),
    TrendPoint("15 October", None),
    TrendPoint("29 October", 4, low=2, high=5, version=2),
    TrendPoint("26 November", 5, low=3, high=5, version=2),
]
KINDS = [
    ("circle-question-mark", "Challenge"),
    ("flask-conical", "Experiment"),
    ("undo-2", "Failure"),
    ("trophy", "Success"),
    ("messages-square", "Case"),
]


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(max_length=80, help_text="What people will read in the list.")
    email = forms.EmailField(label="E-mail address")
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    format = forms.ChoiceField(choices=[("", "Choose one"), *((name, words) for name, _icon, words in FORMATS)])
    summary = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    there = forms.ChoiceField(label="Were you there?", choices=YES_NO, widget=Segmented)
    worth = forms.ChoiceField(label="Was this worth the time it took?", choices=WORTH, widget=Scale)
    rhythm = forms.ChoiceField(label="Every two weeks is", choices=RHYTHM, widget=Choices)
    topics = forms.MultipleChoiceField(
        choices=[(words, words) for words in ("Delegating", "Feedback", "Hiring", "Incidents", "Strategy")],
        widget=ManyChoices(attrs={"class": "columns-2"}),
        required=False,
    )
    slides = forms.FileField(widget=FileDrop, required=False, help_text="PDF, at most 20 MB.")
    agree = forms.BooleanField(label="Tell me when someone answers", required=False)


@dataclass(frozen=True)
class Person:
    """Someone to show as a circle with letters."""

    name: str
    initials: str


PEOPLE = [Person("Ines Carvalho", "IC"), Person("Tomasz Wrona", "TW"), Person("Jo Adeyemi", "JA"), Person("Wu", "W")]


def showcase(scheme: str) -> dict[str, Any]:
    """Returns the context of the style guide; `scheme` is light, dark or anything else for the reader's own."""
    filled = {"title": "Saying no", "email": "ines@cop.example", "worth": "4", "rhythm": "0", "there": "yes"}
    return {
        "scheme": scheme if scheme in {"light", "dark"} else "",
        "sample": SampleForm(prefix="plain", initial={**filled, "topics": ["Feedback", "Hiring"]}),
        "wrong": SampleForm({"wrong-email": "ines at cop", "wrong-format": "case"}, prefix="wrong"),
        "formats": FORMATS,
        "kinds": KINDS,
        "people": PEOPLE,
        "bars": bar_rows(list(WORDS.items()), total=11),
        "trend": trend(TREND),
        "page": Paginator(range(90), 10).page(4),
        "answers": [("going", "Going"), ("maybe", "Maybe"), ("no", "Can’t")],
    }
