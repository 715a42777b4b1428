"""Form fields that several apps use."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.text import clean_name


class NameField(forms.CharField):
    """One line that people see beside other names: its value is cleaned by `clean_name`.

    NUL is an error, and so is what shows nothing once it is cleaned.
    """

    default_error_messages = {  # noqa: RUF012 -- Django's own way of saying it
        "nul": _("There is a character in it that cannot be stored."),
        "invisible": _("Please use at least one letter that can be seen."),
    }

    def to_python(self, value: Any) -> str | None:
        typed = super().to_python(value)
        if not typed:
            return typed
        if "\0" in typed:
            raise ValidationError(self.error_messages["nul"], code="nul")
        name = clean_name(typed)
        if not name:
            raise ValidationError(self.error_messages["invisible"], code="invisible")
        return name
