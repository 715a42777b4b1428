"""What joining asks, whichever way somebody joins: the base of django-allauth's forms for it.

django-allauth imports this module while it builds its own forms, so nothing here may import those:
the forms built upon them are in `members.sign_in_forms`.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Choices
from cop_portal.lib.text import clean_name
from members.models import Community, Member
from members.sign_ins import SignIn

BY_INVITATION = _("This community is by invitation. A member can ask a facilitator to invite you.")


class JoinForm(forms.Form):
    """Name and role; and the one place where an address is asked whether it may join."""

    field_order = ("name", "email", "role", "password1")

    name = forms.CharField(label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    role = forms.ChoiceField(label=_("You are"), widget=Choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = Community.current()
        self.fields["role"].choices = roles_on_offer(self.community.stage)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """Returns the name without control, bidirectional or zero-width characters."""
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Please tell us your name."))
        return name

    def clean(self) -> dict[str, Any]:
        """Adds an error to the address when the community does not admit it; accounts play no part in that."""
        data = super().clean() or {}
        email = data.get("email")
        if email and not self.community.admits(email):
            self.add_error("email", BY_INVITATION)
        return data

    def signup(self, request: object, user: Member) -> None:
        """Called by django-allauth with the new member; stores what this form asked."""
        user.name, user.role = self.cleaned_data["name"], self.cleaned_data["role"]
        user.save(update_fields=["name", "role"])


def roles_on_offer(stage: str) -> list[tuple[str, str]]:
    """Returns the roles that someone may choose on joining in this stage of the community."""
    roles = [Member.Role.TECH_LEAD, Member.Role.MANAGER]
    if stage == Community.Stage.OPEN:
        roles.append(Member.Role.ASPIRING)
    return [(role.value, str(role.label)) for role in roles]


class EndSignInsForm(forms.Form):
    """Which sign-ins to end: one of them, all others, or all."""

    OTHERS, EVERYWHERE = "others", "everywhere"

    end = forms.ChoiceField(error_messages={"invalid_choice": _("This sign-in has ended already.")})

    def __init__(self, data: Any = None, *, sign_ins: list[SignIn]) -> None:
        super().__init__(data)
        self.sign_ins = sign_ins
        choices = [self.OTHERS, self.EVERYWHERE, *(str(one.pk) for one in sign_ins if not one.is_current)]
        self.fields["end"].choices = [(choice, choice) for choice in choices]  # type: ignore[attr-defined]

    def chosen(self) -> list[SignIn]:
        """Returns the sign-ins that end, after is_valid()."""
        end = self.cleaned_data["end"]
        if end == self.EVERYWHERE:
            return self.sign_ins
        return [one for one in self.sign_ins if not one.is_current and end in (self.OTHERS, str(one.pk))]
