"""Who comes in, in the admin: invitations and requests, read and exported; the charter and reports, read."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.csv import csv_response
from members.models import CharterVersion, Invitation, JoinRequest, Report


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that the portal writes itself: here they are read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Sent, taken back and sent again by facilitators on their page; the links are nowhere to be read."""

    fields = readonly_fields = (
        "email", "role", "invited_by", "created_at", "sent_at", "expires_at", "withdrawn_at", "accepted_at",
        "accepted_by",
    )  # fmt: skip
    list_display = ("email", "role", "invited_by", "sent_at", "expires_at", "accepted_at", "withdrawn_at")
    list_filter = ("role", "accepted_at", "withdrawn_at")
    list_select_related = ("invited_by",)
    search_fields = ("email",)
    actions = ("export",)

    @admin.action(description=_("Export as a table (CSV)"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> StreamingHttpResponse:
        """Sends the chosen invitations as a file."""
        head = [gettext("address"), gettext("role"), gettext("invited by"), gettext("last sent")]
        head += [gettext("counts until"), gettext("accepted"), gettext("withdrawn")]
        rows = ([one.email, one.role, one.invited_by, *_times(one)] for one in queryset.select_related("invited_by"))
        return csv_response("invitations", [head, *rows])


def _times(one: Invitation) -> list[str]:
    times = (one.sent_at, one.expires_at, one.accepted_at, one.withdrawn_at)
    return [time.isoformat(timespec="minutes") if time else "" for time in times]


@admin.register(JoinRequest)
class JoinRequestAdmin(ReadOnlyAdmin):
    """People who wait until the community opens; a request can be deleted."""

    fields = readonly_fields = list_display = ("name", "email", "asked_at")
    search_fields = ("name", "email")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("members.delete_joinrequest"))


@admin.register(CharterVersion)
class CharterVersionAdmin(ReadOnlyAdmin):
    """Written by facilitators on its page, or in the community's settings."""

    fields = readonly_fields = ("number", "text", "note", "by", "written_at")
    list_display = ("number", "note", "by", "written_at")
    list_select_related = ("by",)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """What was reported and decided. Facilitators decide on their page."""

    fields = readonly_fields = ("reason", "by", "made_at", "outcome", "public_reason", "decided_by", "decided_at")
    list_display = ("made_at", "content_type", "outcome", "public_reason", "decided_by", "decided_at")
    list_filter = ("outcome",)
    list_select_related = ("content_type", "decided_by")


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """Every change in this site: who, when, what. Kept for good."""

    fields = readonly_fields = (
        "action_time", "user", "content_type", "object_repr", "action_flag", "get_change_message",
    )  # fmt: skip
    list_display = ("action_time", "user", "action_flag", "content_type", "object_repr", "get_change_message")
    list_filter = ("action_flag", "content_type")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "user__name")
    date_hierarchy = "action_time"
