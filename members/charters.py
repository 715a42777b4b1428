"""The charter: how people here treat each other. Each version is a row that is never changed."""

from django.conf import settings
from django.db import models
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.markdown import RENDERER_VERSION


class CharterVersion(models.Model):
    """One version of the charter, in Markdown; the highest number is in force."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    text = models.TextField(_("text"), max_length=20_000)
    html = models.TextField(blank=True, editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    written_at = models.DateTimeField(_("written"))

    class Meta:
        app_label = "members"
        verbose_name = _("version of the charter")
        verbose_name_plural = _("versions of the charter")
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(self.number)

    @property
    def stored_html(self) -> SafeString | None:
        """The text as safe HTML, or None where it has to be made again."""
        fresh = self.html_version == RENDERER_VERSION and self.html
        return mark_safe(self.html) if fresh else None  # noqa: S308 -- the renderer made it
