from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """Who belongs here, what they may do, and how they are told."""

    name = "members"
    verbose_name = _("Members")
