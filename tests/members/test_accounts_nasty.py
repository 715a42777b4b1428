"""Whatever is sent to the doors: never a 5xx, and nobody gets in."""

import pytest
from django.test import Client

from members.models import Member
from tests.members.accounts import PASSWORD, account, admit, is_signed_in, sign_in

pytestmark = pytest.mark.django_db

NASTY = [
    "",
    "\x00",
    "a\x00b@example.org",
    "\ud83d",
    "\u202e@example.org",
    "ä@example.org",
    "a@[127.0.0.1]",
    "a@example.org\r\nBcc: b@example.org",
    "'\"><script>alert(1)</script>@example.org",
    "{{ 7 * 7 }}@example.org",
    "x" * 100_000,
    "x" * 64 + "@" + "y" * 300 + ".example.org",
    "[]",
    "http://[",
    "//[::1",
    "javascript:alert(1)",
]
DOORS = {
    "login/": ("login", "password", "next", "remember"),
    "signup/": ("name", "email", "role", "password1", "next"),
    "login/code/": ("email", "next"),
    "login/code/confirm/": ("code", "action", "next"),
    "password/reset/": ("email", "next"),
    "password/reset/confirm/": ("code", "next"),
    "password/reset/complete/": ("password1", "password2"),
    "confirm-email/": ("code", "action", "email", "next"),
    "2fa/authenticate/": ("code", "credential"),
    "2fa/webauthn/login/": ("credential", "next"),
    "logout/": ("next",),
}
ROOMS = {
    "email/": ("email", "action_add", "action_send", "action_remove", "action_primary"),
    "password/change/": ("oldpassword", "password1", "password2", "next"),
    "password/set/": ("password1", "password2", "next"),
    "reauthenticate/": ("password", "next"),
    "sessions/": ("end",),
    "2fa/totp/activate/": ("code",),
    "2fa/totp/deactivate/": ("x",),
    "2fa/webauthn/add/": ("name", "passwordless", "credential"),
    "2fa/reauthenticate/": ("code", "next"),
    "3rdparty/": ("account",),
}
STARTS = {"login/code/confirm/": "login/code/", "password/reset/c": "password/reset/"}
KIND = {200, 302, 400, 403, 404, 422, 429}


@pytest.fixture
def member(settings):
    settings.RATE_LIMITS = False
    admit("example.org")
    return account(email="lea@example.org")


def encoded(value: str) -> str:
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def statuses_of(client: Client, url: str, fields: tuple[str, ...]) -> set[int]:
    """Sends each nasty text in every field, in the address, in the form, and twice in the form."""
    seen = set()
    for value in map(encoded, NASTY):
        seen.add(client.get(url, dict.fromkeys(fields, value)).status_code)
        seen.add(client.post(url, dict.fromkeys(fields, value)).status_code)
        seen.add(client.post(url, {name: [value, "twice"] for name in fields}).status_code)
    return seen


@pytest.mark.parametrize("path", DOORS)
def test_at_the_doors(path, member):
    client = Client()
    for door, start in STARTS.items():
        if path.startswith(door):
            client.post(f"/accounts/{start}", {"email": member.email})
    assert statuses_of(client, f"/accounts/{path}", DOORS[path]) <= KIND
    assert not is_signed_in(client)
    assert Member.objects.count() == 1


@pytest.mark.parametrize("path", ROOMS)
def test_inside(path, member):
    client = sign_in(member)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert statuses_of(client, f"/accounts/{path}", ROOMS[path]) <= KIND
    assert is_signed_in(sign_in(member))


@pytest.mark.parametrize("path", [*DOORS, *ROOMS])
@pytest.mark.parametrize("body", [b"%ff=%fe", b"email=%ff%fe%00&login=%c3%28", b"=&&==&", b"email[]=1&email[a]=2"])
def test_bytes_that_are_no_text(path, body, member):
    for client in (Client(), sign_in(member)):
        response = client.post(f"/accounts/{path}", body, content_type="application/x-www-form-urlencoded")
        assert response.status_code in KIND


@pytest.mark.parametrize("path", [*DOORS, *ROOMS])
def test_no_form_counts_without_its_token(path, member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member) if path in ROOMS else None
    assert client.post(f"/accounts/{path}", {"x": "y"}).status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_verbs_change_nothing(method, member):
    client = sign_in(member)
    for path in [*DOORS, *ROOMS]:
        assert getattr(client, method)(f"/accounts/{path}").status_code in {*KIND, 405}
    assert is_signed_in(client)
