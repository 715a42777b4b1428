"""Calendars outside the portal: addresses that they subscribe to, and what was sent to them by mail."""

import secrets
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Community, Member

TOKEN_BYTES = 32
MOST_FEEDS = 20  # a member
NAME_LENGTH = 40


def new_token() -> str:
    """Returns what makes an address of a feed secret; only its hash is stored."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """Returns what is stored of a token. It is random, so that a plain hash is as good as a slow one."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Questions about addresses of feeds."""

    def opened_by(self, token: str) -> "CalendarFeedQuerySet":
        """The feed with this token, of somebody who is an active member; with `stage` and `community`, its name."""
        found = self.filter(token_hash=hash_of(token), member__is_active=True).exclude(member__role=Member.Role.GUEST)
        stage, name = (models.Subquery(Community.objects.values(field)[:1]) for field in ("stage", "name"))
        return found.select_related("member").annotate(stage=stage, community=name)


class CalendarFeed(models.Model):
    """A secret address, such as "phone", at which a calendar reads the sessions of a member. It never expires."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        app_label = "cop_sessions"
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("feeds:index")


class MailCalendar(models.Model):
    """A member who has invitations sent by mail instead of subscribing to a feed."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_calendar")
    since = models.DateTimeField(editable=False)

    class Meta:
        app_label = "cop_sessions"

    def __str__(self) -> str:
        return str(self.member_id)


class CalendarMail(models.Model):
    """What the calendar of a member was told of a session by mail the last time."""

    session = models.ForeignKey("cop_sessions.Session", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # What the mail said; it can be ahead of the session's own, for leaving one is a change for the leaver only.
    sequence = models.PositiveIntegerField()
    session_sequence = models.PositiveIntegerField()
    is_invited = models.BooleanField()

    class Meta:
        app_label = "cop_sessions"
        constraints = (models.UniqueConstraint(fields=["session", "member"], name="calendar_mail_once"),)

    def __str__(self) -> str:
        return f"{self.member_id}: {self.session_id}"
