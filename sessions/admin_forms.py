"""Forms of the admin site for sessions and topics: the same rules as everywhere."""

from typing import Any, ClassVar, cast

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.agendas import AgendaTemplate, TemplateStep
from sessions.models import Session
from sessions.start_fields import StartFields
from sessions.topics import Topic

State = Session.State
# What a session may become; a new one is a draft before it is anything else.
WAYS: dict[str, set[str]] = {
    State.DRAFT: {State.DRAFT, State.PUBLISHED},
    State.DATED: {State.DATED, State.PUBLISHED, State.CANCELLED},
    State.PUBLISHED: {State.PUBLISHED, State.CANCELLED},
    State.CANCELLED: {State.CANCELLED, State.PUBLISHED, State.DATED},
}


class SessionForm(StartFields, forms.ModelForm[Session]):
    """A session, its start on the clock of its own zone."""

    class Meta:
        model = Session
        exclude: ClassVar = ("starts_at",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was = self.instance.state if self.instance.pk else State.DRAFT
        if self.instance.pk:
            self.show_start()

    def clean(self) -> dict[str, Any]:
        """Finds the start, and holds the rules of what a session needs before it is published or cancelled."""
        data = super().clean() or {}
        self.find_start(data)
        state = data.get("state", self.was)
        if state not in WAYS[self.was]:
            words = _("A session that is %(was)s cannot become %(state)s.")
            self.add_error("state", words % {"was": State(self.was).label, "state": State(state).label})
        elif state == State.PUBLISHED:
            self._require(data, title=_("Published sessions have a title."), doing=_("Say what participants will do."))
        elif state == State.CANCELLED:
            self._require(data, cancel_reason=_("Say why; people planned for it."))
        return data

    def _require(self, data: dict[str, Any], **words: str) -> None:
        for name, message in words.items():
            if name not in self.errors and not str(data.get(name, "")).strip():
                self.add_error(name, message)

    @property
    def changed_fields(self) -> set[str]:
        """The names of the model's fields that were edited."""
        changed = set(self.changed_data)
        return changed - {"day", "local_time"} | ({"starts_at"} if changed & {"day", "local_time"} else set())


class TopicRowForm(forms.ModelForm[Topic]):
    """The state of a topic, edited in the list."""

    class Meta:
        model = Topic
        fields = ("state", "set_aside_reason")

    def clean(self) -> dict[str, Any]:
        """A topic is set aside with a reason."""
        data = super().clean() or {}
        if data.get("state") == Topic.State.SET_ASIDE and not data.get("set_aside_reason", "").strip():
            self.add_error("set_aside_reason", _("Say why it is set aside."))
        return data


class TopicForm(TopicRowForm):
    """A whole topic."""

    class Meta:
        model = Topic
        fields: ClassVar = "__all__"


class StaysForm(forms.Form):
    """Which of two topics stays when they are merged."""

    stays = forms.ModelChoiceField(
        Topic.objects.none(), label=gettext_lazy("Which one stays?"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, pair: list[Topic], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"stays": pair[0]}
        stays = cast(forms.ModelChoiceField[Topic], self.fields["stays"])
        stays.queryset = Topic.objects.filter(pk__in=[topic.pk for topic in pair])


class StepFormSet(BaseInlineFormSet[TemplateStep, AgendaTemplate, forms.ModelForm[TemplateStep]]):
    """The blocks of a template; together they take its minutes."""

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        total = sum(data.get("minutes", 0) for data in kept)
        if total and not any(self.errors) and total != self.instance.minutes:
            words = _("These blocks take %(total)d minutes, the template %(minutes)d.")
            raise forms.ValidationError(words % {"total": total, "minutes": self.instance.minutes})
