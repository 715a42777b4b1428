"""Whether the page behind a link still answers; kept beside the link, for nobody edits it."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q


class LinkHealthQuerySet(models.QuerySet["LinkHealth"]):
    """Questions about checked links."""

    def due(self, now: datetime) -> "LinkHealthQuerySet":
        """Those to look at again, the longest waiting first: a title at once, a failure after a day, others weekly."""
        waiting = Q(title_state=LinkHealth.TitleState.WAITING)
        failed = Q(failed_on__isnull=False, checked_at__lte=now - LinkHealth.AGAIN_AFTER_FAILURE)
        week = Q(checked_at=None) | Q(checked_at__lte=now - LinkHealth.EVERY)
        return self.filter(waiting | failed | week).order_by(models.F("checked_at").asc(nulls_first=True), "pk")


class LinkHealth(models.Model):
    """What the checks of one link found. Two failures on different days make it "possibly gone"."""

    class TitleState(models.TextChoices):
        TYPED = "typed"
        WAITING = "waiting"
        FAILED = "failed"

    EVERY = timedelta(days=7)
    AGAIN_AFTER_FAILURE = timedelta(days=1)

    link = models.OneToOneField("library.Link", on_delete=models.CASCADE, primary_key=True, related_name="health")
    checked_at = models.DateTimeField(null=True, db_index=True)
    failed_on = models.DateField(null=True, help_text="the first failure in a row")
    gone_since = models.DateField(null=True, help_text="the second failure, on another day")
    title_state = models.CharField(max_length=7, choices=TitleState, default=TitleState.TYPED)

    objects = LinkHealthQuerySet.as_manager()

    class Meta:
        app_label = "library"

    def __str__(self) -> str:
        return str(self.link_id)
