from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    """The community's memory: materials, tags and principles."""

    name = "library"
    verbose_name = _("Library")

    def ready(self) -> None:
        from library.reportables import register_all

        register_all()
