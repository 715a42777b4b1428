"""The mail ledger in the admin: whom, what kind, how far. Never a text, nor a subject line."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.kinds import Kind, label_of
from members.models import Mail


@admin.register(Mail)
class MailAdmin(admin.ModelAdmin[Mail]):
    """Rows are read here, and sent again where sending went wrong; nothing is written or deleted by hand."""

    fields = ("to", "kind_in_words", "state", "tries", "due_at", "error", "created_at", "changed_at")
    readonly_fields = fields
    list_display = ("to", "kind_in_words", "state", "tries", "due_at", "changed_at", "error")
    list_filter = ("state", "kind")
    search_fields = ("to",)
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        """Who was asked for feedback is nobody's business, an admin's neither."""
        return super().get_queryset(request).exclude(kind=Kind.FEEDBACK_OPEN)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_in_words(self, mail: Mail) -> str:
        return label_of(mail.kind)

    @admin.action(description=_("Send again (only what failed or was perhaps sent)"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        """Whoever chooses a mail that was perhaps sent accepts that it may arrive twice."""
        stuck = list(queryset.filter(pk__in=Mail.objects.stuck().values("pk")))
        count = Mail.objects.filter(pk__in=[mail.pk for mail in stuck]).send_again(timezone.now())
        for mail in stuck:
            self.log_change(request, mail, "send again")
        self.message_user(
            request,
            ngettext("%(count)s mail will be sent again.", "%(count)s mails will be sent again.", count)
            % {"count": count},
            messages.SUCCESS if count else messages.WARNING,
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False
