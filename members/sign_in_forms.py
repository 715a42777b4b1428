"""django-allauth's forms with our words: labels above the fields, no placeholders, nothing too long for its column."""

from datetime import datetime
from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.fields import EmailField, PasswordField
from allauth.account.models import EmailAddress
from allauth.account.utils import setup_user_email
from allauth.core import context
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from members.models import Invitation, Member

ADDRESS_LENGTH = 254
CODE_HINTS = {"autocapitalize": "characters", "spellcheck": "false", "class": "code"}
PASSWORD_HELP = _("At least 10 characters. A few words that have nothing to do with each other are good.")


class PlainFields(forms.Form):
    """Mixed into a form of django-allauth: takes away what our pages say elsewhere and gives it our labels."""

    labels: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            self._simplify(name, field)

    def _simplify(self, name: str, field: forms.Field) -> None:
        if isinstance(field, EmailField):
            field.label = self.labels.get(name, _("E-mail address"))
            field.validators.append(MaxLengthValidator(ADDRESS_LENGTH))
        elif isinstance(field, PasswordField):
            is_new = name == "password1"
            field.help_text = PASSWORD_HELP if is_new else ""
        elif name == "code":
            field.widget.attrs.update(CODE_HINTS)


class SignInForm(PlainFields, allauth_forms.LoginForm):
    """Address and password."""


class RequestCodeForm(PlainFields, allauth_forms.RequestLoginCodeForm):
    """The address to which a code is mailed."""

    def clean_email(self) -> str:
        """Looks up the member with one query, whether there is one or not; django-allauth asks twice if not."""
        self._user = Member.objects.filter(email=self.cleaned_data["email"], is_active=True).first()
        return str(self.cleaned_data["email"])


class ConfirmSignInForm(PlainFields, allauth_forms.ConfirmLoginCodeForm):
    """The mailed code."""


class ConfirmAddressForm(PlainFields, allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code that shows that an address is one's own."""


class ForgottenPasswordForm(PlainFields, allauth_forms.ResetPasswordForm):
    """The address to which a code for a new password is mailed."""

    def clean_email(self) -> str:
        """Looks up the member with one query, as above."""
        self.users = list(Member.objects.filter(email=self.cleaned_data["email"], is_active=True))
        return str(self.cleaned_data["email"])


class ConfirmResetForm(PlainFields, allauth_forms.ConfirmPasswordResetCodeForm):
    """The code for a new password."""


class NewPasswordForm(PlainFields, allauth_forms.ResetPasswordKeyForm):
    """A new password, after the code."""

    labels: ClassVar = {"password1": _("New password"), "password2": _("New password once more")}


class ChangePasswordForm(PlainFields, allauth_forms.ChangePasswordForm):
    """A new password, by someone who knows the present one."""

    labels: ClassVar = {"oldpassword": _("Present password"), **NewPasswordForm.labels}


class FirstPasswordForm(PlainFields, allauth_forms.SetPasswordForm):
    """A password for someone who signed in without one so far."""

    labels: ClassVar = {"password1": _("Password"), "password2": _("Password once more")}


class ReauthenticateForm(PlainFields, allauth_forms.ReauthenticateForm):
    """The password once more, before something delicate."""


class ChangeAddressForm(PlainFields, allauth_forms.AddEmailForm):
    """A new address; it counts once its code was entered."""

    labels: ClassVar = {"email": _("New e-mail address")}


class SignUpForm(PlainFields, allauth_forms.SignupForm):
    """Joining with a password. An address that has an account already gets the same answer, in the same time."""

    account_already_exists: bool
    invitation_token = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invitation_token"].initial = self._token()
        if self.invitation:
            self.fields["email"].initial = self.invitation.email
            self.fields["email"].widget.attrs["readonly"] = True

    def find_invitation(self, now: datetime) -> Invitation | None:
        """The one whose link led here."""
        return Invitation.objects.of_link(self._token(), now=now)

    def _token(self) -> str:
        found = self.data.get("invitation_token") if self.is_bound else context.request.GET.get("invitation")
        return str(found or "")[:100]

    @property
    def invitation_is_over(self) -> bool:
        """Whether a link led here that counts no more."""
        return bool(self._token()) and self.invitation is None

    def clean(self) -> dict[str, Any]:
        """Who waits for the community to open has no account yet, and needs no password."""
        data = super().clean()
        if self.is_request:
            self.errors.pop("password1", None)
        return data or {}

    def try_save(self, request: HttpRequest) -> tuple[Member | None, HttpResponse | None]:
        """Returns the new member, or the answer where there is none: who waits, whose address has an account."""
        if self.is_request:
            return None, self.wait(is_known=self.account_already_exists)
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # as slow as for a new member
            return super().try_save(request)
        try:
            return self.save(request), None
        except IntegrityError:  # the same form was sent twice at once
            self.account_already_exists = True
            return super().try_save(request)

    def save(self, request: HttpRequest) -> Member:
        """Stores member and address together; the slow hash is done before the database is locked."""
        adapter = get_adapter()
        member = adapter.save_user(request, adapter.new_user(request), self, commit=False)
        with transaction.atomic():
            member.save()
            self.custom_signup(request, member)
            setup_user_email(request, member, [EmailAddress(email=member.email)])
        return member
