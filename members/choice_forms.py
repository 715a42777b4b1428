"""How one wants to be told, as a form."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Choices
from members.kinds import CHOOSABLE, FOR_FACILITATORS, FOR_GUESTS, Channel, Kind
from members.models import Member
from members.switches import choices_of, choose

EACH, WEEKLY = "each", "weekly"


@dataclass(frozen=True)
class ChoiceRow:
    """One line of the table: a kind of news, and by which ways it comes."""

    kind: str
    label: str
    bell: bool
    mail: bool


def kinds_for(member: Member) -> tuple[Kind, ...]:
    """Returns the kinds of news that may ever reach `member`."""
    if not member.is_member:
        return FOR_GUESTS
    return tuple(kind for kind in CHOOSABLE if member.may_facilitate or kind not in FOR_FACILITATORS)


class ChoicesForm(forms.Form):
    """Ticks for each kind of news: under the bell, by mail; and how mail comes."""

    mark_optional = False

    bell = forms.MultipleChoiceField(required=False)
    mail = forms.MultipleChoiceField(required=False)
    pace = forms.ChoiceField(
        label=_("How mail comes"),
        choices=[
            (EACH, _("one by one, at once")),
            (WEEKLY, _("all in one, on Monday morning; reminders stay in the portal")),
        ],
        widget=Choices,
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        self.member = member
        self.kinds = kinds_for(member)
        channels, weekly = choices_of(member)
        initial = {
            "bell": [kind.value for kind in self.kinds if Channel.BELL in channels[kind]],
            "mail": [kind.value for kind in self.kinds if Channel.MAIL in channels[kind]],
            "pace": WEEKLY if weekly else EACH,
        }
        super().__init__(*args, **kwargs)
        self.initial = initial
        for name in ("bell", "mail"):
            self.fields[name].choices = [(kind.value, kind.label) for kind in self.kinds]  # type: ignore[attr-defined]

    def rows(self) -> list[ChoiceRow]:
        """Returns the lines of the table, as they were typed where the form was sent."""
        bell, mail = (self[name].value() or [] for name in ("bell", "mail"))
        return [ChoiceRow(kind.value, str(kind.label), kind in bell, kind in mail) for kind in self.kinds]

    def save(self) -> None:
        """Stores the choices of a valid form."""
        by = {kind: self._channels(kind) for kind in self.kinds}
        choose(self.member, by, weekly=self.cleaned_data["pace"] == WEEKLY)

    def _channels(self, kind: Kind) -> frozenset[Channel]:
        return frozenset(
            channel for channel in (Channel.BELL, Channel.MAIL) if kind in self.cleaned_data[channel.value]
        )
