"""The agenda of a session in its form: rows that one adds, moves and removes with plain buttons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.fields import NameField
from members.models import Member
from sessions.agendas import AgendaItem, AgendaTemplate
from sessions.people import Directory, PersonField
from sessions.series import SANE_MINUTES

MOST = 40
NO_DAY = date(2000, 1, 1)
LONGEST = SANE_MINUTES[1].limit_value


class BlockForm(forms.Form):
    """One block: how long, what happens, who leads it. A row without words and minutes does not count."""

    mark_optional = False
    use_required_attribute = False

    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=LONGEST, required=False)
    title = NameField(label=_("What happens"), max_length=160, required=False)
    lead = PersonField(label=_("Led by"))

    def __init__(self, *args: Any, directory: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].directory = directory  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A block has both a length and words."""
        data = super().clean() or {}
        if not self.errors and bool(data.get("minutes")) != bool(data.get("title")):
            missing = "title" if data.get("minutes") else "minutes"
            self.add_error(missing, _("A block has a length and a few words."))
        return data

    @property
    def counts(self) -> bool:
        return bool(self.cleaned_data.get("minutes"))


@dataclass(frozen=True)
class Block:
    """One block that was filled in."""

    minutes: int
    title: str
    lead: Member | None

    def as_item(self, position: int) -> AgendaItem:
        return AgendaItem(position=position, minutes=self.minutes, title=self.title, lead=self.lead)


class Blocks:
    """All rows of the agenda. `data` are the fields of the whole form, None for what is stored (`items`)."""

    def __init__(self, items: list[AgendaItem], data: Mapping[str, Any] | None, directory: Directory) -> None:
        self.directory = directory
        self.data = data
        if data is None:
            rows = [{"minutes": one.minutes, "title": one.title, "lead": directory.label(one.lead)} for one in items]
        else:
            names = ("minutes", "title", "lead")
            rows = [{name: data.get(f"block-{n}-{name}", "") for name in names} for n in range(self._count(data))]
        self.rows: list[dict[str, Any]] = rows
        self._show()

    @staticmethod
    def _count(data: Mapping[str, Any]) -> int:
        typed = str(data.get("blocks", ""))
        return min(int(typed), MOST) if typed.isascii() and typed.isdigit() and len(typed) < len("1000") else 0

    def _show(self, *, bound: bool = False) -> None:
        """Makes the forms of the rows: bound ones check what was typed, others only show it."""
        options: list[dict[str, Any]] = [{"data": self.data} if bound else {"initial": row} for row in self.rows]
        self.forms = [
            BlockForm(prefix=f"block-{n}", directory=self.directory, **option) for n, option in enumerate(options)
        ]

    def do(self, command: str) -> None:
        """Adds an empty row (`add`), or moves or removes one: `up-2`, `down-2`, `remove-2`."""
        verb, _dash, typed = command.partition("-")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len("1000") else -1
        if verb == "add" and len(self.rows) < MOST:
            self.rows.append({"minutes": "", "title": "", "lead": ""})
        elif 0 <= number < len(self.rows) and verb in {"up", "down", "remove"}:
            row = self.rows.pop(number)
            if verb != "remove":
                self.rows.insert(max(0, number + (1 if verb == "down" else -1)), row)
        self._show()

    def take(self, template: AgendaTemplate) -> None:
        """Replaces the rows with those of a template."""
        self.rows = [{"minutes": one.minutes, "title": one.title, "lead": ""} for one in template.steps.all()]
        self._show()

    def is_valid(self) -> bool:
        self._show(bound=True)
        checked = [form.is_valid() for form in self.forms]  # each of them, so that each says what is missing
        return all(checked)

    @property
    def chosen(self) -> list[Block]:
        """The blocks of valid forms."""
        found = [form.cleaned_data for form in self.forms if form.counts]
        return [Block(one["minutes"], one["title"], one["lead"]) for one in found]

    @property
    def total(self) -> int:
        """How many minutes they take together, as far as they are numbers."""
        return sum(self._minutes())

    def _minutes(self) -> list[int]:
        typed = [str(row["minutes"]).strip() for row in self.rows]
        return [int(one) if one.isascii() and one.isdigit() and len(one) < len("1000") else 0 for one in typed]

    def timed(self, start: time | None) -> list[tuple[str, BlockForm]]:
        """Returns each row with the time of day at which it starts; "" without a start."""
        found, passed = [], 0
        for minutes, form in zip(self._minutes(), self.forms, strict=True):
            moment = datetime.combine(NO_DAY, start) + timedelta(minutes=passed) if start else None
            found.append((f"{moment:%H:%M}" if moment else "", form))
            passed += minutes
        return found
