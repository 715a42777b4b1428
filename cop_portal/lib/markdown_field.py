"""The form field for Markdown: what was typed stays, and is rendered once when the form is checked."""

from typing import Any

from django import forms
from django.utils.safestring import SafeString

from cop_portal.lib.markdown import MAX_CHARACTERS, TextError, render


class MarkdownText(str):
    """Markdown that was rendered when it was checked; `html` is safe to show and to store."""

    html: SafeString

    def __new__(cls, text: str, html: SafeString | None = None) -> "MarkdownText":
        new = super().__new__(cls, text)
        new.html = html or SafeString("")  # a copy is made without, and is given it afterwards
        return new


class MarkdownField(forms.CharField):
    """A text area of at most 100,000 characters whose clean value is a MarkdownText.

    `prefix` goes into the ids of its HTML: give each text of a page another one.
    """

    def __init__(self, *, prefix: str = "", **options: Any) -> None:
        options.setdefault("widget", forms.Textarea)
        options.setdefault("max_length", MAX_CHARACTERS)
        super().__init__(**options, strip=False)
        self.text_prefix = prefix

    def to_python(self, value: object) -> str:
        """Returns the text with the line ends that the length counts, empty when it is blank."""
        text = str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else ""

    def clean(self, value: object) -> MarkdownText:
        """Returns the checked text. Raises ValidationError, also for a text that is too complex to show."""
        text = super().clean(value)
        try:
            return MarkdownText(text, render(text, prefix=self.text_prefix))
        except TextError as error:
            raise forms.ValidationError(error.message, code=type(error).__name__) from error
