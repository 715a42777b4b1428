"""Who may come in: invitations to one address, and requests that wait until the community opens."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

COUNTS_FOR = timedelta(days=14)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about invitations, each with a name."""

    def open(self) -> "InvitationQuerySet":
        """Neither used nor withdrawn; they may have run out."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def usable(self, *, now: datetime) -> "InvitationQuerySet":
        """Open ones that still count at `now`."""
        return self.open().filter(expires_at__gt=now)

    def of_link(self, token: str, *, now: datetime) -> "Invitation | None":
        """Returns the usable invitation whose link carries `token`, or None."""
        return self.usable(now=now).filter(digest=digest_of(token)).first() if token else None


class Invitation(models.Model):
    """An invitation by mail. Its link counts once, for 14 days, and for its address alone.

    The link's token is stored as a digest only; sending it again gives it a new one.
    """

    class Role(models.TextChoices):
        TECH_LEAD = "tech_lead", _("tech lead")
        MANAGER = "manager", _("engineering manager")
        ASPIRING = "aspiring", _("aspiring")
        GUEST = "guest", _("guest")

    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=12, choices=Role)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="invitations",
    )
    created_at = models.DateTimeField(_("invited"))
    sent_at = models.DateTimeField(_("last sent"))
    expires_at = models.DateTimeField(_("counts until"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        app_label = "members"
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=["email"], name="invitation_address"),)
        constraints = (
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
            ),
        )

    def __str__(self) -> str:
        return self.email

    def is_usable(self, now: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > now


class JoinRequest(models.Model):
    """Someone who aspires to lead and asked to join before the community opened; goes when they are let in."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=10, blank=True)
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        app_label = "members"
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering = ("asked_at", "pk")

    def __str__(self) -> str:
        return self.name


def new_token() -> str:
    """Returns what a link carries: 256 bits that nobody guesses."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Returns what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()
