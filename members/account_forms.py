"""What joining asks, whichever way somebody joins: the base of django-allauth's forms for it.

django-allauth imports this module while it builds its own forms, so nothing here may import those:
the forms built upon them are in `members.sign_in_forms`.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Choices
from cop_portal.lib.text import clean_name
from members.joining import accept_invitations, keep_request
from members.models import Community, Invitation, Member
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
        self.invitation = self.find_invitation(timezone.now())
        self._offer_roles()

    def find_invitation(self, now: datetime) -> Invitation | None:
        """Returns the invitation that this person brings, if any; the forms built upon this one know where it is."""
        return None

    def _offer_roles(self) -> None:
        """Guests are what they were invited as; all others say themselves what they are."""
        if self.invitation and self.invitation.role == Member.Role.GUEST:
            del self.fields["role"]
            return
        self.fields["role"].choices = roles_on_offer(self.community.stage)  # type: ignore[attr-defined]
        if self.invitation:
            self.fields["role"].initial = self.invitation.role

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
        if email and not self._may_join(email):
            self.add_error("email", BY_INVITATION)
        return data

    def _may_join(self, email: str) -> bool:
        return self.community.admits(email) or (self.invitation is not None and self.invitation.email == email)

    @property
    def is_request(self) -> bool:
        """Whether this person waits until the community opens to those who aspire; of a valid form."""
        return self.community.stage == Community.Stage.LEADS and self.cleaned_data.get("role") == Member.Role.ASPIRING

    def wait(self, *, is_known: bool) -> HttpResponse:
        """Keeps the request, unless the address has an account already; the answer is the same."""
        if not is_known:
            keep_request(email=self.cleaned_data["email"], name=self.cleaned_data["name"], now=timezone.now())
        return redirect("waiting")

    def signup(self, request: object, user: Member) -> None:
        """Called by django-allauth with the new member; stores what this form asked."""
        user.name, user.role = self.cleaned_data["name"], self.cleaned_data.get("role", Member.Role.GUEST)
        user.save(update_fields=["name", "role"])
        accept_invitations(user, now=timezone.now())


def roles_on_offer(stage: str) -> list[tuple[str, str]]:
    """Returns the roles that someone may choose on joining in this stage; who aspires may have to wait."""
    roles = [(role.value, str(role.label)) for role in (Member.Role.TECH_LEAD, Member.Role.MANAGER)]
    aspiring = Member.Role.ASPIRING
    words = {
        Community.Stage.OPEN: str(aspiring.label),
        Community.Stage.LEADS: gettext("aspiring: I would like to join once the community opens"),
    }
    return [*roles, (aspiring.value, words[Community.Stage(stage)])] if stage in words else roles


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
