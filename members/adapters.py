"""How signing in works here, where it differs from django-allauth."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.network import client_ip
from cop_portal.lib.text import clean_name
from members.account_mail import write_account_mail
from members.models import Community, Member

WAYS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code of your app"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by e-mail address; mail goes through the ledger."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account rests. A facilitator can wake it up."),
        "email_password_mismatch": _("This address and this password do not belong together."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This is not the code we sent."),
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("That was a lot in a short time. Please wait a little."),
        "same_as_current": _("This is the address you have already."),
        "duplicate_email": _("This is the address you have already."),
        "too_many_login_attempts": _("That was one try too many. Please begin again in a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether anybody may join at all; JoinForm asks whether this address may."""
        return Community.current().stage != Community.Stage.CLOSED

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Writes to the ledger, so that no page waits for a mail server."""
        write_account_mail(template_prefix, email, context, now=timezone.now())
        self.request.wrote_mail = True

    def get_client_ip(self, request: HttpRequest) -> str:
        """Returns the address as the limits see it; what comes without one, through a Unix socket, is from here."""
        return client_ip(request) or "127.0.0.1"

    def is_safe_url(self, url: str | None) -> bool:
        """Whether `next` stays on this very host; ALLOWED_HOSTS may name others."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_reauthentication_methods(self, user: Member | AnonymousUser) -> list[dict[str, Any]]:
        """Returns the ways to show once more who one is, with our words."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": WAYS.get(method["id"], method["description"])} for method in methods]

    def is_ajax(self, request: HttpRequest) -> bool:
        """Only the question for a passkey is answered in JSON; all other pages are pages."""
        asks_for_passkey = request.method == "GET" and request.path == reverse("mfa_login_webauthn")
        return asks_for_passkey and request.headers.get("Accept") == "application/json"


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Signing in with an identity provider: the same people may join as with a password."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whether the person behind `sociallogin` may join; without an address JoinForm asks for one and decides."""
        from members.social_forms import invitation_of

        if not super().is_open_for_signup(request, sociallogin):
            return False
        email = sociallogin.user.email
        return not email or Community.current().admits(email) or bool(invitation_of(sociallogin, now=timezone.now()))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Member:
        """Returns the member to be, with the name that the provider knows."""
        member: Member = super().populate_user(request, sociallogin, data)
        member.name = clean_name(str(data.get("name") or ""))[:80]
        return member

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        """Returns what the provider knows, the name too; the person can change it."""
        data: dict[str, Any] = super().get_signup_form_initial_data(sociallogin)
        return {**data, "name": sociallogin.user.name}


class SecondFactorAdapter(DefaultMFAAdapter):
    """The words that authenticator apps and passkey managers show."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This did not match. Please try again."),
        "unverified_email": _(
            "Please confirm your e-mail address first; then a second factor can protect the account."
        ),
    }

    def _get_site_name(self) -> str:
        return Community.current().name

    def build_totp_svg(self, url: str) -> str:
        """Returns the picture for the app on a ground of its own, so that it can be scanned from a dark page too."""
        import qrcode  # type: ignore[import-untyped]
        from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

        return str(qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode"))

    def generate_authenticator_name(self, user: Member, type: str) -> str:  # noqa: A002 -- allauth names it so
        """Returns a name for the next passkey of `user`; they can change it."""
        from allauth.mfa.models import Authenticator

        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1} if count else gettext("Passkey")
