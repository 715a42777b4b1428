"""The Product Engineering Principles that the community aligns on."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cop_portal.lib.addresses import slug_of

# The columns that are its words, in the order in which one reads them.
WORDING = ("title", "statement", "looks_like", "drift", "prompt")


class Principle(models.Model):
    """One principle: a statement, what it looks like, how it drifts, a question to ask."""

    title = models.CharField(_("title"), max_length=120)
    statement = models.CharField(_("statement"), max_length=400)
    looks_like = models.TextField(_("what it looks like"), blank=True, help_text=_("One observation a line."))
    drift = models.CharField(_("how it drifts"), max_length=400, blank=True)
    prompt = models.CharField(_("a question to ask"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    version = models.PositiveIntegerField(default=1, editable=False)

    history: Any = HistoricalRecords(excluded_fields=["position"], cascade_delete_history=True)

    class Meta:
        app_label = "library"
        verbose_name = _("principle")
        verbose_name_plural = _("principles")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        return slug_of(self.pk, self.title)

    def get_absolute_url(self) -> str:
        return reverse("principles:principle", args=[self])

    @property
    def observations(self) -> list[str]:
        """The lines of `looks_like`."""
        return [line.strip() for line in self.looks_like.splitlines() if line.strip()]

    def wording(self) -> dict[str, str]:
        """Its words by the names of their columns."""
        return wording_of(self)


def wording_of(row: Any) -> dict[str, str]:
    """Returns the words of a principle, of an earlier version or of a suggestion, with one kind of line ends."""
    return {name: getattr(row, name).replace("\r\n", "\n") for name in WORDING}
