"""What tests of accounts share: members who can sign in, and the codes that were mailed to them."""

import re

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from members.models import Community, Mail, Member
from tests.factories import MemberFactory

PASSWORD = "learn-together"
JOINING = {
    "name": "Nell Newcomer",
    "email": "nell@example.org",
    "role": "manager",
    "password1": "four words walk home",
}


def account(**fields) -> Member:
    """Returns a member whose address is confirmed, so that they can sign in."""
    member = MemberFactory(**fields)
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member


def admit(*domains: str, stage: str = Community.Stage.LEADS) -> None:
    """Lets people with addresses of these domains join."""
    Community.objects.update_or_create(pk=1, defaults={"allowed_domains": "\n".join(domains), "stage": stage})


def sign_in(member: Member, password: str = PASSWORD, client: Client | None = None, **data: str) -> Client:
    """Signs in through the form; returns the client."""
    client = client or Client()
    client.post("/accounts/login/", {"login": member.email, "password": password, **data})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/members/me/").status_code == 200


def last_code(address: str) -> str:
    """Returns the code of the latest mail to that address."""
    body = Mail.objects.filter(to=address).latest("pk").body
    return re.search(r"^    ([A-Z]{4}-[A-Z]{4})$", body, re.MULTILINE)[1]


def with_app(member: Member) -> str:
    """Gives the member an authenticator app and recovery codes; returns the app's secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(member, secret)
    RecoveryCodes.activate(member)
    return secret


def app_code(secret: str) -> str:
    """Returns the code that the app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
