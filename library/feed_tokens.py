"""What lets a feed reader in without signing in: a secret in the address, which its member can take back."""

import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils.translation import gettext_lazy as _

_SALT = "library.feed"


def new_token() -> str:
    """Returns 32 random characters that fit into an address."""
    return secrets.token_urlsafe(24)


class FeedToken(models.Model):
    """A member's key to all library feeds; a new one ends the old.

    What is stored opens nothing by itself: the address holds it signed.
    """

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

    @property
    def secret(self) -> str:
        """What stands in the address."""
        return _signer().sign(self.token)

    @classmethod
    def signed(cls, secret: str) -> "models.QuerySet[FeedToken]":
        """Returns the key of this address, or none."""
        try:
            return cls._default_manager.filter(token=_signer().unsign(secret))
        except BadSignature:
            return cls._default_manager.none()


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")
