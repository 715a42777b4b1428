"""Wordings that leads suggest for a principle; facilitators take them or say why not."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from library.principles import Principle, wording_of


class Suggestion(models.Model):
    """Another wording of one principle, all of it: what stays as it is stands in it as well."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken")
        DECLINED = "declined", _("declined")

    principle = models.ForeignKey(Principle, on_delete=models.CASCADE, related_name="suggestions")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="principle_suggestions"
    )
    title = models.CharField(_("title"), max_length=120)
    statement = models.CharField(_("statement"), max_length=400)
    looks_like = models.TextField(_("what it looks like"), blank=True)
    drift = models.CharField(_("how it drifts"), max_length=400, blank=True)
    prompt = models.CharField(_("a question to ask"), max_length=400, blank=True)
    why = models.TextField(_("why"), max_length=2_000)
    made_at = models.DateTimeField(_("suggested"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    answer = models.TextField(_("reason"), blank=True, max_length=2_000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "library"
        verbose_name = _("suggested wording")
        verbose_name_plural = _("suggested wordings")
        ordering = ("-made_at", "-pk")
        indexes = (models.Index(fields=["principle", "state"], name="suggestion_state"),)

    def __str__(self) -> str:
        return f"{self.principle}: {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("principles:suggestion", args=[self.principle, self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def wording(self) -> dict[str, str]:
        """The suggested words by the names of a principle's columns."""
        return wording_of(self)
