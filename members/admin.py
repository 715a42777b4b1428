"""The members app in the Django admin."""

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members import admin_doors, admin_mail  # noqa: F401 -- they register their models
from members.account_actions import confirm_address
from members.admin_forms import CommunityForm
from members.joining import admit_waiting
from members.leaving import put_to_rest
from members.models import Community, Member, Skill, Team


@admin.register(Community)
class CommunityAdmin(admin.ModelAdmin[Community]):
    """One row, never deleted."""

    form = CommunityForm
    list_display = ("name", "stage")

    def save_model(self, request: HttpRequest, obj: Community, form: CommunityForm, change: bool) -> None:
        """Opening the community lets in who waited for it; going back removes nobody."""
        super().save_model(request, obj, form, change)
        form.save_charter(by=cast(Member, request.user), now=timezone.now())
        admit_waiting(timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not Community.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Community | None = None) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    search_fields = ("name",)


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin[Skill]):
    search_fields = ("name",)


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin[Member]):
    """Members are deactivated here, not deleted: what they wrote stays. Passwords are theirs alone."""

    list_display = ("name", "email", "role", "team", "is_facilitator", "is_staff", "is_active")
    list_filter = ("role", "team", "is_facilitator", "is_staff", "is_active")
    list_select_related = ("team",)
    search_fields = ("name", "email")
    autocomplete_fields = ("team", "offers", "seeks")
    readonly_fields = ("joined_at",)
    actions = ("deactivate",)
    fieldsets: ClassVar = (
        (None, {"fields": ("name", "email", "pronouns", "role", "team", "band")}),
        ("", {"fields": ("is_facilitator", "is_staff", "is_superuser", "is_active")}),
        ("", {"fields": ("about", "offers", "seeks", "time_zone", "language")}),
        ("", {"fields": ("joined_at",)}),
    )

    @admin.action(description=_("Deactivate (what they wrote stays)"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """Ends sign-ins, feeds and mail of the chosen ones; oneself and superusers are left out."""
        chosen = list(
            queryset.filter(is_active=True, is_superuser=False).exclude(email=cast(Member, request.user).email)
        )
        for member in chosen:
            Member.objects.filter(pk=member.pk).update(is_active=False)
            put_to_rest(member, now=timezone.now())
            self.log_change(request, member, "deactivated")
        words = ngettext("%(n)d member rests now.", "%(n)d members rest now.", len(chosen))
        self.message_user(request, words % {"n": len(chosen)}, messages.SUCCESS if chosen else messages.WARNING)

    def has_delete_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Member, form: ModelForm[Member], change: bool) -> None:
        """Someone added here signs in by mailed code first; the address counts as verified by the admin."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            confirm_address(obj)
        if "is_active" in form.changed_data and not obj.is_active:
            put_to_rest(obj, now=timezone.now())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only a superuser hands out the admin flags; nobody moves another's account to an address of their own.

        Nobody locks themselves out, perhaps as the last one, and nobody else a superuser.
        """
        is_super = bool(request.user.is_superuser)
        flags = ("is_staff", "is_superuser") if not is_super or obj == request.user else ()
        doors = ("role", "is_active") if obj and (obj == request.user or (obj.is_superuser and not is_super)) else ()
        return (*self.readonly_fields, *flags, *doors, *(("email",) if obj else ()))
