"""Deleting one's account, as a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Choices
from members.leaving import Writings
from members.models import Member


class LeavingForm(forms.Form):
    """What becomes of one's writings; a tick that says one means it. Guests share nothing and know nobody."""

    writings = forms.ChoiceField(
        label=_("What you shared"), choices=Writings.choices, initial=Writings.KEEP, widget=Choices
    )
    heir = forms.ModelChoiceField(
        Member.objects.none(), label=_("The colleague who looks after your materials"), required=False,
        empty_label=_("Choose somebody"),
        help_text=_("Only for materials that show your name or your team; what stands without a name stays so."),
    )  # fmt: skip
    sure = forms.BooleanField(
        label=_("Yes, delete my account. I know that it cannot be undone."),
        error_messages={"required": _("Please tick this if you mean it.")},
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if member.is_member:
            colleagues = Member.objects.in_directory().exclude(pk=member.pk)
            self.fields["heir"].queryset = colleagues  # type: ignore[attr-defined]
        else:
            del self.fields["heir"]
            kept = [choice for choice in Writings.choices if choice[0] != Writings.HAND_OVER]
            self.fields["writings"].choices = kept  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("writings") == Writings.HAND_OVER and not cleaned.get("heir") and "heir" not in self.errors:
            self.add_error("heir", _("Please choose who shall have them."))
        return cleaned
