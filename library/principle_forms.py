"""Forms for the wording of principles: facilitators write it, leads suggest it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.fields import NameField
from cop_portal.lib.text import clean_name
from library.models import Principle
from library.principles import WORDING
from members.once import OnceForm


class WordingForm(OnceForm):
    """All of a principle's words. `version` is the one they were written upon."""

    title = NameField(label=_("Title"), max_length=120)
    statement = NameField(
        label=_("Statement"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence that one can hold a decision against."),
    )  # fmt: skip
    looks_like = forms.CharField(
        label=_("What it looks like"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One observation a line: what somebody would see or hear."),
    )  # fmt: skip
    drift = NameField(
        label=_("How it drifts"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    prompt = NameField(
        label=_("A question to ask"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean_looks_like(self) -> str:
        lines = (line.strip() for line in str(self.cleaned_data["looks_like"]).splitlines())
        return "\n".join(line for line in lines if line)

    def wording(self) -> dict[str, str]:
        """Returns the words of a valid form by the names of a principle's columns."""
        return {name: self.cleaned_data[name] for name in WORDING}


class SuggestionForm(WordingForm):
    """Another wording, and why; it has to differ from what stands."""

    why = forms.CharField(
        label=_("Why?"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What would become clearer? A case where the present words misled helps most."),
    )  # fmt: skip

    def __init__(self, *args: Any, principle: Principle, **kwargs: Any) -> None:
        self.principle = principle
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and _alike(self.wording()) == _alike(self.principle.wording()):
            raise ValidationError(_("These are the words that stand already. Change what you would word otherwise."))
        return data


def _alike(wording: dict[str, str]) -> dict[str, list[str]]:
    """Returns words such that what only a form would write otherwise is the same."""
    return {name: [clean_name(line) for line in text.splitlines()] for name, text in wording.items()}


class DecisionForm(forms.Form):
    """What facilitators make of a suggestion. `version` is that of the principle they saw it beside."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    choice = forms.ChoiceField(choices=[("take", ""), ("decline", "")])
    answer = forms.CharField(
        label=_("Reason"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody reads it below the suggestion. Needed where you decline."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("choice") == "decline" and not data.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Please say why, so that the suggestion was not made in vain."))
        return data
