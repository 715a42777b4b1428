"""The forms of reflections: writing one, sharing some of its answers."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Choices, ManyChoices
from library.models import Material, Principle
from members.models import Member
from members.once import OnceForm
from practice.fields import WordsField
from practice.models import Plan, Reflection, SharedReflection
from practice.prompts import PROMPTS, shown
from practice.sharing import Audiences
from sessions.models import Session

MOST_WORDS = 10_000  # characters of one answer
CHOSEN_FROM = 50  # newest sessions and insights that the lists offer; a link on their pages names any other


class ChosenForm(forms.Form):
    """What the address asks for: a form of prompts and what it is about."""

    form = forms.ChoiceField(choices=Reflection.Form.choices, required=False)
    session = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    plan = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    insight = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    principle = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    def chosen(self) -> tuple[str, dict[str, int]]:
        """Returns the form and the numbers of what it is about; what makes no sense counts as not asked."""
        self.is_valid()
        links = {name: self.cleaned_data[name] for name in LINKS if self.cleaned_data.get(name)}
        return self.cleaned_data.get("form") or Reflection.Form.SHORT, links


LINKS = ("session", "plan", "insight", "principle")


class ReflectionForm(OnceForm):
    """One text for each prompt, none of them required by itself, and what it is about."""

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        member: Member,
        now: datetime,
        form: str,
        reflection: Reflection | None = None,
        wanted: dict[str, int] | None = None,
        links: bool = True,
        **kwargs: Any,
    ) -> None:
        self.prompt_form, self.reflection = form, reflection
        self.prompts = [one["prompt"] for one in reflection.answers] if reflection else list(PROMPTS[form])
        kwargs["initial"] = (_initial(reflection) if reflection else {}) | (wanted or {}) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        for number, prompt in enumerate(self.prompts):
            self.fields[f"answer_{number}"] = WordsField(
                label=shown(prompt), max_length=MOST_WORDS, required=False, rows=4 if number == 0 else 3
            )
        self.offered = LINKS if links else ()
        if links:
            self._offer_links(member, now)

    def _offer_links(self, member: Member, now: datetime) -> None:
        sessions = Session.objects.visible_to(member, now=now).filter(starts_at__lte=now)
        insights = Material.objects.listed_to(member).filter(kind=Material.Kind.INSIGHT)
        choices = {
            "session": (_("A session"), sessions.order_by("-starts_at"), sessions),
            "plan": (_("A plan"), Plan.objects.of(member), Plan.objects.filter(member=member)),
            "insight": (_("An insight"), insights.newest_first(), insights),
            "principle": (_("A principle"), Principle.objects.all(), Principle.objects.all()),
        }
        for name, (label, listed, allowed) in choices.items():
            kept = self.initial.get(name) or self.data.get(name)
            self.fields[name] = _LinkField(label, list(listed[:CHOSEN_FROM]), allowed, kept)

    def answers(self) -> list[dict[str, str]]:
        return [
            {"prompt": prompt, "text": self.cleaned_data.get(f"answer_{number}", "")}
            for number, prompt in enumerate(self.prompts)
        ]

    def links(self) -> dict[str, Any]:
        """What it is about, by name; None where nothing was chosen."""
        return {name: self.cleaned_data.get(name) for name in LINKS}

    def clean(self) -> None:
        """An empty page is not kept."""
        super().clean()
        texts = [self.cleaned_data.get(f"answer_{number}", "") for number in range(len(self.prompts))]
        if not any(texts) and not any(self.has_error(f"answer_{number}") for number in range(len(self.prompts))):
            raise ValidationError(_("Write a word or two to keep it."))

    def text_fields(self) -> list[forms.BoundField]:
        return [self[f"answer_{number}"] for number in range(len(self.prompts))]

    def link_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.offered if self.fields[name].choices[1:]]  # type: ignore[attr-defined]

    @property
    def has_links(self) -> bool:
        return any(self[name].value() for name in self.offered)


class _LinkField(forms.TypedChoiceField):
    """One of the listed rows, or another that the member may see and that was named already."""

    def __init__(self, label: Any, listed: list[Any], allowed: Any, kept: Any) -> None:
        rows = listed
        if kept and str(kept).isdecimal() and len(str(kept)) < 19 and all(row.pk != int(kept) for row in listed):  # noqa: PLR2004
            rows = [*listed, *allowed.filter(pk=int(kept))[:1]]
        self.rows = {str(row.pk): row for row in rows}
        choices = [("", "—"), *((str(row.pk), _name_of(row)) for row in rows)]
        super().__init__(label=label, choices=choices, required=False, coerce=self.rows.get, empty_value=None)


def _name_of(row: Any) -> str:
    """What a row is called in a list."""
    if isinstance(row, Session):
        return f"{row.shown_title}, {row.local_day():%Y-%m-%d}"
    return row.skill if isinstance(row, Plan) else str(row)


def _initial(reflection: Reflection) -> dict[str, Any]:
    texts = {f"answer_{number}": one["text"] for number, one in enumerate(reflection.answers)}
    return texts | {name: getattr(reflection, f"{name}_id") for name in LINKS}


class ShareForm(forms.Form):
    """Which answers, and with whom; `audiences` are those there are for this reflection."""

    answers = forms.TypedMultipleChoiceField(
        label=_("Which answers?"), coerce=int, widget=ManyChoices, error_messages={"required": _("Tick at least one.")}
    )
    audience = forms.ChoiceField(label=_("With whom?"), widget=Choices)

    def __init__(self, *args: Any, reflection: Reflection, audiences: Audiences, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reflection = reflection
        self.fields["answers"].choices = [  # type: ignore[attr-defined]
            (number, shown(one["prompt"])) for number, one in enumerate(reflection.answers) if one["text"]
        ]
        self.fields["audience"].choices = [  # type: ignore[attr-defined]
            (value, SharedReflection.Audience(value).label) for value in audiences.offered
        ]

    def chosen_answers(self) -> list[dict[str, str]]:
        return [self.reflection.answers[number] for number in sorted(self.cleaned_data["answers"])]
