"""django-allauth's forms for the second factor and for passkeys, with our words and a closer look at what comes in."""

import struct
from typing import Any, ClassVar

from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp import forms as app_forms
from allauth.mfa.webauthn import forms as key_forms
from django import forms
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from members.sign_in_forms import PlainFields

NAME_LENGTH = 60
UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error)


class CredentialField(forms.JSONField):
    """What a browser answers to a question for a passkey.

    django-allauth expects that the answer can be read, and not all that the reading raises is caught there.
    """

    widget = forms.HiddenInput

    def __init__(self, response: type[RegistrationResponse | AuthenticationResponse]) -> None:
        super().__init__()
        self.response = response

    def clean(self, value: Any) -> Any:
        """Returns the answer as it came, once it has been read; raises ValidationError when it cannot be."""
        credential = super().clean(value)
        try:
            self.response.from_dict(credential)
        except UNREADABLE as problem:
            raise forms.ValidationError(_("Your browser did not send a passkey. Please try again.")) from problem
        if "\\u0000" in value:  # PostgreSQL keeps no such character
            raise forms.ValidationError(_("Your browser did not send a passkey. Please try again."))
        return credential

    def prepare_value(self, value: Any) -> str:
        """Nothing: an answer counts for one question, so a form that is shown again asks anew."""
        return ""


class SecondFactorForm(PlainFields, code_forms.AuthenticateForm):
    """A code of the app, or a recovery code."""


class ConfirmByCodeForm(PlainFields, code_forms.ReauthenticateForm):
    """A code once more, before something delicate."""


class ActivateAppForm(PlainFields, app_forms.ActivateTOTPForm):
    """The first code of an authenticator app."""

    labels: ClassVar = {"code": _("Code that the app shows")}


class AddPasskeyForm(PlainFields, key_forms.AddWebAuthnForm):
    """A new passkey; one that signs in alone unless its owner wants it as a second factor only."""

    labels: ClassVar = {"name": _("Name"), "passwordless": _("Sign in with it alone, without a password")}
    credential = CredentialField(RegistrationResponse)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=self.fields["name"].label, required=False, max_length=NAME_LENGTH)
        self.fields["name"].help_text = _("So that you know it again, such as “Phone” or “Laptop”.")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = _("Without this it is a second factor beside your password.")


class RenamePasskeyForm(PlainFields, key_forms.EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)


class PasskeySignInForm(PlainFields, key_forms.LoginWebAuthnForm):
    """Signing in with a passkey alone."""

    credential = CredentialField(AuthenticationResponse)


class SecondFactorPasskeyForm(PlainFields, key_forms.AuthenticateWebAuthnForm):
    """A passkey after the password."""

    credential = CredentialField(AuthenticationResponse)


class ConfirmByPasskeyForm(PlainFields, key_forms.ReauthenticateWebAuthnForm):
    """A passkey once more, before something delicate."""

    credential = CredentialField(AuthenticationResponse)
