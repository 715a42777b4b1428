"""Deliberate practice: a plan for one narrow skill, its attempts, and what a partner said about them."""

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.addresses import slug_of
from library.models import Material
from members.models import Member

FEWEST, MOST = 3, 10  # attempts of a plan
MOST_SENTENCES = 3  # of a partner, about one attempt


class PlanQuerySet(models.QuerySet["Plan"]):
    """Questions about plans."""

    def of(self, member: Member) -> "PlanQuerySet":
        """Their own, the running ones first, then the newest."""
        return self.filter(member=member).order_by("ended_at", "-started_at", "-pk")

    def running(self) -> "PlanQuerySet":
        return self.filter(ended_at=None)

    def visible_to(self, member: Member, *, on: date) -> "PlanQuerySet":
        """One's own, those for everyone, and those for the group in which `member` is on that day."""
        from practice.coaching import GroupMember

        mine = GroupMember.objects.filter(member=member).current(on=on)
        partners = GroupMember.objects.filter(group__in=mine.values("group")).values("member")
        shared = Q(visibility=Plan.Visibility.GROUP, member__in=partners)
        return self.filter(Q(member=member) | Q(visibility=Plan.Visibility.EVERYONE) | shared)

    def with_attempts(self) -> "PlanQuerySet":
        """With all attempts and what partners said, in a fixed number of queries."""
        return self.select_related("member").prefetch_related("attempts__notes__by")


class Plan(models.Model):
    """One narrow skill, what better looks like, and the drill; open until its member ends it."""

    class Visibility(models.TextChoices):
        ME = "me", _("only me")
        GROUP = "group", _("my coaching group")
        EVERYONE = "everyone", _("everyone")

    class Ending(models.TextChoices):
        KEEP = "keep", _("keep")
        NARROW = "narrow", _("narrow")
        STOP = "stop", _("stop")

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plans")
    skill = models.CharField(_("skill"), max_length=120)
    better = models.TextField(_("what better looks like"), max_length=1_000)
    drill = models.TextField(_("drill"), max_length=1_000)
    attempts_planned = models.PositiveSmallIntegerField(
        _("attempts"), default=5, validators=[MinValueValidator(FEWEST), MaxValueValidator(MOST)]
    )
    until = models.DateField(_("until"), null=True, blank=True)
    visibility = models.CharField(_("who may see it"), max_length=8, choices=Visibility, default=Visibility.ME)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=6, choices=Ending, blank=True)
    insight = models.ForeignKey(Material, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        indexes: ClassVar = [models.Index(fields=["visibility", "ended_at", "-started_at"], name="plan_shown")]

    def __str__(self) -> str:
        return f"plan {self.pk}"

    @property
    def slug(self) -> str:
        return slug_of(self.pk, "")

    def get_absolute_url(self) -> str:
        return reverse("practice:plan", args=[self])

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class Attempt(models.Model):
    """One try: when, what was tried, what was noticed."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="attempts")
    on = models.DateField(_("day"))
    tried = models.TextField(_("tried"), max_length=1_000)
    noticed = models.TextField(_("noticed"), max_length=2_000, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("-on", "-pk")

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class PartnerNote(models.Model):
    """Up to three sentences of a partner about an attempt."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="partner_notes")
    text = models.CharField(max_length=500)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("written_at", "pk")
        constraints: ClassVar = [models.UniqueConstraint(fields=["attempt", "by"], name="partner_note_once")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Intention(models.Model):
    """One thing I will try. It knows the day and nothing of where it was written down."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="intentions")
    text = models.CharField(_("one thing I will try"), max_length=200)
    noted_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-noted_on", "-pk")

    def __str__(self) -> str:
        return f"intention {self.pk}"


def noted_at(moment: datetime, member: Member) -> date:
    """Returns the day of an aware `moment` on the member's own calendar."""
    return member.local_time(moment).date()
