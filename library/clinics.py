"""A case that a group works through: the clock of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Clinic(models.Model):
    """A clinic that is under way, or was: which step began when. One a case; a new start replaces the last."""

    material = models.OneToOneField(
        "library.Material", on_delete=models.CASCADE, primary_key=True, related_name="clinic"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # From here the clock alone leads on (library.clinic_steps); moving on by hand sets both.
    step = models.PositiveSmallIntegerField(default=0)
    step_began_at = models.DateTimeField()

    class Meta:
        app_label = "library"
        verbose_name = _("case clinic")
        verbose_name_plural = _("case clinics")

    def __str__(self) -> str:
        return f"{self.material_id}: {self.step}"
