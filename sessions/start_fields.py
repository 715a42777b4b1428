"""The fields in which one says when a session starts: on the clock of the place where it is held."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.forms import FIRST_YEAR, LAST_YEAR
from sessions.models import Session
from sessions.recurrence import MissingTimeError, strict_instant

NEVER = gettext_lazy("This day is too far away.")


class StartFields(forms.Form):
    """A mixin for forms of a session with a field `zone`; call `find_start` in `clean`."""

    instance: Session

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    local_time = forms.TimeField(
        label=gettext_lazy("Starts at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def show_start(self) -> None:
        """Fills the fields from a session that has a start."""
        local = self.instance.local_start()
        self.initial.setdefault("day", local.date())
        self.initial.setdefault("local_time", local.time())

    def find_start(self, data: dict[str, Any]) -> None:
        """Sets the start of the instance where it was edited; a time that does not exist is an error beside it."""
        day, local_time, zone = data.get("day"), data.get("local_time"), data.get("zone")
        if day is None or local_time is None or zone not in available_timezones():
            return  # said beside those fields
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.add_error("day", NEVER)
            return
        if self.instance.pk and not {"day", "local_time", "zone"} & set(self.changed_data):
            return
        try:
            self.instance.starts_at = strict_instant(day, local_time, zone)
        except MissingTimeError as error:
            words = _("%(time)s does not exist on that day in %(zone)s.")
            self.add_error("local_time", words % {"time": f"{error.local_time:%H:%M}", "zone": error.zone})
