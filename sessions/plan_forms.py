"""The form in which a session is planned: its words, when and where, and whom it is for."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_portal.lib.fields import NameField
from cop_portal.lib.forms import Choices, ManyChoices
from cop_portal.lib.markdown_field import MarkdownField
from members.forms import zone_choices
from members.models import Member
from members.once import OnceForm
from sessions.models import Session, Topic
from sessions.people import Directory, PeopleField, PersonField
from sessions.start_fields import StartFields

State = Session.State
THIS, LATER = "this", "later"
# What a series says of its sessions: changing one of these asks whether it is meant for the later ones too.
SCHEDULE = ("day", "local_time", "minutes", "zone", "place", "link", "capacity")


class SessionPlanForm(OnceForm, StartFields, forms.ModelForm[Session]):
    """A session. With `checks=False` it shows what was typed and finds no fault with it yet."""

    mark_optional = False
    use_required_attribute = False

    title = NameField(label=gettext_lazy("Title"), max_length=160, required=False)
    summary = MarkdownField(
        label=gettext_lazy("What is it about?"),
        prefix="summary",
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    doing = MarkdownField(
        label=gettext_lazy("What will participants do?"),
        prefix="doing",
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("A session is more than listening. It is asked before the session is published."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = NameField(label=gettext_lazy("Place"), max_length=120, required=False)
    leads = PeopleField(label=gettext_lazy("Led by"), required=False, coerce=int, widget=ManyChoices)
    another_lead = PersonField(
        label=gettext_lazy("Somebody else"), help_text=gettext_lazy("Co-leads have the same rights on the session.")
    )
    note_taker = PersonField(label=gettext_lazy("Takes notes"))
    scope = forms.ChoiceField(
        label=gettext_lazy("Changes of time and place are meant for"),
        choices=[(THIS, gettext_lazy("only this session")), (LATER, gettext_lazy("this and all later ones"))],
        initial=THIS,
        widget=Choices,
        help_text=gettext_lazy("For the later ones you see first what would happen to each."),
    )

    class Meta:
        model = Session
        fields = ("title", "format", "topic", "summary", "doing", "minutes", "zone", "place", "link", "capacity",
                  "audience", "principles")  # fmt: skip
        widgets: ClassVar = {
            "audience": Choices,
            "principles": ManyChoices(attrs={"class": "columns-2"}),
            "minutes": forms.NumberInput(attrs={"min": 5, "max": 720, "inputmode": "numeric"}),
            "capacity": forms.NumberInput(attrs={"min": 1, "inputmode": "numeric"}),
        }
        labels: ClassVar = {
            "format": gettext_lazy("Format"),
            "topic": gettext_lazy("Topic it grew out of"),
            "minutes": gettext_lazy("Minutes"),
            "zone": gettext_lazy("On the clock of"),
            "link": gettext_lazy("Link to join"),
            "capacity": gettext_lazy("Seats"),
            "audience": gettext_lazy("For whom"),
            "principles": gettext_lazy("Principles it touches"),
        }
        help_texts: ClassVar = {
            "capacity": gettext_lazy("Empty: everybody who says yes has a seat. Leads take none."),
            "doing": "",
        }

    def __init__(
        self,
        *args: Any,
        directory: Directory,
        offered: list[Member],
        runs_series: bool,
        checks: bool = True,
        **kwargs: Any,
    ) -> None:
        """`offered` are the people whose boxes stand there; `runs_series`: they may change the series as well."""
        super().__init__(*args, **kwargs)
        self.checks, self.publishes, self.directory = checks, False, directory
        self.was = self.instance.state if self.instance.pk else State.DRAFT
        for name in ("leads", "another_lead", "note_taker"):
            self.fields[name].directory = directory  # type: ignore[attr-defined]
        self.initial.setdefault("note_taker", self.instance.note_taker)
        if self.instance.starts_at:
            self.show_start()
        self._offer(offered)
        if not (self.instance.series_id and self.instance.series_day and runs_series):
            del self.fields["scope"]

    def _offer(self, offered: list[Member]) -> None:
        leads: Any = self.fields["leads"]
        leads.choices = [(one.pk, self.directory.label(one)) for one in offered]
        topic: Any = self.fields["topic"]
        topic.empty_label = _("none")
        topic.queryset = Topic.objects.listed().filter(
            Q(state__in=Topic.HOLDS_VOTES) | Q(pk=self.instance.topic_id) | Q(pk=self.initial.get("topic"))
        )
        zones, here = zone_choices(), self.instance.zone
        if not any(here == key for _region, those in zones for key, _label in those):
            zones = [("", [(here, here)]), *zones]
        self.fields["zone"] = forms.ChoiceField(label=self.fields["zone"].label, choices=zones)

    def full_clean(self) -> None:
        """Without checks nothing is wrong and nothing is clean."""
        if self.checks:
            super().full_clean()
        else:
            self._errors, self.cleaned_data = ErrorDict(), {}

    def clean(self) -> dict[str, Any]:
        """Finds the start; what is published has a title, and says what participants will do."""
        data = super().clean() or {}
        self.find_start(data)
        if self.publishes or self.was == State.PUBLISHED:
            self._require(data, title=_("Published sessions have a title."), doing=_("Say what participants will do."))
        return data

    def _require(self, data: dict[str, Any], **words: str) -> None:
        for name, message in words.items():
            if name not in self.errors and not str(data.get(name) or "").strip():
                self.add_error(name, message)

    def chosen_leads(self) -> list[Member]:
        """The leads of a valid form, whoever was named beside the boxes included."""
        ticked = set(self.cleaned_data["leads"])
        named = self.cleaned_data["another_lead"]
        ticked |= {named.pk} if named else set()
        return [one for pk, one in self.directory.members.items() if pk in ticked]

    @property
    def changed_fields(self) -> set[str]:
        """The names of the model's fields that were edited."""
        changed = set(self.changed_data) - {"scope", "key", "another_lead", "leads", "principles"}
        return changed - {"day", "local_time"} | ({"starts_at"} if changed & {"day", "local_time"} else set())

    @property
    def asks_for_later_ones(self) -> bool:
        """Whether a change of the schedule is meant for the series."""
        return self.cleaned_data.get("scope") == LATER and bool(set(SCHEDULE) & set(self.changed_data))

    def leave_schedule(self) -> None:
        """Puts the schedule back as it is stored: its change waits for the preview of the series."""
        stored = Session.objects.get(pk=self.instance.pk)
        for name in ("starts_at", "minutes", "zone", "place", "link", "capacity"):
            setattr(self.instance, name, getattr(stored, name))

    def local_start_typed(self) -> Any:
        """The time of day as it stands in the form, or None."""
        try:
            return self.fields["local_time"].clean(self["local_time"].value())
        except forms.ValidationError:
            return None

    def zone_typed(self) -> ZoneInfo:
        return ZoneInfo(self.cleaned_data["zone"])
