"""Reflections: private answers to a few prompts, and the copies their authors shared.

Nothing outside this app reads `Reflection`. No admin, no history, no search, and no reverse relation from
what it is about. `__str__` tells nothing: Django's admin shows it where an account is deleted.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from library.models import Material, Principle
from members.models import Member
from practice.plans import Plan
from sessions.models import Attendance, Session


class Reflection(models.Model):
    """Answers that only their author reads."""

    class Form(models.TextChoices):
        SHORT = "short", _("In short")
        CYCLE = "cycle", _("All around it")
        ACTION_REVIEW = "action_review", _("Plan and outcome")
        LEARNING_LOOP = "learning_loop", _("From experience to test")

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=16, choices=Form, default=Form.SHORT)
    # A list of {"prompt", "text"}: prompts may change later, what one answered to stays.
    answers = models.JSONField(default=list)
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    insight = models.ForeignKey(Material, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    principle = models.ForeignKey(Principle, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reflection")
        verbose_name_plural = _("reflections")
        indexes: ClassVar = [models.Index(fields=["member", "-written_at"], name="reflection_mine")]

    def __str__(self) -> str:
        return "reflection"

    @property
    def slug(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("practice:reflection", args=[self])

    @property
    def first_words(self) -> str:
        """Returns the beginning of the first answer that says something."""
        return next((answer["text"] for answer in self.answers if answer["text"].strip()), "")

    @property
    def about(self) -> list[Any]:
        """What it is linked to, in the order it was asked."""
        return [one for one in (self.session, self.plan, self.insight, self.principle) if one]


class SharedQuerySet(models.QuerySet["SharedReflection"]):
    """Questions about shared copies."""

    def visible_to(self, member: Member) -> "SharedQuerySet":
        """One's own; those for everyone; those for a group one is in or a session one came to."""
        from practice.coaching import GroupMember

        came = Attendance.objects.filter(member=member, came=True).values("session")
        groups = GroupMember.objects.filter(member=member).values("group")
        return self.filter(
            Q(reflection__member=member)
            | Q(audience=SharedReflection.Audience.COMMUNITY)
            | Q(audience=SharedReflection.Audience.SESSION, session__in=came)
            | Q(audience=SharedReflection.Audience.GROUP, group__in=groups)
        )


class SharedReflection(models.Model):
    """A copy of the answers that were ticked. Withdrawing deletes it."""

    class Audience(models.TextChoices):
        GROUP = "group", _("my coaching group of this round")
        SESSION = "session", _("those who came to the session")
        COMMUNITY = "community", _("the community")

    reflection = models.ForeignKey(Reflection, on_delete=models.CASCADE, related_name="shared")
    audience = models.CharField(max_length=9, choices=Audience)
    answers = models.JSONField(default=list)
    group = models.ForeignKey(
        "practice.CoachingGroup", null=True, blank=True, on_delete=models.CASCADE, related_name="shared_reflections"
    )
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    shared_at = models.DateTimeField()

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ("-shared_at", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reflection", "audience"], name="shared_once_an_audience"),
            models.CheckConstraint(
                condition=Q(audience="community", group=None, session=None)
                | Q(audience="group", group__isnull=False, session=None)
                | Q(audience="session", group=None, session__isnull=False),
                name="shared_with_what_its_audience_names",
            ),
        ]

    def __str__(self) -> str:
        return "shared reflection"

    @property
    def slug(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("practice:shared", args=[self])
