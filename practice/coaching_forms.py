"""The forms of coaching rounds and groups."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.fields import NameField
from cop_portal.lib.forms import Choices, ManyChoices
from members.models import Member
from members.once import OnceForm
from practice.coaching import FEWEST_WEEKS, GOALS_EACH, MOST_WEEKS
from practice.fields import DayField, PeopleField, WordsField
from practice.models import CheckIn, CoachingGroup, CoachingPreferences, CoachingRound

LONGEST = timedelta(days=366)


class RoundForm(OnceForm, forms.ModelForm[CoachingRound]):
    """A new round."""

    starts_on = DayField(label=_("First day"))
    weeks = forms.IntegerField(
        label=_("Weeks"), min_value=FEWEST_WEEKS, max_value=MOST_WEEKS, initial=6, help_text=_("Between 4 and 8.")
    )

    class Meta:
        model = CoachingRound
        fields = ("starts_on", "weeks")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if not self.today <= day <= self.today + LONGEST:
            raise ValidationError(_("Choose a day within the next twelve months."))
        return day


class TakePartForm(forms.Form):
    """In or out."""

    answer = forms.ChoiceField(choices=[("in", _("I take part")), ("out", _("Not this time"))])


class DrawForm(forms.Form):
    """Draw, or stop what is being drawn."""

    what = forms.ChoiceField(choices=[("draw", _("Draw")), ("stop", _("Stop"))])


class SwapForm(forms.Form):
    """Two people who change places."""

    first = forms.ModelChoiceField(Member.objects.none(), label=_("Who"))
    second = forms.ModelChoiceField(Member.objects.none(), label=_("changes places with"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("first") and self.cleaned_data.get("first") == self.cleaned_data.get("second"):
            raise ValidationError(_("Choose two people."))


class PreferencesForm(forms.Form):
    """What one tells the matcher, and nobody else."""

    paused_until = DayField(
        label=_("Pause until"), required=False, help_text=_("Rounds that begin before that day leave you out.")
    )
    manager = forms.ModelChoiceField(
        Member.objects.none(),
        label=_("My manager"),
        required=False,
        help_text=_("You will not be in a group together."),
    )
    reports = PeopleField(
        Member.objects.none(), label=_("They report to me"), required=False, widget=ManyChoices(attrs={"class": "long"})
    )
    not_with = PeopleField(
        Member.objects.none(),
        label=_("Not with"),
        required=False,
        widget=ManyChoices(attrs={"class": "long"}),
        help_text=_("Nobody is told, facilitators neither."),
    )

    def __init__(self, *args: Any, member: Member, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.initial = _said(member)
        # What was said of people who left meanwhile goes with them.
        others = list(Member.objects.in_directory().exclude(pk=member.pk).only("name", "email"))
        for name in ("manager", "reports", "not_with"):
            field: Any = self.fields[name]
            field.queryset = Member.objects.in_directory().exclude(pk=member.pk)
            blank = [("", "—")] if name == "manager" else []
            field.choices = [*blank, *((one.pk, str(one)) for one in others)]

    def clean_paused_until(self) -> date | None:
        day: date | None = self.cleaned_data["paused_until"]
        if day and day > self.today + 3 * LONGEST:
            raise ValidationError(_("Choose a day within the next three years."))
        return day


def _said(member: Member) -> dict[str, Any]:
    said = CoachingPreferences.objects.filter(member=member).first()
    if said is None:
        return {}
    return {
        "paused_until": said.paused_until,
        "manager": said.manager_id,
        "reports": list(said.reports.values_list("pk", flat=True)),
        "not_with": list(said.not_with.values_list("pk", flat=True)),
    }


class GoalsForm(forms.Form):
    """Up to two goals."""

    goal_1 = NameField(label=_("What I want from this round"), max_length=300, required=False)
    goal_2 = NameField(label=_("And perhaps"), max_length=300, required=False)

    def texts(self) -> list[str]:
        texts = (self.cleaned_data[f"goal_{number}"] for number in range(1, GOALS_EACH + 1))
        return [text for text in texts if text]


class CheckInForm(forms.Form):
    """What became of a date."""

    outcome = forms.ChoiceField(label=_("How did it go?"), choices=CheckIn.Outcome.choices, widget=Choices)
    on = DayField(label=_("New day"), required=False, help_text=_("Only if you moved it."))

    def __init__(self, *args: Any, check_in: CheckIn, coaching_round: CoachingRound, **kwargs: Any) -> None:
        self.check_in, self.round = check_in, coaching_round
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        day, moved = self.cleaned_data.get("on"), self.cleaned_data.get("outcome") == CheckIn.Outcome.MOVED
        if moved and not day and not self.has_error("on"):
            self.add_error("on", _("To which day?"))
        elif moved and day and not self.round.starts_on <= day <= self.round.ends_on + timedelta(days=60):
            self.add_error("on", _("Choose a day in this round or soon after."))

    def day(self) -> date:
        """The day of the check-in from now on."""
        moved = self.cleaned_data["outcome"] == CheckIn.Outcome.MOVED
        return self.cleaned_data["on"] if moved else self.check_in.on


class NoteForm(OnceForm):
    """A note of the group."""

    text = WordsField(label=_("A note for the group"), max_length=2_000, rows=2)


class NotAgainForm(forms.Form):
    """With whom of a group one would rather not be again."""

    others = forms.TypedMultipleChoiceField(label=_("Rather not again"), coerce=int, required=False, widget=ManyChoices)

    def __init__(self, *args: Any, group: CoachingGroup, member: Member, **kwargs: Any) -> None:
        partners = list(group.group_members.exclude(member=member).select_related("member"))
        numbers = [one.member_id for one in partners]
        said = CoachingPreferences.objects.filter(member=member).first()
        ticked = list(said.not_with.filter(pk__in=numbers).values_list("pk", flat=True)) if said else []
        super().__init__(*args, **kwargs)
        self.initial = {"others": ticked}
        self.fields["others"].choices = [(one.member_id, one.member.name) for one in partners]  # type: ignore[attr-defined]
