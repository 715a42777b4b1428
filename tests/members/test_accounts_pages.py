"""Every page of accounts: it is ours, it has one h1, and the content security policy blocks nothing on it."""

from html.parser import HTMLParser

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import get_resolver, reverse

from members.models import Member
from tests.members.accounts import JOINING, PASSWORD, account, admit, last_code, sign_in, with_app
from tests.members.passkeys import passkey_of
from tests.test_rights import walk

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # what is shown is the same on every database


class Page(HTMLParser):
    """What a test asks of a page."""

    def __init__(self, html):
        super().__init__()
        self.inline, self.h1, self.forms, self.ids, self.labelled, self.fields = [], 0, [], [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.inline += [f"{tag} {name}" for name in attrs if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in attrs and attrs.get("type") != "application/json"):
            self.inline.append(tag)
        self.h1 += tag == "h1"
        if tag == "form":
            self.forms.append(attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "label":
            self.labelled.add(attrs.get("for"))
        if tag == "input" and attrs.get("type") not in {"hidden", "radio", "checkbox", "search"}:
            self.fields.append(attrs)


def reauthenticated(client: Client) -> Client:
    """Lets pages open that ask for the password once more."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def member():
    admit("example.org")
    return account(email="lea@example.org", name="Lea Lead")


@pytest.fixture
def inside(member):
    return reauthenticated(sign_in(member))


def visitor(path, **data):
    return lambda member: Client().get(path, data)


def posted(path, then=None, **data):
    """A visitor who sends a form and is led on."""

    def answer(member):
        client = Client()
        response = client.post(path, data)
        return client.get(then or response.headers["Location"]) if response.status_code == 302 else response

    return answer


def opened(path, prepare=None, data=None):
    """A member who opens a page, or sends it a form."""

    def answer(member):
        client = reauthenticated(sign_in(member))
        if prepare:
            prepare(member, client)
        address = path(member) if callable(path) else path
        return client.get(address) if data is None else client.post(address, data)

    return answer


def second_factor(member):
    with_app(member)
    passkey_of(member)
    client = sign_in(member)
    return client.get("/accounts/2fa/authenticate/")


def forgotten(member):
    client = Client()
    client.post("/accounts/password/reset/", {"email": member.email})
    client.post("/accounts/password/reset/confirm/", {"code": last_code(member.email)})
    return client.get("/accounts/password/reset/complete/")


def key_page(action):
    return lambda member: reverse(f"mfa_{action}_webauthn", kwargs={"pk": passkey_of(member).pk})


def with_pending_address(member, client):
    EmailAddress.objects.create(user=member, email="new@example.org")


def without_password(member, client):
    member.set_unusable_password()
    member.save()
    client.force_login(member)


PAGES = {
    "account_login": [
        visitor("/accounts/login/"),
        visitor("/accounts/login/", next="/members/"),
        posted("/accounts/login/", login="lea@example.org", password="wrong"),
        posted("/accounts/login/", login="", password=""),
    ],
    "account_signup": [
        visitor("/accounts/signup/"),
        posted("/accounts/signup/", **{**JOINING, "email": "a@b.example"}),
    ],
    "account_request_login_code": [visitor("/accounts/login/code/"), posted("/accounts/login/code/", email="no")],
    "account_confirm_login_code": [posted("/accounts/login/code/", email="lea@example.org")],
    "account_reset_password": [
        visitor("/accounts/password/reset/"),
        posted("/accounts/password/reset/", email="no"),
        opened("/accounts/password/reset/"),
    ],
    "account_confirm_password_reset_code": [posted("/accounts/password/reset/", email="lea@example.org")],
    "account_complete_password_reset": [forgotten],
    "account_password_reset_completed": [visitor("/accounts/password/reset/done/")],
    "account_email_verification_sent": [posted("/accounts/signup/", **JOINING)],
    "account_inactive": [visitor("/accounts/inactive/")],
    "account_logout": [opened("/accounts/logout/")],
    "account_email": [
        opened("/accounts/email/"),
        opened("/accounts/email/", with_pending_address),
        opened("/accounts/email/", data={"email": "no", "action_add": ""}),
    ],
    "account_change_password": [opened("/accounts/password/change/"), opened("/accounts/password/change/", data={})],
    "account_set_password": [opened("/accounts/password/set/", without_password)],
    "account_reauthenticate": [opened("/accounts/reauthenticate/"), opened("/accounts/reauthenticate/", data={})],
    "usersessions_list": [opened("/accounts/sessions/"), opened("/accounts/sessions/", data={"end": "0"})],
    "mfa_index": [
        opened("/accounts/2fa/"),
        opened("/accounts/2fa/", lambda member, client: (with_app(member), passkey_of(member))),
        opened("/accounts/2fa/", lambda member, client: passkey_of(member)),
    ],
    "mfa_authenticate": [second_factor],
    "mfa_reauthenticate": [opened("/accounts/2fa/reauthenticate/", lambda member, client: with_app(member))],
    "mfa_reauthenticate_webauthn": [
        opened("/accounts/2fa/webauthn/reauthenticate/", lambda member, client: passkey_of(member))
    ],
    "mfa_activate_totp": [opened("/accounts/2fa/totp/activate/"), opened("/accounts/2fa/totp/activate/", data={})],
    "mfa_deactivate_totp": [opened("/accounts/2fa/totp/deactivate/", lambda member, client: with_app(member))],
    "mfa_view_recovery_codes": [opened("/accounts/2fa/recovery-codes/", lambda member, client: with_app(member))],
    "mfa_generate_recovery_codes": [
        opened("/accounts/2fa/recovery-codes/generate/", lambda member, client: with_app(member)),
        opened("/accounts/2fa/recovery-codes/generate/", lambda member, client: passkey_of(member)),
    ],
    "mfa_list_webauthn": [
        opened("/accounts/2fa/webauthn/"),
        opened("/accounts/2fa/webauthn/", lambda member, client: passkey_of(member)),
    ],
    "mfa_add_webauthn": [opened("/accounts/2fa/webauthn/add/"), opened("/accounts/2fa/webauthn/add/", data={})],
    "mfa_edit_webauthn": [opened(key_page("edit")), opened(key_page("edit"), data={"name": ""})],
    "mfa_remove_webauthn": [opened(key_page("remove"))],
    "socialaccount_connections": [opened("/accounts/3rdparty/")],
    "socialaccount_login_cancelled": [visitor("/accounts/3rdparty/login/cancelled/")],
    "socialaccount_login_error": [opened("/accounts/3rdparty/login/error/")],
}
# No page: a file, a question in JSON, and a form that only comes after an identity provider.
NO_PAGES = {"mfa_download_recovery_codes", "mfa_login_webauthn", "socialaccount_signup"}
CASES = [
    pytest.param(answer, id=f"{name}-{number}")
    for name, answers in PAGES.items()
    for number, answer in enumerate(answers)
]


def test_the_list_has_every_page():
    names = {name for name, _ in walk(get_resolver().url_patterns)}
    assert {name for name in names if name.startswith(("account_", "mfa_", "usersessions_", "socialaccount_"))} == {
        *PAGES,
        *NO_PAGES,
    }


@pytest.mark.parametrize("answer", CASES)
def test_each_page_is_ours_and_the_policy_blocks_nothing(answer, member):
    response = answer(member)
    page = Page(response.content.decode())
    assert response.status_code in {200, 401, 422}
    assert "base.html" in {template.name for template in response.templates}
    assert page.inline == []
    assert page.h1 == 1
    assert len(page.ids) == len(set(page.ids))
    assert {field.get("id") for field in page.fields} <= page.labelled
    assert [field for field in page.fields if "placeholder" in field] == []
    assert response.headers["Content-Security-Policy"].count("unsafe") == 0


@pytest.mark.parametrize("answer", CASES)
def test_german_pages_are_rendered_as_well(answer, member, settings):
    settings.LANGUAGE_CODE = "de"
    Member.objects.update(language="de")
    assert 'lang="de"' in answer(member).content.decode()


def test_pages_of_members_are_kept_by_no_cache(inside):
    for path in ("/accounts/email/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/2fa/recovery-codes/generate/"):
        assert "no-store" in inside.get(path).headers["Cache-Control"]


class TestDemoAccounts:
    def test_are_listed_on_a_server_for_trying_things_out(self, settings, client):
        settings.DEBUG = True
        account(email="mira@cop.example")
        account(email="lea@example.org")
        Member.objects.create_user("gone@cop.example", is_active=False)
        page = client.get("/accounts/login/").content.decode()
        assert [address in page for address in ("mira@cop.example", "learn-together")] == [True, True]
        assert [address in page for address in ("lea@example.org", "gone@cop.example")] == [False, False]

    def test_never_anywhere_else(self, client):
        account(email="mira@cop.example")
        page = client.get("/accounts/login/").content.decode()
        assert [word in page for word in ("mira@cop.example", "learn-together")] == [False, False]


def test_looking_at_pages_writes_nothing(inside, member):
    """Questions for a passkey, the secret for an app and codes that were seen are noted, and nothing else."""
    with_app(member)
    before = rows()
    for path in ("email/", "password/change/", "2fa/", "2fa/webauthn/", "sessions/", "logout/"):
        inside.get(f"/accounts/{path}")
    for path in ("login/", "signup/", "login/code/", "password/reset/", "inactive/"):
        Client().get(f"/accounts/{path}")
    assert rows() == before


def rows():
    from django.contrib.sessions.models import Session

    models = (Member, EmailAddress, Authenticator, UserSession, Session)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_codes_can_be_kept_as_a_file(inside, member):
    with_app(member)
    response = inside.get("/accounts/2fa/recovery-codes/download/")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain")
    assert len(response.content.decode().split()) == 10
