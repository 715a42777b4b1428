"""How the community is doing, once a month, and what it made of a quarter; aggregates only, nobody is watched."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

WORDS_LENGTH = 1_000


class HealthMonth(models.Model):
    """The figures of one month, frozen at its end: what `cop_portal.community.figures` returned, as numbers."""

    month = models.DateField(unique=True)
    figures = models.JSONField()
    frozen_at = models.DateTimeField()

    class Meta:
        app_label = "feedback"
        default_permissions = ()
        ordering = ("-month",)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Retro(models.Model):
    """What a community retro came to: continue, change, pause or close, written down by a facilitator."""

    class Choice(models.TextChoices):
        CONTINUE = "continue", _("continue")
        CHANGE = "change", _("change")
        PAUSE = "pause", _("pause")
        CLOSE = "close", _("close")

    quarter = models.DateField(unique=True)
    choice = models.CharField(_("what we do"), max_length=8, choices=Choice)
    words = models.TextField(_("why, and what comes next"), max_length=WORDS_LENGTH)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        app_label = "feedback"
        default_permissions = ()
        ordering = ("-quarter",)

    def __str__(self) -> str:
        return f"{self.quarter:%Y-%m} {self.choice}"
