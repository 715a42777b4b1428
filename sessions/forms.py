"""Every input of the sessions app passes one of these forms."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.fields import NameField
from cop_portal.lib.forms import Choices, ManyChoices, Segmented
from cop_portal.lib.text import clean_name
from members.models import Member
from members.once import OnceForm
from sessions.coming import Coming
from sessions.feeds import NAME_LENGTH
from sessions.models import Attendance, Format, Topic

FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True)
class Link:
    """A way to another part of a list."""

    url: str
    label: str
    is_current: bool = False
    css: str = ""
    icon: str = ""


def format_links(current: str, address: Callable[[str], str]) -> list[Link]:
    """Returns the links that filter by format; `address` gives the one for a format, "" being all."""
    every = Link(address(""), gettext("All formats"), not current)
    each = (Link(address(one.value), str(one.label), one.value == current, one.css, one.icon) for one in Format)
    return [every, *each]


def _address(name: str, values: dict[str, str]) -> str:
    query = urlencode({key: value for key, value in values.items() if value})
    return reverse(name) + (f"?{query}" if query else "")


class MonthField(forms.RegexField):
    """A month as `2026-11`; its value is the first day of it."""

    def __init__(self, **kwargs: Any) -> None:
        message = _("A month is written like 2026-11.")
        super().__init__(r"^[0-9]{4}-(0[1-9]|1[0-2])$", error_messages={"invalid": message}, **kwargs)

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        if not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return date(int(text[:4]), int(text[5:]), 1)


@dataclass(frozen=True)
class Wanted:
    """What of the calendar is asked for; `address` is where it stands."""

    view: str = ""
    month: date | None = None
    format: str = ""
    topic: Topic | None = None

    @property
    def is_filtered(self) -> bool:
        return bool(self.format or self.topic)

    def address(self, **changes: Any) -> str:
        """Returns the address of the same with `changes`."""
        other = replace(self, **changes)
        values = {
            "view": other.view,
            "month": f"{other.month:%Y-%m}" if other.month else "",
            "format": other.format,
            "topic": str(other.topic.pk) if other.topic else "",
        }
        return _address("sessions:index", values)


class CalendarForm(forms.Form):
    """What the address of the calendar asks for."""

    view = forms.ChoiceField(label=_("View"), choices=[("", _("Agenda")), ("month", _("Month"))], required=False)
    month = MonthField(label=_("Month"), required=False)
    format = forms.ChoiceField(label=_("Format"), choices=[("", _("All formats")), *Format.choices], required=False)
    topic = forms.ModelChoiceField(Topic.objects.listed(), label=_("Topic"), required=False)

    def wanted(self) -> Wanted:
        """Returns what was asked for; what made no sense counts as not asked."""
        self.is_valid()
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if value})


class AnswerForm(forms.Form):
    """An answer to a session; `shown` tells which part of which page it was given on."""

    GIVEN: ClassVar = [
        (Attendance.Answer.GOING.value, _("Going")),
        (Attendance.Answer.MAYBE.value, _("Maybe")),
        (Attendance.Answer.NO.value, _("Can’t")),
    ]

    answer = forms.ChoiceField(label=_("Will you come?"), choices=GIVEN)
    wish = forms.ChoiceField(
        label=_("In this session"),
        choices=[("", _("No wish")), *Attendance.Wish.choices],
        required=False,
    )
    shown = forms.ChoiceField(choices=[("page", ""), ("row", "")], required=False)

    def wish_given(self) -> str | None:
        """Returns the wish, None where the form had no such field."""
        return self.cleaned_data["wish"] if "wish" in self.data else None


class PresenceForm(forms.Form):
    """Who was there: those who are known for a session, and walk-ins."""

    came = forms.ModelMultipleChoiceField(
        Member.objects.none(), label=_("Who came"), required=False, widget=ManyChoices(attrs={"class": "columns-2"})
    )
    walk_ins = forms.ModelMultipleChoiceField(
        Member.objects.none(),
        label=_("Who else was there"),
        required=False,
        widget=ManyChoices(attrs={"class": "columns-2 long"}),
    )

    def __init__(self, coming: Coming, *args: Any, **kwargs: Any) -> None:
        known = [person.member.pk for person in coming.people]
        likely = coming.came or [*coming.leads, *coming.going]
        super().__init__(*args, **kwargs)
        self.initial = {"came": [person.member.pk for person in likely]}
        self._choices("came").queryset = Member.objects.filter(pk__in=known)
        self._choices("walk_ins").queryset = Member.objects.in_directory().exclude(pk__in=known)

    def _choices(self, name: str) -> forms.ModelMultipleChoiceField[Member]:
        return cast(forms.ModelMultipleChoiceField[Member], self.fields[name])

    @property
    def people(self) -> list[Member]:
        return [*self.cleaned_data["came"], *self.cleaned_data["walk_ins"]]


class StandingForm(forms.Form):
    """Whether one comes to each session of a series."""

    standing = forms.ChoiceField(label=_("A standing yes"), choices=[("yes", _("Yes")), ("no", _("No"))])


class FeedForm(OnceForm):
    """A new address for a calendar."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=NAME_LENGTH,
        help_text=_("A name to know it by, such as “phone” or “work”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        """Returns the name on one line, without invisible characters."""
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"], code="required")
        return name


class ByMailForm(forms.Form):
    """Whether invitations come by mail."""

    by_mail = forms.ChoiceField(
        label=_("Invitations by mail"),
        choices=[("no", _("No, my calendar subscribes")), ("yes", _("Yes, send them by mail"))],
        widget=Segmented,
    )


class VoteForm(forms.Form):
    """Giving a vote or taking it back: what is wanted, not a switch, so that sending it twice is the same."""

    vote = forms.ChoiceField(label=_("Your vote"), choices=[("give", _("Vote")), ("take_back", _("Take it back"))])
    shown = forms.ChoiceField(choices=[("page", ""), ("row", ""), ("side", "")], required=False)

    @property
    def gives(self) -> bool:
        return self.cleaned_data["vote"] == "give"

    def way_back(self, topic: Topic) -> str:
        """Returns the address of the page on which the vote was given."""
        pages = {"row": reverse("sessions:topics") + f"#topic-{topic.pk}", "side": reverse("sessions:index")}
        return pages.get(self.cleaned_data["shown"], topic.get_absolute_url())


class TopicsForm(forms.Form):
    """What the address of the list of topics asks for."""

    STATES: ClassVar = [
        ("", _("Wanted")),
        (Topic.State.SCHEDULED.value, _("Scheduled")),
        (Topic.State.COVERED.value, _("Covered")),
        (Topic.State.SET_ASIDE.value, _("Set aside")),
    ]

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    format = forms.ChoiceField(label=_("Format"), choices=[("", _("All formats")), *Format.choices], required=False)

    def wanted(self) -> dict[str, str]:
        """Returns what is asked for; what made no sense counts as not asked."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

    def ways(self) -> dict[str, list[Link]]:
        """The links to the other states and formats, each with its whole address."""
        wanted = self.wanted()
        return {
            "states": [
                Link(_address("sessions:topics", {**wanted, "state": key}), str(words), key == wanted["state"])
                for key, words in self.STATES
            ],
            "formats": format_links(
                wanted["format"], lambda one: _address("sessions:topics", {**wanted, "format": one})
            ),
        }


class TopicForm(OnceForm, forms.ModelForm[Topic]):
    """A proposal: a subject, and why it is worth the time of others."""

    field_order = ("title", "why", "format", "principles")

    class Meta:
        model = Topic
        fields = ("title", "why", "format", "principles")
        widgets: ClassVar = {
            "why": forms.Textarea(attrs={"rows": 4}),
            "format": Choices(attrs={"class": "columns-2"}),
            "principles": ManyChoices(attrs={"class": "columns-2"}),
        }
        labels: ClassVar = {
            "title": _("What is it about?"),
            "why": _("Why is it worth our time?"),
            "format": _("How would you like to work on it?"),
            "principles": _("Which principles does it touch?"),
        }
        help_texts: ClassVar = {
            "title": _("A few words, as you would say it to a colleague."),
            "why": _("A situation you know, a question you have."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [("", _("No idea yet")), *Format.choices]  # type: ignore[attr-defined]
        similar = {"hx-get": reverse("sessions:new_topic"), "hx-target": "#similar", "hx-swap": "outerHTML"}
        self.fields["title"].widget.attrs |= similar | {"hx-trigger": "input changed delay:400ms"}

    def clean_title(self) -> str:
        """Returns the title on one line, without invisible characters."""
        title = clean_name(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError(self.fields["title"].error_messages["required"], code="required")
        return title


class TopicStateForm(forms.Form):
    """What becomes of a topic."""

    WAYS: ClassVar = [
        (Topic.State.OPEN.value, _("On the list, with its votes")),
        (Topic.State.COVERED.value, _("Covered: we took it up")),
        (Topic.State.SET_ASIDE.value, _("Set aside, for a reason")),
    ]

    state = forms.ChoiceField(label=_("What becomes of it"), choices=WAYS, widget=Choices)
    reason = forms.CharField(
        label=_("Why it is set aside"), max_length=200, required=False, help_text=_("Everybody reads it.")
    )

    def clean_reason(self) -> str:
        return clean_name(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        """A topic is set aside with a reason."""
        data = super().clean() or {}
        if data.get("state") == Topic.State.SET_ASIDE and "reason" in data and not data["reason"]:
            self.add_error("reason", _("Say why it is set aside."))
        return data


class MergeForm(forms.Form):
    """Which topic another one becomes a part of."""

    into = forms.ModelChoiceField(
        Topic.objects.none(), label=_("It becomes a part of"), empty_label=_("Choose a topic")
    )

    def __init__(self, topic: Topic, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = cast(forms.ModelChoiceField[Topic], self.fields["into"])
        others.queryset = Topic.objects.listed().exclude(pk=topic.pk).order_by("title", "pk")


class SimilarForm(forms.Form):
    """The title somebody is about to propose."""

    title = forms.CharField(max_length=160, required=False)


class CancelForm(forms.Form):
    """Why a session does not take place."""

    use_required_attribute = False

    reason = NameField(
        label=_("Why?"), max_length=200, help_text=_("Whoever planned for it reads this. “Ill” is reason enough.")
    )


class PlanFor(forms.Form):
    """The topic that a session is planned for, as the address names it."""

    topic_number = forms.ModelChoiceField(Topic.objects.listed(), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__({"topic_number": (data or {}).get("topic", "")})

    def topic(self) -> Topic | None:
        """Returns the topic; what made no sense counts as none."""
        return self.cleaned_data.get("topic_number") if self.is_valid() else None
