"""Forms for what readers leave behind."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Segmented
from cop_portal.lib.markdown_field import MarkdownField
from library.models import Adaptation, ReadingItem
from members.once import OnceForm


class CommentForm(OnceForm):
    """A reply below a material."""

    text = MarkdownField(
        prefix="comment", label=_("Your comment"), max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Markdown works here."),
    )  # fmt: skip


class AdaptationForm(forms.Form):
    """What a team makes of an insight."""

    choice = forms.ChoiceField(label=_("My team will"), choices=Adaptation.Choice.choices, widget=Segmented)
    note = forms.CharField(
        label=_("Why, and under which conditions?"), required=False, max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class BecameForm(forms.Form):
    """What became of a case or an experiment. Empty takes it back."""

    became = MarkdownField(
        prefix="became", label=_("What became of it?"), required=False, max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What did you do after it was discussed, and what came of that? Nothing yet is an answer too."),
    )  # fmt: skip


class ReadingForm(forms.Form):
    """Where on one's own reading list something stands; nothing takes it off."""

    state = forms.ChoiceField(choices=[("", ""), *ReadingItem.State.choices], required=False)
