"""Proposals of a rhythm: shown to all, talked about for a week, then confirmed or declined in the open."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sessions.series import Series

TALK_FOR = timedelta(days=7)
RUNS_OUT_AFTER = timedelta(days=14)
REASON_LENGTH = 500
COMMENT_LENGTH = 2_000


class ProposalQuerySet(models.QuerySet["RhythmProposal"]):
    """Questions about proposals."""

    def open(self) -> "ProposalQuerySet":
        return self.filter(state=RhythmProposal.State.OPEN)

    def to_run_out(self, now: datetime) -> "ProposalQuerySet":
        """Open ones that nobody decided about in time."""
        return self.open().filter(made_at__lte=now - RUNS_OUT_AFTER)


class RhythmProposal(models.Model):
    """To meet every `weeks_to` instead of every `weeks_from` weeks. It is never deleted, and nothing happens by itself.

    `evidence` is what `feedback.rhythm.propose` was given, so that its reasons are told in each reader's language.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        RAN_OUT = "ran_out", _("ran out")

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="rhythm_proposals")
    verdict = models.CharField(max_length=4)
    weeks_from = models.PositiveSmallIntegerField()
    weeks_to = models.PositiveSmallIntegerField()
    evidence = models.JSONField()
    made_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        app_label = "feedback"
        default_permissions = ()
        ordering = ("-made_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["series"], condition=models.Q(state="open"), name="one_open_proposal_a_series"
            ),
        )

    def __str__(self) -> str:
        return f"{self.weeks_from} → {self.weeks_to}"

    def get_absolute_url(self) -> str:
        return reverse("feedback:proposal", args=[self.pk])

    @property
    def decided_from(self) -> datetime:
        """When a facilitator may decide: after a week of talking about it."""
        return self.made_at + TALK_FOR

    @property
    def runs_out_at(self) -> datetime:
        return self.made_at + RUNS_OUT_AFTER

    def takes_comments(self, now: datetime) -> bool:
        return self.is_open(now) and now < self.decided_from

    def takes_decision(self, now: datetime) -> bool:
        return self.is_open(now) and now >= self.decided_from

    def is_open(self, now: datetime) -> bool:
        """By the clock: whether a job has run does not matter."""
        return self.state == self.State.OPEN and now < self.runs_out_at


class ProposalComment(models.Model):
    """A word on a proposal, with the name of whoever says it."""

    proposal = models.ForeignKey(RhythmProposal, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(_("comment"), max_length=COMMENT_LENGTH)
    written_at = models.DateTimeField()

    class Meta:
        app_label = "feedback"
        default_permissions = ()
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return self.text[:40]
