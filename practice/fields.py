"""Fields of the practice app: longer plain text, and a day on the member's calendar."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.models import Member

DIGITS = 18  # of the longest key that is for certain one of a row
_ENDS = re.compile(r"[.!?…]+[\"'”“’)»]*(?=\s|$)")


class WordsField(forms.CharField):
    """Plain text of several lines: NUL is an error in words, line ends count once."""

    widget = forms.Textarea
    default_error_messages = {"nul": _("There is a character in it that cannot be stored.")}  # noqa: RUF012

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs["rows"] = rows

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        if "\0" in text:
            raise ValidationError(self.error_messages["nul"], code="nul")
        return text


class PeopleField(forms.ModelMultipleChoiceField[Member]):
    """Any of some members. A number that no row can have is no choice, as a number of nobody is none."""

    def clean(self, value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else ():
            if len(str(one)) > DIGITS:
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": one})
        return super().clean(value)


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **options)


def sentences_in(text: str) -> int:
    """Returns how many sentences `text` has; an abbreviation may count as one, a last one needs no full stop."""
    ends = [match.end() for match in _ENDS.finditer(text)]
    rest = text[ends[-1] :] if ends else text
    return len(ends) + bool(rest.strip())
