"""django-allauth's OpenID Connect, closer to the letter: a nonce, one and the same subject, kind words when it is away.

Settings name the class under SOCIALACCOUNT_PROVIDERS; its addresses are in `members.openid.urls`.
"""

import logging
import secrets
from typing import Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from requests import RequestException

logger = logging.getLogger("portal.openid")
# What comes of answers that are no OpenID Connect: another site at that address, half a document.
UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)


def not_confirmed(request: HttpRequest, provider: OpenIDConnectProvider, problem: Exception) -> HttpResponse:
    """Returns the page that says so; who runs the portal finds the kind of problem in the log, never what was sent."""
    logger.warning("The identity provider %s did not answer as it should: %s", provider.sub_id, type(problem).__name__)
    return render_authentication_error(request, provider, exception=problem)


class PortalOpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """Reads what the provider answers; `nonce` is what this browser's sign-in began with."""

    nonce: str | None = None

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Raises OAuth2Error for a token of another sign-in, and for facts about somebody else."""
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("no id_token")
        told = self._decode_id_token(app, id_token)
        if not self.nonce or not secrets.compare_digest(str(told.get("nonce", "")), self.nonce):
            raise OAuth2Error("the nonce is of another sign-in")
        facts = self._fetch_user_info(token.token)
        if facts.get("sub") != told["sub"]:
            raise OAuth2Error("userinfo is about somebody else")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": facts, "id_token": told})


class PortalOpenIDProvider(OpenIDConnectProvider):
    """A provider of the environment."""

    oauth2_adapter_class = PortalOpenIDAdapter

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Leads to the provider; shows a page in words where it cannot be reached."""
        nonce = secrets.token_urlsafe(24)
        kwargs |= {"auth_params": {**self.get_auth_params(), "nonce": nonce}, "nonce": nonce}
        try:
            answer: HttpResponse = super().redirect(request, process, next_url, data, **kwargs)
        except (RequestException, *UNREADABLE) as problem:
            return not_confirmed(request, self, problem)
        return answer

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Returns the address, verified only where the provider says so outright; some send words for it."""
        addresses: list[Any] = super().extract_email_addresses(data)
        for address in addresses:
            address.verified = address.verified in {True, "true"}
        return addresses
