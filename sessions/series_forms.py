"""Forms for series and closed days."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_portal.lib.fields import NameField
from members.forms import zone_choices
from members.once import OnceForm
from sessions.actions import AHEAD, today_in
from sessions.recurrence import occurrences
from sessions.series import ClosedDay, Series
from sessions.series_changes import changed, first_date

CHANGES = ("every_weeks", "local_time", "minutes", "zone", "place", "link", "capacity", "default_format", "name")
LONGEST_CLOSED = timedelta(days=366)


class SeriesForm(forms.ModelForm[Series]):
    """A series from one of its dates on: the first date says weekday and turn, the rest is its rule and place."""

    use_required_attribute = False

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    effective_on = forms.TypedChoiceField(label=gettext_lazy("From which session on?"), coerce=date.fromisoformat)
    first_day = forms.DateField(
        label=gettext_lazy("First date then"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("It gives the weekday, and weeks are counted from it."),
    )
    place = NameField(label=gettext_lazy("Place"), max_length=120, required=False)
    local_time = forms.TimeField(
        label=gettext_lazy("Starts at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    field_order = (
        "effective_on", "every_weeks", "first_day", "local_time", "minutes", "zone", "place", "link", "capacity",
        "default_format", "name",
    )  # fmt: skip

    class Meta:
        model = Series
        fields = CHANGES
        labels: ClassVar = {
            "every_weeks": gettext_lazy("How often?"),
            "minutes": gettext_lazy("Minutes"),
            "link": gettext_lazy("Link to join"),
            "capacity": gettext_lazy("Seats"),
            "default_format": gettext_lazy("Usual format"),
        }

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today_in(self.instance, now)
        self.before = Series.objects.get(pk=self.instance.pk)
        days = [one.day for one in self._dates()]
        choices: Any = self.fields["effective_on"]
        choices.choices = [(day.isoformat(), _day_words(day)) for day in days]
        if days:
            self.initial.setdefault("effective_on", days[0].isoformat())
            self.initial.setdefault("first_day", days[0])
        self.fields["zone"] = forms.ChoiceField(label=gettext_lazy("On the clock of"), choices=zone_choices())

    def _dates(self) -> list[Any]:
        last = min(self.today + AHEAD, self.before.ended_on or date.max)
        return occurrences(self.before.rule, start=self.today, end=last)

    def clean(self) -> dict[str, Any]:
        """The first date lies near the session from which on the change counts."""
        data = super().clean() or {}
        effective_on, first_day = data.get("effective_on"), data.get("first_day")
        if effective_on and first_day and "every_weeks" in data:
            turn = timedelta(weeks=max(data["every_weeks"], self.before.every_weeks))
            if not self.today <= first_day or abs(first_day - effective_on) > turn:
                self.add_error("first_day", _("Please choose a day near the session from which on it counts."))
        return data

    def wanted(self) -> Series:
        """Returns the series as a valid form wants it; nothing is stored."""
        changes = {name: self.cleaned_data[name] for name in CHANGES}
        return changed(self.before, first_day=self.cleaned_data["first_day"], **changes)

    def first_of_rule(self) -> date:
        return first_date(self.before, self.cleaned_data["effective_on"])


def _day_words(day: date) -> str:
    # Translators: a date with and without its year, in Django's codes for parts of a date.
    return date_format(day, _("l j F Y"))


class ConfirmForm(forms.Form):
    """What somebody saw before they confirmed it."""

    seen = forms.CharField(max_length=64)


class ClosedDayForm(OnceForm, forms.ModelForm[ClosedDay]):
    """A day, or a range, on which no series meets."""

    use_required_attribute = False

    reason = NameField(label=gettext_lazy("Why?"), max_length=120, help_text=gettext_lazy("The calendar shows it."))

    class Meta:
        model = ClosedDay
        fields = ("first_day", "last_day", "reason")
        widgets: ClassVar = {
            "first_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "last_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels: ClassVar = {"first_day": gettext_lazy("First day"), "last_day": gettext_lazy("Last day")}
        help_texts: ClassVar = {"last_day": gettext_lazy("Empty for a single day.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].required = False

    def clean(self) -> dict[str, Any]:
        """A single day is its own last one; nobody is away for more than a year."""
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and not last and "last_day" not in self.errors:
            data["last_day"] = last = first
        if first and last and last - first > LONGEST_CLOSED:
            self.add_error("last_day", _("That is more than a year."))
        return data
