"""Fields that only the library's forms have."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.text import clean_name
from library.files import AcceptedFile, accept
from library.media import TYPES, RefusedFileError
from library.tags import tag_key

MAX_TAGS, MAX_TAG = 12, 40


class TagsField(forms.CharField):
    """Names of tags, parted by commas; the clean value is a list of names, each spelling once."""

    default_error_messages = {  # noqa: RUF012 -- Django's own way of saying it
        "many": _("At most twelve tags, please."),
        "long": _("A tag has at most 40 characters."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Tags"))
        options.setdefault("help_text", _("Separate with commas. Tags that others use lead further."))
        # The script (static/js/tags.js) shows suggestions below it.
        address = reverse_lazy("library:tag_suggestions")
        attributes = {"data-tags": address, "data-offered": _("Suggested")}
        widget = forms.TextInput(attrs={**attributes, "autocomplete": "off", "autocapitalize": "none"})
        super().__init__(required=False, max_length=600, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        typed = str(super().clean(value))
        names = {tag_key(name): name for name in map(clean_name, typed.split(",")) if tag_key(name)}
        if len(names) > MAX_TAGS:
            raise ValidationError(self.error_messages["many"], code="many")
        if any(len(name) > MAX_TAG for name in names.values()):
            raise ValidationError(self.error_messages["long"], code="long")
        return list(names.values())


class CheckedFileField(forms.FileField):
    """A file that the library takes; the clean value is an AcceptedFile, or None where none was sent."""

    def __init__(self, endings: Iterable[str] = TYPES, **options: Any) -> None:
        super().__init__(max_length=255, allow_empty_file=True, **options)
        self.endings = frozenset(endings)
        self.widget.attrs["accept"] = ",".join(f".{ending}" for ending in sorted(self.endings))

    def clean(self, data: Any, initial: Any = None) -> AcceptedFile | None:
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            accepted = accept(upload)
        except RefusedFileError as refused:
            raise ValidationError(_(refused.words), code="refused") from refused
        if accepted.name.rpartition(".")[2] not in self.endings:
            raise ValidationError(_("This kind of file is not accepted."), code="refused")
        return accepted
