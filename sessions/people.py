"""Choosing people in forms: by name, with the names of all members offered as one types. No script is needed."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.models import Member


class Directory:
    """The members who can be chosen, and `known`, people who were chosen before; read with one query."""

    def __init__(self, known: Iterable[Member] = ()) -> None:
        found = {one.pk: one for one in known}
        found |= {one.pk: one for one in Member.objects.in_directory().select_related("team")}
        self.members = dict(sorted(found.items(), key=lambda pair: (pair[1].name.casefold(), pair[0])))
        names = Counter(one.name.casefold() for one in self.members.values())
        self.labels = {pk: self._label(one, names[one.name.casefold()]) for pk, one in self.members.items()}
        self._by_label = {label.casefold(): self.members[pk] for pk, label in self.labels.items()}

    @staticmethod
    def _label(member: Member, same: int) -> str:
        return member.name if same == 1 else f"{member.name} ({member.team or ''} #{member.pk})"

    def find(self, typed: str) -> Member | None:
        """Returns who is meant by a name as it is offered, whatever its case."""
        return self._by_label.get(" ".join(typed.split()).casefold())

    def label(self, member: Member | None) -> str:
        return self.labels.get(member.pk, member.name) if member else ""


class PersonField(forms.CharField):
    """One member by name; the value is the Member, or None. The form sets `directory`."""

    directory: Directory
    default_error_messages = {  # noqa: RUF012 -- Django's own way of saying it
        "unknown": _("We know nobody by this name. Please choose one of those offered."),
    }

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"list": "people", "autocomplete": "off"})
        super().__init__(max_length=200, required=False, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return self.directory.label(value) if isinstance(value, Member) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        found = self.directory.find(typed)
        if found is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return found


class PeopleField(forms.TypedMultipleChoiceField):
    """Boxes for some members; any of the directory may be sent. The value is a list of primary keys."""

    directory: Directory

    def valid_value(self, value: Any) -> bool:
        return value in map(str, self.directory.members)
