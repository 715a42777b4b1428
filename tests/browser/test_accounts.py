"""Signing in with a real browser: passkeys under the content security policy, and how the pages stand."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.members.accounts import PASSWORD, account, admit, last_code, with_app
from tests.members.passkeys import passkey_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(scheme, width) for scheme in ("light", "dark") for width in (320, 1280)]


@pytest.fixture
def member(live_server):
    admit("example.org")
    return account(email="lea@example.org", name="Lea Lead")


@pytest.fixture
def authenticator(context, page):
    """A fingerprint reader of software, as Chromium offers it to tests."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def sign_in(page, member):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("/")


def add_passkey(page):
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name", exact=False).fill("Laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()


def test_a_passkey_is_added_and_opens_the_account(member, page, authenticator):
    sign_in(page, member)
    add_passkey(page)
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/members/me/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("/members/me/")


def test_a_passkey_comes_after_the_password(member, page, authenticator):
    sign_in(page, member)
    add_passkey(page)
    page.goto("/accounts/sessions/")
    page.get_by_role("button", name="Sign out everywhere").click()
    page.wait_for_url("/accounts/login/")
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("/")


def test_without_a_passkey_the_page_says_that_it_did_not_work(member, page, authenticator, complaints):
    devtools, reader = authenticator
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": reader, "isUserVerified": False})
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work")


def test_without_scripts_a_code_opens_the_account(member, browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    page.get_by_role("link", name="Mail me a code").click()
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_role("button", name="Mail me a code").click()
    page.get_by_label("Code", exact=True).fill(last_code(member.email))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{live_server.url}/")
    context.close()


def test_by_keyboard_alone(member, page):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(member.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("/")


def visitors_pages(page, member):
    yield "sign-in", lambda: page.goto("/accounts/login/")
    yield "sign-in-wrong", lambda: wrong_password(page, member)
    yield "code", lambda: page.goto("/accounts/login/code/")
    yield "code-confirm", lambda: ask_for_code(page, member)
    yield "forgotten", lambda: (page.context.clear_cookies(), page.goto("/accounts/password/reset/"))
    yield "join", lambda: page.goto("/accounts/signup/")
    yield "join-wrong", lambda: join_wrong(page)
    yield "inactive", lambda: page.goto("/accounts/inactive/")


def wrong_password(page, member):
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("do not belong together").first).to_be_visible()


def ask_for_code(page, member):
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_role("button", name="Mail me a code").click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()


def join_wrong(page):
    page.get_by_label("E-mail address").fill("a@elsewhere.example")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("by invitation.").first).to_be_visible()


MEMBERS_PAGES = {
    "address": "/accounts/email/",
    "password": "/accounts/password/change/",
    "factors": "/accounts/2fa/",
    "passkeys": "/accounts/2fa/webauthn/",
    "passkey-add": "/accounts/2fa/webauthn/add/",
    "recovery-codes": "/accounts/2fa/recovery-codes/",
    "sessions": "/accounts/sessions/",
    "sign-out": "/accounts/logout/",
    "reauthenticate": "/accounts/reauthenticate/",
}


@pytest.fixture
def look(page, axe, sideways, scheme, width):
    """Call it with a name: axe finds nothing on the page and nothing is cut off.

    The folder in ACCOUNT_PICTURES gets a picture of it, for those who want to see it themselves.
    """

    def looked(name):
        if folder := os.environ.get("ACCOUNT_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
        assert (name, axe(page), sideways(page)) == (name, [], 0)

    return looked


@pytest.mark.parametrize(("scheme", "width"), SIZES)
def test_pages_of_visitors_are_open_to_everyone(member, page, look):
    for name, open_page in visitors_pages(page, member):
        open_page()
        look(name)


@pytest.mark.parametrize(("scheme", "width"), SIZES)
def test_pages_of_members_are_open_to_everyone(member, page, look):
    sign_in(page, member)
    page.goto("/accounts/reauthenticate/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.goto("/accounts/2fa/totp/activate/")
    look("app")
    with_app(member)
    passkey_of(member)
    for name, path in MEMBERS_PAGES.items():
        page.goto(path)
        look(name)
