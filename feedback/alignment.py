"""Where each team stands with each principle, once a quarter: a word on its course, never a grade."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from library.principles import Principle
from members.models import Team

NOTE_LENGTH = 1_000


class TeamWordQuerySet(models.QuerySet["TeamWord"]):
    """Questions about what teams said."""

    def of(self, team: Team, quarter: date) -> "TeamWordQuerySet":
        return self.filter(team=team, quarter=quarter)


class TeamWord(models.Model):
    """The one joint answer of a team about one principle in one quarter; any of its members may write it."""

    class Choice(models.TextChoices):
        LIVES = "lives", _("lives here")
        GROWING = "growing", _("growing")
        NOT_NOW = "not_now", _("not now, by choice")
        NO_FIT = "no_fit", _("does not fit us")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="words_on_principles")
    principle = models.ForeignKey(Principle, on_delete=models.CASCADE, related_name="words_of_teams")
    quarter = models.DateField()
    choice = models.CharField(_("where we stand"), max_length=8, choices=Choice)
    note = models.TextField(_("note"), blank=True, max_length=NOTE_LENGTH)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()

    objects = TeamWordQuerySet.as_manager()

    class Meta:
        app_label = "feedback"
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["team", "principle", "quarter"], name="team_word_once"),)

    def __str__(self) -> str:
        return f"{self.team_id} {self.principle_id} {self.quarter}"
