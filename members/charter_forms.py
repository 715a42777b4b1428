"""A new version of the charter; and that one was read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.markdown_field import MarkdownField
from cop_portal.lib.text import clean_name

LONGEST = 20_000
PREFIX = "charter"


class CharterForm(forms.Form):
    """The whole text, and in a line what is new about it. `onto` is the version it was made from."""

    text = MarkdownField(
        label=_("Text"),
        max_length=LONGEST,
        prefix=PREFIX,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text=_("Markdown works here. Everybody can read it, visitors too."),
    )
    note = forms.CharField(
        label=_("What is new?"),
        required=False,
        max_length=200,
        help_text=_("A line that members read beside the news of it."),
    )
    onto = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def clean_note(self) -> str:
        return clean_name(self.cleaned_data["note"])


class ReadForm(forms.Form):
    """Up to which version one has read."""

    number = forms.IntegerField(min_value=1)

    def __init__(self, *args: Any, newest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.newest = newest

    def clean_number(self) -> int:
        """Nobody has read what is not written yet."""
        return min(int(self.cleaned_data["number"]), self.newest)
