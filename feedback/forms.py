"""Every input of the feedback app passes one of these forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Choices, Scale, Segmented
from feedback.ballots import Answers
from feedback.models import Poll, Question

YES, NO = "yes", "no"
TEXT_LIMIT = 2_000


class FeedbackForm(forms.Form):
    """The questions of one poll: whether one was there, the core ones, then those of the format.

    Only "worth the time" is needed, and only from those who were there. What someone who was not
    there typed into questions for those who were is dropped.
    """

    mark_optional = False

    there = forms.ChoiceField(
        label=_("Were you there?"),
        choices=[(YES, _("Yes")), (NO, _("No"))],
        widget=Segmented,
        error_messages={"required": _("Please say whether you were there.")},
    )

    def __init__(self, poll: Poll, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = poll.questions()
        for question in self.questions:
            self.fields[question.key] = field_for(question)
            if not question.for_absent:
                self.fields[question.key].help_text = _("If you were there")

    def asked(self) -> list[tuple[forms.BoundField, bool]]:
        """Each question's field in order, and whether those who were not there are asked it too."""
        return [(self[question.key], question.for_absent) for question in self.questions]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("there") == YES:
            for question in self.questions:
                if question.required and question.key not in self.errors and not cleaned.get(question.key):
                    self.add_error(question.key, _("This one we need; everything else is up to you."))
        return cleaned

    def answers(self) -> Answers:
        """Returns what is counted and kept of a valid form."""
        there = self.cleaned_data["there"] == YES
        asked = [question for question in self.questions if there or question.for_absent]
        given = {q.key: self.cleaned_data[q.key] for q in asked if self.cleaned_data.get(q.key)}
        words = {q.key for q in asked if q.type == Question.Type.TEXT}
        values = {key: value for key, value in given.items() if key not in words}
        values["there"] = "1" if there else "2"
        return Answers(values=values, texts={key: value for key, value in given.items() if key in words})


def field_for(question: Question) -> forms.Field:
    """Returns the form field that asks `question`."""
    if question.type == Question.Type.TEXT:
        area = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(label=question.asked, required=False, max_length=TEXT_LIMIT, widget=area)
    if question.type == Question.Type.SCALE:
        ends = dict(zip(("1", "5"), question.ends, strict=True))
        choices = [(value, ends.get(value, "")) for value in question.values]
        return forms.ChoiceField(label=question.asked, required=False, choices=choices, widget=Scale)
    choices = [(value, question.label_of(value)) for value in question.values]
    return forms.ChoiceField(label=question.asked, required=False, choices=choices, widget=Choices)


class ChangedForm(forms.Form):
    """What the leads changed because of the answers; empty takes it back."""

    mark_optional = False

    what_changed = forms.CharField(
        label=_("What changed because of you"),
        help_text=_("A sentence or two: what you heard and what is different now, or what stays and why."),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class HideForm(forms.Form):
    """Why a comment is hidden."""

    reason = forms.CharField(
        label=_("Why it is hidden"),
        help_text=_("Everyone can read the reason."),
        max_length=200,
    )
