"""The form in which a team says where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Choices
from feedback.alignment import NOTE_LENGTH, TeamWord
from feedback.team_words import Standing, Word


@dataclass(frozen=True)
class PrincipleFields:
    """One principle with its three fields, and what a colleague has saved meanwhile."""

    standing: Standing
    choice: forms.BoundField
    note: forms.BoundField
    seen: forms.BoundField
    there: TeamWord | None


class TeamWordsForm(forms.Form):
    """A choice and a note for each principle; what is left open says nothing."""

    mark_optional = False

    def __init__(self, standings: list[Standing], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standings = standings
        self.meanwhile: Mapping[int, TeamWord] = {}
        for standing in standings:
            self._add(standing)

    def _add(self, standing: Standing) -> None:
        pk, word = standing.principle.pk, standing.word
        self.fields[f"choice_{pk}"] = forms.ChoiceField(
            label=_("Where we stand"),
            choices=TeamWord.Choice,
            widget=Choices,
            required=False,
            initial=word.choice if word else None,
        )
        self.fields[f"note_{pk}"] = forms.CharField(
            label=_("A note for ourselves"),
            required=False,
            max_length=NOTE_LENGTH,
            widget=forms.Textarea(attrs={"rows": 2}),
            initial=word.note if word else "",
        )
        self.fields[f"seen_{pk}"] = forms.CharField(
            required=False,
            max_length=40,
            widget=forms.HiddenInput,
            initial=word.written_at.isoformat() if word else "",
        )

    def rows(self) -> Iterator[PrincipleFields]:
        """Yields each principle with its fields."""
        for standing in self.standings:
            pk = standing.principle.pk
            fields = (self[f"choice_{pk}"], self[f"note_{pk}"], self[f"seen_{pk}"])
            yield PrincipleFields(standing, *fields, self.meanwhile.get(pk))

    def show(self, meanwhile: Mapping[int, TeamWord]) -> None:
        """Puts the words of a colleague beside those typed; sent again, the typed ones replace them."""
        self.meanwhile = meanwhile
        data = dict(self.data.items())
        for pk, word in meanwhile.items():
            data[f"seen_{pk}"] = word.written_at.isoformat()
        self.data = data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for standing in self.standings:
            pk = standing.principle.pk
            if cleaned.get(f"note_{pk}") and not cleaned.get(f"choice_{pk}"):
                self.add_error(f"choice_{pk}", _("Please say where you stand, or leave the note out."))
        return cleaned

    def words(self) -> dict[int, Word]:
        """Returns what a valid form says, by principle."""
        given = {one.principle.pk: self.cleaned_data for one in self.standings}
        return {
            pk: Word(data[f"choice_{pk}"], data[f"note_{pk}"].strip(), _moment(data[f"seen_{pk}"]))
            for pk, data in given.items()
            if data[f"choice_{pk}"]
        }


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
