"""Every input of plans, attempts and intentions passes one of these forms; reflections and coaching have their own."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.fields import NameField
from cop_portal.lib.forms import Choices, Segmented
from members.once import OnceForm
from practice.fields import DayField, WordsField, sentences_in
from practice.plans import FEWEST, MOST, MOST_SENTENCES, Attempt, Intention, Plan

LONGEST = timedelta(days=366)


class PlanForm(OnceForm, forms.ModelForm[Plan]):
    """A plan. `today` is the member's own day."""

    skill = NameField(label=_("One narrow skill"), max_length=120, help_text=_("So narrow that you can watch it."))
    better = WordsField(
        label=_("What does better look like?"),
        max_length=1_000,
        rows=2,
        help_text=_("What would somebody see or hear?"),
    )
    drill = WordsField(
        label=_("The drill"), max_length=1_000, rows=2, help_text=_("What will you do, when, and how do you watch it?")
    )
    attempts_planned = forms.IntegerField(
        label=_("How many tries?"), min_value=FEWEST, max_value=MOST, initial=5, help_text=_("Between 3 and 10.")
    )
    until = DayField(label=_("Until when?"), required=False)
    visibility = forms.ChoiceField(
        label=_("Who may see it?"), choices=Plan.Visibility.choices, initial=Plan.Visibility.ME, widget=Choices
    )

    class Meta:
        model = Plan
        fields = ("skill", "better", "drill", "attempts_planned", "until", "visibility")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_until(self) -> date | None:
        """A day in the next year; one that was stored before may stay."""
        until: date | None = self.cleaned_data["until"]
        if until and until != self.instance.until and not self.today <= until <= self.today + LONGEST:
            raise ValidationError(_("Choose a day within the next twelve months."))
        return until

    def clean_attempts_planned(self) -> int:
        planned: int = self.cleaned_data["attempts_planned"]
        if self.instance.pk and planned < self.instance.attempts.count():
            raise ValidationError(_("There are more tries than that already."))
        return planned


class AttemptForm(OnceForm, forms.ModelForm[Attempt]):
    """One try."""

    on = DayField(label=_("When?"))
    tried = WordsField(label=_("What did you try?"), max_length=1_000, rows=2)
    noticed = WordsField(label=_("What did you notice?"), max_length=2_000, rows=3, required=False)

    class Meta:
        model = Attempt
        fields = ("on", "tried", "noticed")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if not self.today - LONGEST <= day <= self.today + timedelta(days=1):
            raise ValidationError(_("A try has a day that was already."))
        return day


class PartnerNoteForm(forms.Form):
    """What a partner says; nothing takes it back."""

    text = WordsField(
        label=_("Up to three sentences"),
        max_length=500,
        rows=2,
        required=False,
        help_text=_("A question or what you see, no mark."),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if sentences_in(text) > MOST_SENTENCES:
            raise ValidationError(_("That are more than three sentences. Which ones matter most?"))
        return text


class EndForm(forms.Form):
    """How a plan ends."""

    ending = forms.ChoiceField(
        label=_("What now?"),
        widget=Choices,
        choices=[
            (Plan.Ending.KEEP, _("Keep it: it has become a habit, or nearly")),
            (Plan.Ending.NARROW, _("Narrow it: a smaller skill comes next")),
            (Plan.Ending.STOP, _("Stop: it is not what I need now")),
        ],
    )


class IntentionForm(OnceForm, forms.ModelForm[Intention]):
    """One thing I will try."""

    text = NameField(label=_("One thing I will try"), max_length=200)

    class Meta:
        model = Intention
        fields = ("text",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """It stands beside other forms: its ids are its own."""
        kwargs.setdefault("auto_id", "one_thing_%s")
        super().__init__(*args, **kwargs)


class IntentionChangeForm(forms.Form):
    """What becomes of it."""

    change = forms.ChoiceField(
        label=_("What now?"),
        widget=Segmented,
        choices=[("done", _("Tried")), ("open", _("Not yet")), ("remove", _("Remove"))],
    )


class StartForm(forms.Form):
    """From where a new plan begins: a skill in words, or an earlier plan that gets narrower."""

    skill = NameField(max_length=120, required=False)
    after = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
