from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticeConfig(AppConfig):
    """Practice plans, private reflection and peer coaching."""

    name = "practice"
    verbose_name = _("Practice")
