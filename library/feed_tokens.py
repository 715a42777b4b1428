"""What lets a feed reader in without signing in: a secret in the address, which its member can take back."""

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_token() -> str:
    """Returns 32 random characters that fit into an address."""
    return secrets.token_urlsafe(24)


class FeedToken(models.Model):
    """A member's key to all library feeds; a new one ends the old."""

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="library_feed"
    )
    token = models.CharField(max_length=40, unique=True, default=new_token)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "library"
        verbose_name = _("feed address")
        verbose_name_plural = _("feed addresses")

    def __str__(self) -> str:
        return str(self.member_id)
