from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    """Topics, series, sessions and who is coming."""

    name = "sessions"
    label = "cop_sessions"  # django.contrib.sessions owns the label "sessions"
    verbose_name = _("Sessions")

    def ready(self) -> None:
        from sessions.reportables import register_all

        register_all()
