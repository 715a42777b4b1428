"""Who would lead a session: those who offered, and those who were asked."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LeadOffer(models.Model):
    """A member would like to lead a session, or (`asked_by`) was asked whether they would. Saying yes is theirs."""

    session = models.ForeignKey("cop_sessions.Session", on_delete=models.CASCADE, related_name="lead_offers")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lead_offers")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    was_asked = models.BooleanField(default=False)  # also when whoever asked has left the community
    at = models.DateTimeField()

    class Meta:
        app_label = "cop_sessions"
        verbose_name = _("offer to lead")
        verbose_name_plural = _("offers to lead")
        constraints = (models.UniqueConstraint(fields=["session", "member"], name="lead_offer_once"),)

    def __str__(self) -> str:
        return f"{self.session_id}: {self.member_id}"
