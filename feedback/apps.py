from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    """Anonymous polls, their results and the rhythm of the community."""

    name = "feedback"
    verbose_name = _("Feedback")
