from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What gathers from all apps: home, search page, health, `tick`, the demo community."""

    name = "cop_portal"
    verbose_name = "Portal"
