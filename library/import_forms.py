"""The forms of an import: the file, and how what it brings is shown."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Choices, FileDrop, Segmented
from library.files import shown_name
from library.importing import archives, bookmarks, tables
from library.importing.entries import Entry
from library.media import ending_of
from library.models import Import, Material

ENDINGS = {
    "html": Import.Source.BOOKMARKS,
    "htm": Import.Source.BOOKMARKS,
    "csv": Import.Source.TABLE,
    "zip": Import.Source.ARCHIVE,
}


class ImportForm(forms.Form):
    """A file to read. A valid form knows its `source` and its `entries()`."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        widget=FileDrop(attrs={"accept": ".html,.htm,.csv,.zip"}),
        help_text=_("Bookmarks of a browser (.html), a table (.csv), or the zip of an export. Nothing is added yet."),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        self.name = shown_name(upload.name or "")
        self.content = upload.read()
        source = ENDINGS.get(ending_of(self.name))
        if source is None or not self._is(source):
            raise ValidationError(_("This is neither a file of bookmarks, nor a table, nor a zip of an export."))
        self.source = str(source)
        return upload

    def _is(self, source: str) -> bool:
        if source == Import.Source.ARCHIVE:
            return bool(self.content.startswith(b"PK"))
        try:
            self.text = self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.text = self.content.decode("cp1252", "replace")
        is_page = bookmarks.SIGN in self.text[:1_000].lower()
        return "\0" not in self.text and is_page == (source == Import.Source.BOOKMARKS)

    def entries(self) -> Iterable[Entry]:
        """Yields what is in the file; raises UnreadableFileError."""
        if self.source == Import.Source.ARCHIVE:
            return archives.entries(BytesIO(self.content))
        return (bookmarks if self.source == Import.Source.BOOKMARKS else tables).entries(self.text)

    def archive(self) -> bytes | None:
        """Returns what has to be kept until the files are taken out of it."""
        return self.content if self.source == Import.Source.ARCHIVE else None


class StartForm(forms.Form):
    """How the new materials are shown; what a row says of itself counts more."""

    mark_optional = False

    audience = forms.ChoiceField(
        label=_("Who may read it"),
        choices=Material.Audience.choices,
        initial=Material.Audience.PRIVATE,
        widget=Segmented,
        help_text=_("You can open each of them to all later."),
    )
    shown_as = forms.ChoiceField(
        label=_("Shown"), choices=Material.ShownAs.choices, initial=Material.ShownAs.OWNER, widget=Choices
    )
