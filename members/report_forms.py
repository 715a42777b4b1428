"""Why something is reported, and what facilitators make of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.text import clean_name
from members.hiding import REASON_LENGTH


class ReportForm(forms.Form):
    """What is wrong with it, for the facilitators."""

    reason = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Facilitators read this, and that it comes from you. Its author does not learn who reported it."),
    )


class DecisionForm(forms.Form):
    """Hide with a reason that everybody reads, leave it, or show it again."""

    HIDE, KEEP, RESTORE = "hide", "keep", "restore"

    decision = forms.ChoiceField(choices=[(one, one) for one in (HIDE, KEEP, RESTORE)], widget=forms.HiddenInput)
    public_reason = forms.CharField(
        label=_("Reason that everybody reads"),
        required=False,
        max_length=REASON_LENGTH,
        help_text=_("It stands where the text stood. Say what, not who: “Names a customer.”"),
    )

    def clean(self) -> dict[str, Any]:
        """Nothing is hidden without a reason."""
        data = super().clean() or {}
        data["public_reason"] = clean_name(data.get("public_reason", ""))
        if data.get("decision") == self.HIDE and not data["public_reason"] and "public_reason" not in self.errors:
            self.add_error("public_reason", _("Nothing disappears silently: please give a reason."))
        return data
