"""Rows that guard the doors: counts of tries, and forms that were sent already."""

from django.conf import settings
from django.db import models


class Limit(models.Model):
    """How often something was tried in its window of time; counted by members.limits in one statement."""

    key = models.CharField(max_length=80, primary_key=True, help_text="the limit's name and a digest of who tried")
    ends = models.BigIntegerField(db_index=True, help_text="when the window ends, in seconds since 1970")
    count = models.PositiveIntegerField()

    class Meta:
        app_label = "members"

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class SentForm(models.Model):
    """A form that created something: sent again with the same key, it leads to the same page."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    url = models.CharField(max_length=300)
    at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "members"
        constraints = (models.UniqueConstraint(fields=["member", "key"], name="form_sent_once"),)

    def __str__(self) -> str:
        return self.url
