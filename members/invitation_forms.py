"""Who is invited: one address or a pasted list, and as what."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.invitations import Invitation
from members.models import Community

MOST, ADDRESS_LENGTH = 20, 254
SHOWN = 60  # characters of what is no address
_BETWEEN = re.compile(r"[\s,;]+")
_NAMED = re.compile(r"[^<>,;\n]*<([^<>]*)>")


def addresses_in(text: str) -> list[str]:
    """Returns what stands in a pasted list, in lower case, each once: `Nell <nell@a.example>; max@a.example`."""
    found = [part.lower() for part in _BETWEEN.split(_NAMED.sub(r" \1 ", text)) if part]
    return list(dict.fromkeys(found))


class InviteForm(forms.Form):
    """One address, or a list as people paste it."""

    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("One or many, separated as you like. Up to 20 a day."),
    )
    role = forms.ChoiceField(label=_("They come as"), help_text=_("Apart from guests they can change it themselves."))

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_to_give(community)  # type: ignore[attr-defined]

    def clean_addresses(self) -> list[str]:
        """Returns the addresses; names those that are none."""
        found = addresses_in(self.cleaned_data["addresses"])
        wrong = [one for one in found if not _is_address(one)]
        if wrong:
            words = gettext("These are no e-mail addresses: %(list)s")
            raise ValidationError(words % {"list": ", ".join(one[:SHOWN] for one in wrong[:5])})
        if len(found) > MOST:
            raise ValidationError(_("At most 20 at a time, please."))
        if not found:
            raise ValidationError(_("Please give at least one address."))
        return found


def roles_to_give(community: Community) -> list[tuple[str, str]]:
    """Returns the roles people can be invited as; who aspires only once the community is open to them."""
    role = Invitation.Role
    roles = [role.TECH_LEAD, role.MANAGER, role.GUEST]
    if community.stage == Community.Stage.OPEN:
        roles.insert(2, role.ASPIRING)
    return [(one.value, str(one.label)) for one in roles]


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= ADDRESS_LENGTH
