"""The library in the Django admin. What is private, a draft or without a name keeps that here too."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.fields import NameField
from cop_portal.lib.markdown import RENDERER_VERSION
from cop_portal.lib.markdown_field import MarkdownField
from library.actions import bin_material
from library.form_fields import MAX_TAG
from library.history import note_before, note_edit
from library.indexing import index_material, index_materials
from library.mentions import note_mentions
from library.models import Comment, Insight, Link, Material, Principle, Tag
from library.principles import WORDING
from library.rendered import BODY, comment_prefix, html_of
from library.reviews import is_due
from library.tag_actions import merge_tags, rename_tag
from library.tags import tag_key
from library.trace_actions import delete_comment
from members.models import Member


class LinkInline(admin.StackedInline[Link, Material]):
    """Where a link leads."""

    model = Link
    can_delete = False


class InsightInline(admin.StackedInline[Insight, Material]):
    """How an insight turned out; the answers are its team's own words."""

    model = Insight
    can_delete = False
    fields = ("nature", "outcome", "repeat")
    readonly_fields = ("nature",)


class MaterialAdminForm(forms.ModelForm[Material]):
    """Titles are cleaned and texts are checked as they are everywhere else."""

    title = NameField(label=_("title"), max_length=160)
    summary = NameField(label=_("summary"), max_length=400, required=False)
    body = MarkdownField(prefix=BODY, label=_("text"), required=False)


@admin.register(Material)
class MaterialAdmin(admin.ModelAdmin[Material]):
    """What members share; it is thrown into its owner's bin, not deleted."""

    form = MaterialAdminForm
    list_display = ("title", "kind", "shown_by", "published_at", "helped")
    list_filter = ("kind", "insight__nature", "tags", "principles")
    list_select_related = ("owner", "team")
    search_fields = ("title", "summary")
    fields = ("title", "summary", "body", "tags", "principles", "shown_by", "review_on", "helped")
    readonly_fields = ("shown_by", "helped")
    filter_horizontal = ("tags", "principles")
    actions = ("throw_away",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Material]:
        rows = Material.objects.shelved().filter(audience=Material.Audience.MEMBERS)
        return rows.order_by("-published_at", "-pk")

    def get_inlines(self, request: HttpRequest, obj: Material | None) -> list[Any]:
        inlines: dict[str, list[Any]] = {Material.Kind.LINK: [LinkInline], Material.Kind.INSIGHT: [InsightInline]}
        return inlines.get(obj.kind, []) if obj else []

    @admin.display(description=_("members it helped"), ordering="helped_count")
    def helped(self, material: Material) -> int:
        return material.helped_count

    @admin.display(description=_("shown as"))
    def shown_by(self, material: Material) -> str:
        return material.byline

    @admin.action(description=_("Put into their owners’ bins"))
    def throw_away(self, request: HttpRequest, materials: QuerySet[Material]) -> None:
        for material in materials:
            bin_material(material, now=timezone.now())

    def save_model(self, request: HttpRequest, obj: Material, form: ModelForm[Material], change: bool) -> None:
        note_before(Material.objects.get(pk=obj.pk))
        obj.html, obj.html_version = html_of(form.cleaned_data["body"], BODY), RENDERER_VERSION
        obj.version, obj.changed_at = obj.version + 1, timezone.now()
        obj.past_review = obj.past_review and is_due(obj, now=timezone.now())
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: ModelForm[Material], formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        note_edit(form.instance, by=cast(Member, request.user), now=timezone.now())
        index_material(form.instance)
        note_mentions(form.instance)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Material | None = None) -> bool:
        return False


class TagAdminForm(forms.ModelForm[Tag]):
    """A name that no other tag has, and perhaps the tag that it only spells otherwise."""

    name = NameField(label=_("name"), max_length=MAX_TAG)

    class Meta:
        model = Tag
        fields = ("name", "alias_of")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "name" in data and Tag.objects.filter(key=tag_key(data["name"])).exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("There is a tag of that name; make this one its alias."))
        alias_of = data.get("alias_of")
        if alias_of and (alias_of.alias_of or alias_of) == self.instance:
            self.add_error("alias_of", _("A tag cannot be merged into itself."))
        return data


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin[Tag]):
    """Giving a tag another to be the alias of moves all that carries it over."""

    form = TagAdminForm
    list_display = ("name", "alias_of", "uses")
    list_select_related = ("alias_of",)
    search_fields = ("name",)
    autocomplete_fields = ("alias_of",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(carried=Count("materials"))

    @admin.display(description=_("materials"), ordering="carried")
    def uses(self, tag: Tag) -> int:
        return tag.carried  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Tag, form: ModelForm[Tag], change: bool) -> None:
        into = cast("Tag | None", form.cleaned_data["alias_of"])
        obj.alias_of = None if into else obj.alias_of
        if change:
            rename_tag(obj, form.cleaned_data["name"])
        else:
            super().save_model(request, obj, form, change)
        if into:
            merge_tags(obj, into=into)

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        self.delete_queryset(request, Tag.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        carried = set(Material.objects.filter(tags__in=list(queryset)).values_list("pk", flat=True))
        super().delete_queryset(request, queryset)
        index_materials(carried)


@admin.register(Principle)
class PrincipleAdmin(admin.ModelAdmin[Principle]):
    """The wording the community agreed on."""

    list_display = ("title", "position", "statement")
    list_editable = ("position",)
    search_fields = ("title", "statement")

    def save_model(self, request: HttpRequest, obj: Principle, form: ModelForm[Principle], change: bool) -> None:
        obj.version += 1 if set(form.changed_data) & set(WORDING) and change else 0
        super().save_model(request, obj, form, change)


class CommentAdminForm(forms.ModelForm[Comment]):
    text = MarkdownField(prefix="comment", label=_("comment"), max_length=10_000)


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin[Comment]):
    """Comments below shared materials; they are hidden, not deleted."""

    form = CommentAdminForm
    list_display = ("beginning", "author", "material", "written_at")
    list_select_related = ("by", "material")
    search_fields = ("text",)
    fields = ("material", "author", "written_at", "text")
    readonly_fields = ("material", "author", "written_at")
    actions = ("hide",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        shared = Material.objects.shelved().filter(audience=Material.Audience.MEMBERS)
        return Comment.objects.filter(deleted_at=None, material__in=shared).order_by("-written_at")

    @admin.display(description=_("written by"))
    def author(self, comment: Comment) -> str:
        return str(comment.by or _("a former member"))

    @admin.display(description=_("comment"))
    def beginning(self, comment: Comment) -> str:
        return comment.text[:80]

    @admin.action(description=_("Hide from everybody"))
    def hide(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        for comment in comments:
            delete_comment(comment, now=timezone.now())

    def save_model(self, request: HttpRequest, obj: Comment, form: ModelForm[Comment], change: bool) -> None:
        obj.html, obj.html_version = html_of(str(obj.text), comment_prefix(obj)), RENDERER_VERSION
        super().save_model(request, obj, form, change)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        return False
