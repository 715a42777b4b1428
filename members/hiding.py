"""Hiding what does harm: the columns of what can be hidden, and the reports that lead there.

What is hidden keeps its place and says why; nothing disappears silently. The apps above name what can be
reported in `members.moderation`.
"""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

REASON_LENGTH = 300


class Hideable(models.Model):
    """A base for what facilitators can hide: it carries since when, and the reason that everybody reads."""

    hidden_at = models.DateTimeField(_("hidden since"), null=True, blank=True, editable=False)
    hidden_reason = models.CharField(_("why it is hidden"), max_length=REASON_LENGTH, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None


class ReportQuerySet(models.QuerySet["Report"]):
    """Questions about reports."""

    def waiting(self) -> "ReportQuerySet":
        """Those that nobody has looked at yet."""
        return self.filter(decided_at=None)

    def about(self, row: models.Model) -> "ReportQuerySet":
        """Those that concern this row."""
        return self.filter(content_type=ContentType.objects.get_for_model(row), object_id=row.pk)


class Report(models.Model):
    """A member's word to the facilitators that something should not stand here."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("waits for a facilitator")
        HIDDEN = "hidden", _("hidden")
        KEPT = "kept", _("stays as it is")
        RESTORED = "restored", _("restored")

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(_("what is wrong with it"), max_length=1_000)
    made_at = models.DateTimeField(_("reported"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.WAITING)
    public_reason = models.CharField(_("reason that everybody reads"), max_length=REASON_LENGTH, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        app_label = "members"
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-made_at", "-pk")
        indexes = (
            models.Index(fields=["content_type", "object_id"], name="report_subject"),
            models.Index(fields=["decided_at", "-made_at"], name="report_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.content_type_id} {self.object_id}: {self.outcome}"
