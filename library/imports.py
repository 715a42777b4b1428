"""What members bring along from elsewhere: one import a file, one row for each thing in it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from library.storing import stored_name


class Import(models.Model):
    """A file of bookmarks, a table or a zip of ours, read and shown before anything is added."""

    class Source(models.TextChoices):
        BOOKMARKS = "bookmarks", _("bookmarks")
        TABLE = "table", _("table")
        ARCHIVE = "archive", _("export of a library")

    class State(models.TextChoices):
        PREVIEW = "preview", _("waiting for your word")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports")
    source = models.CharField(max_length=9, choices=Source)
    state = models.CharField(max_length=7, choices=State, default=State.PREVIEW)
    name = models.CharField(max_length=120, help_text="of the file that was sent")
    # Only an archive is kept, and only until its rows are done: its files are taken out of it then.
    file = models.FileField(upload_to=stored_name, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "library"
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """One row of an import, and what became of it."""

    class State(models.TextChoices):
        READY = "ready", _("new")
        TWIN = "twin", _("already there")
        BAD = "bad", _("cannot be read")
        ADDED = "added", _("added")

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="where it stands in the file, from 1")
    state = models.CharField(max_length=5, choices=State)
    title = models.CharField(max_length=200, blank=True)
    fields = models.JSONField(default=dict, help_text="what the row says, cleaned")
    words = models.CharField(
        max_length=1_000, blank=True, help_text="what is wrong with it or left out, in the member's language"
    )
    material = models.ForeignKey("library.Material", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        app_label = "library"
        constraints = (models.UniqueConstraint(fields=["of", "number"], name="import_row_once"),)

    def __str__(self) -> str:
        return self.title
