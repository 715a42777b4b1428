"""Peer coaching: rounds, who takes part, the groups of a round and what belongs to a group.

Who does not want to be with whom, and who reports to whom, is read by the matcher alone.
"""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.models import Member

FEWEST_WEEKS, MOST_WEEKS = 4, 8
GOALS_EACH = 2


class RoundQuerySet(models.QuerySet["CoachingRound"]):
    """Questions about rounds."""

    def published(self) -> "RoundQuerySet":
        return self.filter(state=CoachingRound.State.PUBLISHED)

    def gathering(self) -> "RoundQuerySet":
        """Those one can still join."""
        return self.exclude(state=CoachingRound.State.PUBLISHED).order_by("starts_on", "pk")


class CoachingRound(models.Model):
    """One period of peer coaching: people join, groups are drawn as a draft, then published."""

    class State(models.TextChoices):
        GATHERING = "gathering", _("people are joining")
        DRAFT = "draft", _("a draft")
        PUBLISHED = "published", _("published")

    class Drawing(models.TextChoices):
        """Where the worker is."""

        IDLE = "idle", _("not drawn")
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("drawing")
        DONE = "done", _("drawn")
        FAILED = "failed", _("did not work")

    number = models.PositiveIntegerField(unique=True)
    starts_on = models.DateField(_("first day"))
    weeks = models.PositiveSmallIntegerField(
        _("weeks"), default=6, validators=[MinValueValidator(FEWEST_WEEKS), MaxValueValidator(MOST_WEEKS)]
    )
    ends_on = models.DateField(editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.GATHERING)
    seed = models.PositiveIntegerField(default=0)
    window = models.PositiveSmallIntegerField(null=True)
    drawing = models.CharField(max_length=7, choices=Drawing, default=Drawing.IDLE)
    # Counts up with each request to draw: a worker that was overtaken writes nothing.
    draw_number = models.PositiveIntegerField(default=0)
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps_total = models.PositiveSmallIntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("coaching round")
        verbose_name_plural = _("coaching rounds")
        ordering = ("-number",)

    def __str__(self) -> str:
        return gettext("Coaching round %(n)d") % {"n": self.number}

    def save(self, *args: object, **kwargs: object) -> None:
        """Keeps the last day."""
        self.ends_on = self.starts_on + timedelta(weeks=self.weeks) - timedelta(days=1)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def slug(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("practice:round", args=[self])

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def is_being_drawn(self) -> bool:
        return self.drawing in {self.Drawing.WAITING, self.Drawing.RUNNING}

    def has_ended(self, on: date) -> bool:
        return self.ends_on < on

    def check_in_days(self) -> list[date]:
        """Returns the two days by which a group meets: after a third and after five sixths of the round."""
        days = self.weeks * 7
        return [self.starts_on + timedelta(days=days // 3), self.starts_on + timedelta(days=days * 5 // 6)]


class OptIn(models.Model):
    """A member takes part in one round."""

    round = models.ForeignKey(CoachingRound, on_delete=models.CASCADE, related_name="opt_ins")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="coaching_opt_ins")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "member"], name="opt_in_once")]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.member_id}"


class CoachingGroup(models.Model):
    """A pair or trio of one round."""

    round = models.ForeignKey(CoachingRound, on_delete=models.CASCADE, related_name="groups")

    class Meta:
        verbose_name = _("coaching group")
        verbose_name_plural = _("coaching groups")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"group {self.pk}"

    @property
    def slug(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("practice:group", args=[self])


class GroupMemberQuerySet(models.QuerySet["GroupMember"]):
    """Questions about who is with whom."""

    def published(self) -> "GroupMemberQuerySet":
        """A draft is nobody's group yet."""
        return self.filter(round__state=CoachingRound.State.PUBLISHED)

    def current(self, *, on: date) -> "GroupMemberQuerySet":
        """In rounds that run on that day."""
        return self.published().filter(round__starts_on__lte=on, round__ends_on__gte=on)


class GroupMember(models.Model):
    """A member of a group; of one group a round."""

    group = models.ForeignKey(CoachingGroup, on_delete=models.CASCADE, related_name="group_members")
    round = models.ForeignKey(CoachingRound, on_delete=models.CASCADE, related_name="group_members")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="coaching_groups")

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        ordering = ("member__name", "member_id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "member"], name="one_group_a_round")]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.member_id}"


class Unmatched(models.Model):
    """Somebody for whom a round had no group, and why; their edges weigh more in the next."""

    round = models.ForeignKey(CoachingRound, on_delete=models.CASCADE, related_name="unmatched")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "member"], name="unmatched_once")]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.member_id}"


class CoachingPreferences(models.Model):
    """What one member told the matcher."""

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reports = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    not_with = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"preferences {self.pk}"

    @classmethod
    def of(cls, member: Member) -> "CoachingPreferences":
        """Returns what `member` said, with nothing said where nothing is stored."""
        return cls.objects.filter(member=member).first() or cls(member=member)

    def is_paused(self, on: date) -> bool:
        return self.paused_until is not None and on < self.paused_until


class Goal(models.Model):
    """What one member of a group wants from the round; at most two each."""

    group = models.ForeignKey(CoachingGroup, on_delete=models.CASCADE, related_name="goals")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("goal"), max_length=300)

    class Meta:
        ordering = ("member__name", "member_id", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "member", "position"], name="goal_once_a_position"),
            models.CheckConstraint(condition=Q(position__gte=1, position__lte=GOALS_EACH), name="two_goals_each"),
        ]

    def __str__(self) -> str:
        return f"goal {self.pk}"


class CheckIn(models.Model):
    """One of the two dates of a group, and what became of it."""

    class Outcome(models.TextChoices):
        MET = "met", _("we met")
        MOVED = "moved", _("we moved it")
        NOT = "not", _("not this time")

    group = models.ForeignKey(CoachingGroup, on_delete=models.CASCADE, related_name="check_ins")
    number = models.PositiveSmallIntegerField()
    on = models.DateField(_("day"))
    outcome = models.CharField(max_length=5, choices=Outcome, blank=True)

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["group", "number"], name="check_in_once_a_number")]

    def __str__(self) -> str:
        return f"check-in {self.group_id}/{self.number}"


class GroupNote(models.Model):
    """A note that belongs to the group."""

    group = models.ForeignKey(CoachingGroup, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(_("note"), max_length=2_000)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("-written_at", "-pk")

    def __str__(self) -> str:
        return f"note {self.pk}"
