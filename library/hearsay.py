"""What others said about a material where it came from, kept for whoever brought it along.

They said it to another community, or under a name that nobody here can vouch for: it is nobody's comment here, and
no reader but that member sees it.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from library.traces import deed_of


class Hearsay(models.Model):
    """The words as the file has them (`library.importing.said`), seen by `member` alone."""

    material = models.OneToOneField(
        "library.Material", on_delete=models.CASCADE, primary_key=True, related_name="hearsay"
    )
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hearsay")
    said = models.JSONField(default=dict)

    class Meta:
        app_label = "library"
        verbose_name = gettext_lazy("words from elsewhere")
        verbose_name_plural = gettext_lazy("words from elsewhere")

    def __str__(self) -> str:
        return str(self.material_id)


def told(said: dict[str, Any] | None) -> dict[str, Any] | None:
    """Returns what a page shows of it, ready to be shown; None where there is nothing."""
    if not said:
        return None
    count = said.get("helped", 0)
    helped = ngettext("It had helped %(n)d member.", "It had helped %(n)d members.", count) % {"n": count}
    return {
        "by": said.get("by", ""),
        "helped": helped if count else "",
        "answers": [
            {**one, "day": _day(one), "deed": deed_of(one.get("choice", ""))} for one in said.get("adaptations", [])
        ],
        "comments": [{**one, "day": _day(one)} for one in said.get("comments", [])],
    }


def _day(one: dict[str, Any]) -> str:
    at = one.get("at", "")
    return date_format(timezone.localtime(datetime.fromisoformat(at)), _("j F Y")) if at else ""
