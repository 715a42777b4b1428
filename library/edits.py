"""How the history of a material is kept: one row an edit, written by `library.history` and by nothing else.

django-simple-history would write one at every save, so also for drafts that save themselves and for counts.
"""

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

# Whose it is stands beside the history, never in it: what is shown without a name must not be named here,
# and of somebody who left nothing may stay.
NOT_KEPT = (
    "kind", "html", "html_version", "owner", "team", "created_at", "changed_at", "binned_at", "review_on",
    "past_review", "helped_count", "hidden_at", "hidden_reason", "saved_by_form",
)  # fmt: skip


class EditDetails(models.Model):
    """What a version has beside its own columns: tags, principles, link, answers (`library.history.details_of`)."""

    details = models.JSONField(default=dict)

    class Meta:
        abstract = True


class NotedEdits(HistoricalRecords):
    """Rows are written when an edit is noted, not at every save; they go when their material goes."""

    def __init__(self) -> None:
        super().__init__(bases=(EditDetails,), excluded_fields=list(NOT_KEPT), cascade_delete_history=True)

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        """Writes nothing."""
