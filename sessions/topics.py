"""Topics: subjects the community may take up, and the votes for them."""

import re
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.addresses import slug_of
from cop_portal.lib.text import clean_name
from library.models import Material, Principle, Tag
from members.hiding import Hideable
from members.models import Member
from sessions.formats import Format

VOTES_A_MEMBER = 3
SHORTEST_TELLING_WORD = 4
MOST_SIMILAR = 5
MOST_WORDS = 12


class TopicQuerySet(models.QuerySet["Topic"]):
    """Questions about topics."""

    def listed(self) -> "TopicQuerySet":
        """All but those that were merged into another, or are hidden."""
        return self.filter(merged_into=None, hidden_at=None)

    def votable(self) -> "TopicQuerySet":
        """Proposed and open topics: those that can be voted for."""
        return self.listed().filter(state__in=(Topic.State.PROPOSED, Topic.State.OPEN))

    def in_list(self, *, state: str = "", format: str = "") -> "TopicQuerySet":  # noqa: A002 -- as in the address
        """Those of one state, or without one those that can be voted for; of one format, or of all."""
        found = self.listed().filter(state=state) if state else self.votable()
        return found.filter(format=format) if format else found

    def with_votes(self, member: Member) -> "TopicQuerySet":
        """With `vote_count` and `voted`, whether `member` voted for it; most wanted first."""
        votes = Vote.objects.filter(topic=models.OuterRef("pk")).order_by()
        counted = votes.values("topic").annotate(n=models.Count("pk")).values("n")
        return self.annotate(
            vote_count=Coalesce(models.Subquery(counted), 0), voted=models.Exists(votes.filter(member=member))
        ).order_by("-vote_count", "-proposed_at", "-pk")

    def similar_to(self, title: str) -> "list[Topic]":
        """Topics that share at least half of the telling words of `title`, most of them first; at most five."""
        telling = {word for word in re.findall(r"\w+", title.casefold()) if len(word) >= SHORTEST_TELLING_WORD}
        words = sorted(telling)[:MOST_WORDS]
        if not words:
            return []
        shares = [
            Case(When(title__icontains=word, then=1), default=0, output_field=models.IntegerField()) for word in words
        ]
        found = self.listed().annotate(shared=sum(shares[1:], start=shares[0]))
        return list(found.filter(shared__gte=(len(words) + 1) // 2).order_by("-shared", "-pk")[:MOST_SIMILAR])


class Topic(Hideable):
    """Proposed, voted for, scheduled, covered, or set aside with a reason."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        OPEN = "open", _("open")
        SCHEDULED = "scheduled", _("scheduled")
        COVERED = "covered", _("covered")
        SET_ASIDE = "set_aside", _("set aside")

    # Scheduled ones too: a topic that was not reached returns to the list with its votes.
    HOLDS_VOTES: ClassVar = (State.PROPOSED, State.OPEN, State.SCHEDULED)

    title = models.CharField(_("title"), max_length=160)
    why = models.TextField(_("why"), blank=True, max_length=2_000)
    format = models.CharField(_("format"), max_length=24, choices=Format, blank=True)
    principles = models.ManyToManyField(Principle, verbose_name=_("principles"), blank=True, related_name="topics")
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="topics")
    materials = models.ManyToManyField(Material, verbose_name=_("materials"), blank=True, related_name="topics")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    set_aside_reason = models.CharField(_("why it is set aside"), max_length=200, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="topics",
    )
    proposed_at = models.DateTimeField(_("proposed"))
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        app_label = "cop_sessions"
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        indexes = (models.Index(fields=["state", "-proposed_at"], name="topic_state"),)

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        return slug_of(self.pk, self.title)

    def get_absolute_url(self) -> str:
        return reverse("sessions:topic", args=[self])

    def clean(self) -> None:
        self.title = clean_name(self.title)

    @property
    def shown_format(self) -> Format | None:
        """How its proposer would like to work on it, if they said so."""
        return Format(self.format) if self.format else None

    @property
    def is_votable(self) -> bool:
        return (
            self.state in {self.State.PROPOSED, self.State.OPEN} and self.merged_into_id is None and not self.is_hidden
        )


class Vote(models.Model):
    """One of a member's three votes. It counts against the three while its topic is votable or scheduled."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="votes")
    at = models.DateTimeField()

    class Meta:
        app_label = "cop_sessions"
        constraints = (models.UniqueConstraint(fields=["topic", "member"], name="vote_once"),)

    def __str__(self) -> str:
        return f"{self.member_id}: {self.topic_id}"

    @classmethod
    def left_for(cls, member: Member) -> int:
        """Returns how many votes `member` can still give; a topic that is covered or set aside gives its vote back."""
        used = cls.objects.filter(
            member=member, topic__state__in=Topic.HOLDS_VOTES, topic__merged_into=None, topic__hidden_at=None
        )
        return max(0, VOTES_A_MEMBER - used.count())
