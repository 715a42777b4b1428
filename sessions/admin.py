"""The sessions app in the Django admin: topics, series, closed days, sessions, agenda templates."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, QuerySet
from django.forms import BaseModelFormSet, ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.admin import CommunityAdmin
from members.admin_forms import CommunityForm
from members.models import Community
from sessions import actions
from sessions.admin_forms import SessionForm, StaysForm, StepFormSet, TopicForm, TopicRowForm
from sessions.agendas import AgendaItem, AgendaTemplate, TemplateStep
from sessions.models import ClosedDay, Series, Session, SessionMaterial, Topic
from sessions.topic_life import NotMergeableError, merge_topics

PAIR = 2


class CommunityWithSeriesForm(CommunityForm):
    """The community's settings with the series that comes first wherever one is meant."""

    default_series = ModelChoiceField(Series.objects.all(), label=_("default series"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_series"].initial = Series.objects.filter(is_default=True).first()


admin.site.unregister(Community)


@admin.register(Community)
class CommunityWithSeriesAdmin(CommunityAdmin):
    """One row of settings; what belongs to sessions is added here, since members knows nothing of them."""

    form = CommunityWithSeriesForm

    def save_model(self, request: HttpRequest, obj: Community, form: CommunityForm, change: bool) -> None:
        """Stores which series is the default one, too."""
        super().save_model(request, obj, form, change)
        actions.choose_default_series(form.cleaned_data["default_series"])


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin[Topic]):
    """Found by words, state and format; the state is edited in the list. Topics are set aside, not deleted."""

    form = TopicForm
    list_display = ("title", "state", "set_aside_reason", "format", "votes_now", "proposed_by")
    list_editable = ("state", "set_aside_reason")
    list_filter = ("state", "format")
    list_select_related = ("proposed_by",)
    search_fields = ("title", "why")
    autocomplete_fields = ("proposed_by",)
    filter_horizontal = ("principles", "tags")
    raw_id_fields = ("materials",)
    actions = ("merge",)

    @admin.action(description=_("Merge two topics"))
    def merge(self, request: HttpRequest, queryset: QuerySet[Topic]) -> HttpResponse | None:
        """Asks which of two stays, then unites them."""
        pair = sorted(queryset[: PAIR + 1], key=lambda topic: (-topic.vote_count, topic.pk))  # type: ignore[attr-defined]
        if len(pair) != PAIR:
            self.message_user(request, _("Please choose exactly two topics."), messages.WARNING)
            return None
        form = StaysForm(pair, request.POST if "stays" in request.POST else None)
        if not form.is_valid():
            context = {**self.admin_site.each_context(request), "title": _("Merge two topics"), "form": form}
            context |= {"topics": pair, "checkbox": ACTION_CHECKBOX_NAME, "opts": self.opts}
            return TemplateResponse(request, "admin/cop_sessions/merge_topics.html", context)
        self._unite(request, pair, form.cleaned_data["stays"])
        return None

    def _unite(self, request: HttpRequest, pair: list[Topic], stays: Topic) -> None:
        (other,) = (topic for topic in pair if topic != stays)
        try:
            merge_topics(other, stays)
        except NotMergeableError:
            self.message_user(request, _("One of the two is a part of another topic already."), messages.WARNING)
        else:
            words = _("“%(other)s” is a part of “%(stays)s” now.")
            self.message_user(request, words % {"other": other, "stays": stays}, messages.SUCCESS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return super().get_queryset(request).filter(merged_into=None).annotate(vote_count=Count("votes"))

    @admin.display(description=_("votes"), ordering="vote_count")
    def votes_now(self, topic: Topic) -> int:
        return topic.vote_count  # type: ignore[attr-defined]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[ModelForm[Topic]]:
        return TopicRowForm

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"proposed_at": timezone.now(), "proposed_by": request.user.pk}

    def has_delete_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        return False


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin[Series]):
    """A new series gets its dates at once. The rule of one that has sessions is not changed here."""

    RULE: ClassVar = ("every_weeks", "weekday", "local_time", "zone", "anchor")
    list_display = ("name", "every_weeks", "weekday", "local_time", "zone", "ended_on")
    search_fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Series | None = None) -> tuple[str, ...]:
        return self.RULE if obj else ()

    def save_model(self, request: HttpRequest, obj: Series, form: ModelForm[Series], change: bool) -> None:
        super().save_model(request, obj, form, change)
        actions.generate_sessions(obj, now=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Series | None = None) -> bool:
        return False


@admin.register(ClosedDay)
class ClosedDayAdmin(admin.ModelAdmin[ClosedDay]):
    """Dates that nobody planned make way at once, and come back when the day is open again."""

    list_display = ("first_day", "last_day", "reason")
    search_fields = ("reason",)

    def save_model(self, request: HttpRequest, obj: ClosedDay, form: ModelForm[ClosedDay], change: bool) -> None:
        super().save_model(request, obj, form, change)
        actions.extend_series(timezone.now())

    def delete_model(self, request: HttpRequest, obj: ClosedDay) -> None:
        super().delete_model(request, obj)
        actions.extend_series(timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ClosedDay]) -> None:
        super().delete_queryset(request, queryset)
        actions.extend_series(timezone.now())


class AgendaInline(admin.TabularInline[AgendaItem, Session]):
    model = AgendaItem
    extra = 0
    fields = ("position", "minutes", "title", "lead")
    autocomplete_fields = ("lead",)


class MaterialInline(admin.TabularInline[SessionMaterial, Session]):
    model = SessionMaterial
    extra = 0
    fields = ("position", "when", "material")
    raw_id_fields = ("material",)


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin[Session]):
    """Published, cancelled and moved here as anywhere: people are told. Only a draft can be deleted."""

    form = SessionForm
    list_display = ("shown_title", "starts_at", "format", "state", "series")
    list_filter = ("state", "format", "series")
    list_select_related = ("series",)
    search_fields = ("title", "summary")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    autocomplete_fields = ("topic", "series", "leads", "note_taker")
    filter_horizontal = ("principles",)
    inlines = (AgendaInline, MaterialInline)
    TEXTS: ClassVar = ("summary", "doing")
    NOTES: ClassVar = ("takeaways", "team_may_try", "notes", "notes_for_present")
    PLACE: ClassVar = (("day", "local_time", "minutes", "zone"), ("place", "link"), ("capacity", "audience"))

    @admin.display(description=_("title"))
    def shown_title(self, session: Session) -> str:
        return session.shown_title

    def get_fieldsets(self, request: HttpRequest, obj: Session | None = None) -> Any:
        """Notes that are only for those who were there are not shown to admins either."""
        notes = [name for name in self.NOTES if not (name == "notes" and obj and obj.notes_for_present)]
        return (
            (None, {"fields": ("title", "format", *self.TEXTS, "topic", "principles")}),
            (_("When and where"), {"fields": self.PLACE}),
            (_("Who"), {"fields": ("leads", "note_taker", "series")}),
            (_("Afterwards"), {"fields": notes}),
            (_("State"), {"fields": ("state", "cancel_reason")}),
        )

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        """Saves the words first; `save_related` changes the state when leads and agenda are stored too."""
        obj.state, now = form.was, timezone.now()
        if change:
            actions.store_edit(obj, form.changed_fields - {"state", "cancel_reason"}, now=now)
        else:
            actions.create_session(obj, now=now)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: list[BaseModelFormSet[Any, Any]], change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        actions.change_state(
            form.instance, form.cleaned_data["state"], form.cleaned_data["cancel_reason"], now=timezone.now()
        )

    def has_delete_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return obj is not None and obj.is_draft


class StepInline(admin.TabularInline[TemplateStep, AgendaTemplate]):
    model = TemplateStep
    verbose_name, verbose_name_plural = _("agenda block"), _("agenda blocks")
    formset = StepFormSet
    extra = 0
    fields = ("position", "minutes", "title")


@admin.register(AgendaTemplate)
class AgendaTemplateAdmin(admin.ModelAdmin[AgendaTemplate]):
    list_display = ("format", "minutes", "people_from", "people_to")
    inlines = (StepInline,)
