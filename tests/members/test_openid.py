"""Signing in with an identity provider: a real one on this machine, over HTTP."""

import subprocess
import sys
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import environ
import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as configured
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from members.invitations import Invitation, JoinRequest
from members.joining import invite
from members.models import Community, Mail, Member
from members.openid.environment import origins_of, providers_from
from tests.members.accounts import PASSWORD, account, admit, is_signed_in, last_code, sign_in, with_app
from tests.members.identity_provider import IdentityProvider

pytestmark = pytest.mark.django_db
DOOR = "/accounts/oidc/fake/login/"
NELL = "nell@example.org"
ACME = {
    "OIDC_PROVIDERS": "acme",
    "OIDC_ACME_SERVER": "https://id.acme.example/realms/all",
    "OIDC_ACME_CLIENT_ID": "portal",
    "OIDC_ACME_SECRET": "s3cret",
}
JOIN = {"name": "Nell Newcomer", "email": NELL, "role": "manager"}


@pytest.fixture
def provider(settings):
    found = IdentityProvider()
    known = configured.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {**known, "APPS": [found.app()]}}
    yield found
    found.stop()


def there(client, provider, door=DOOR):
    """Goes to the provider and returns the path back."""
    return provider.authorize(client.post(door).headers["Location"])


def back(client, provider, door=DOOR):
    return client.get(there(client, provider, door))


class TestTheWay:
    def test_the_sign_in_page_offers_it(self, provider, client):
        page = client.get("/accounts/login/").content.decode()
        assert DOOR in page
        assert "Fake" in page
        assert "Continue with Fake" in client.get(DOOR).content.decode()

    def test_there_is_none_unless_the_environment_names_one(self, client):
        assert "oidc" not in client.get("/accounts/login/").content.decode()
        assert client.get("/accounts/oidc/fake/login/").status_code == 404
        assert client.get("/accounts/oidc/fake/login/callback/?code=1&state=2").status_code == 404

    def test_from_the_door_to_the_home_page(self, provider, client):
        admit("example.org")
        response = back(client, provider)
        assert response.headers["Location"] == "/accounts/3rdparty/signup/"
        page = client.get("/accounts/3rdparty/signup/").content.decode()
        assert 'value="Nell Newcomer"' in page
        assert f'value="{NELL}"' in page
        response = client.post("/accounts/3rdparty/signup/", JOIN)
        assert (response.status_code, response.headers["Location"]) == (302, "/")
        assert is_signed_in(client)
        member = Member.objects.get()
        assert (member.name, member.email, member.role) == ("Nell Newcomer", NELL, "manager")
        assert (member.has_usable_password(), Mail.objects.count()) == (False, 0)

    def test_the_second_time_it_opens_the_account(self, provider, client):
        admit("example.org")
        back(client, provider)
        client.post("/accounts/3rdparty/signup/", JOIN)
        admit()  # who is a member stays one
        again = Client()
        assert back(again, provider, f"{DOOR}?next=/members/").headers["Location"] == "/members/"
        assert is_signed_in(again)

    def test_the_second_factor_is_asked_all_the_same(self, provider, client):
        admit("example.org")
        back(client, provider)
        client.post("/accounts/3rdparty/signup/", JOIN)
        with_app(Member.objects.get())
        again = Client()
        assert back(again, provider).headers["Location"] == "/accounts/2fa/authenticate/"
        assert not is_signed_in(again)

    def test_a_member_connects_it_and_signs_in_with_it(self, provider, client):
        member = account(email="lea@example.org")
        provider.person["email"] = "lea@private.example"
        sign_in(member, client=client)
        response = back(client, provider, f"{DOOR}?process=connect")
        assert response.headers["Location"].startswith("/accounts/reauthenticate/")
        response = client.post(response.headers["Location"], {"password": PASSWORD}, follow=True)
        assert response.redirect_chain[-1][0] == "/accounts/3rdparty/"
        assert "Fake" in client.get("/accounts/3rdparty/").content.decode()
        other = Client()
        assert back(other, provider).headers["Location"] == "/"
        assert is_signed_in(other)

    def test_an_account_that_rests_is_not_opened(self, provider, client):
        admit("example.org")
        back(client, provider)
        client.post("/accounts/3rdparty/signup/", JOIN)
        Member.objects.update(is_active=False)
        other = Client()
        assert back(other, provider).headers["Location"] == "/accounts/inactive/"
        assert not is_signed_in(other)


class TestWhoMayJoin:
    def test_a_stranger_reads_that_it_is_by_invitation(self, provider, client):
        admit("other.example")
        response = back(client, provider)
        assert "This community is by invitation" in response.content.decode()
        assert (Member.objects.count(), SocialAccount.objects.count(), Mail.objects.count()) == (0, 0, 0)

    def test_a_stranger_reads_the_same_with_and_without_an_account(self, provider, client):
        without = back(Client(), provider).content.decode()
        account(email=NELL)
        with_account = back(Client(), provider).content.decode()
        assert "This community is by invitation" in without
        assert len(without) == len(with_account)

    def test_an_invited_one_comes_in_and_uses_it_up(self, provider, client):
        invite([NELL], role="guest", by=None, now=datetime.now(UTC))
        assert back(client, provider).headers["Location"] == "/accounts/3rdparty/signup/"
        assert client.post("/accounts/3rdparty/signup/", {**JOIN, "role": "tech_lead"}).headers["Location"] == "/"
        assert (Member.objects.get().role, Invitation.objects.open().count()) == ("guest", 0)

    @pytest.mark.parametrize("verified", [False, None, "false", "", 0])
    def test_an_invited_address_that_nobody_verified_does_not_count(self, verified, provider, client):
        invite([NELL], role="manager", by=None, now=datetime.now(UTC))
        provider.person["email_verified"] = verified
        assert "This community is by invitation" in back(client, provider).content.decode()
        assert Member.objects.count() == 0

    def test_an_unverified_address_of_an_allowed_domain_needs_its_code(self, provider, client):
        admit("example.org")
        provider.person["email_verified"] = False
        back(client, provider)
        response = client.post("/accounts/3rdparty/signup/", JOIN)
        assert response.headers["Location"] == "/accounts/confirm-email/"
        assert not is_signed_in(client)
        client.post("/accounts/confirm-email/", {"code": last_code(NELL)})
        assert is_signed_in(client)

    @pytest.mark.parametrize("verified", [True, False])
    def test_another_address_in_the_form_changes_nothing(self, verified, provider, client):
        admit("example.org")
        provider.person["email_verified"] = verified
        back(client, provider)
        client.post("/accounts/3rdparty/signup/", {**JOIN, "email": "boss@example.org"})
        assert Member.objects.get().email == NELL

    @pytest.mark.parametrize("address", [None, "", "no address"])
    def test_without_an_address_the_form_asks_for_one_and_mails_a_code(self, address, provider, client):
        admit("example.org")
        provider.person |= {"email": address, "email_verified": True}
        assert back(client, provider).headers["Location"] == "/accounts/3rdparty/signup/"
        assert client.post("/accounts/3rdparty/signup/", {**JOIN, "email": "a@evil.example"}).status_code == 422
        response = client.post("/accounts/3rdparty/signup/", JOIN)
        assert response.headers["Location"] == "/accounts/confirm-email/"
        client.post("/accounts/confirm-email/", {"code": last_code(NELL)})
        assert is_signed_in(client)

    @pytest.mark.parametrize("verified", [True, False])
    def test_it_opens_no_account_of_that_address_that_was_there_before(self, verified, provider, client):
        admit("example.org")
        provider.person["email_verified"] = verified
        member = account(email=NELL)
        back(client, provider)
        response = client.post("/accounts/3rdparty/signup/", JOIN)
        assert response.headers["Location"] == "/accounts/confirm-email/"
        assert not is_signed_in(client)
        assert [(mail.to, mail.kind) for mail in Mail.objects.all()] == [(member.email, "account_already_exists")]
        assert SocialAccount.objects.count() == 0

    def test_who_aspires_waits(self, provider, client):
        admit("example.org")
        back(client, provider)
        response = client.post("/accounts/3rdparty/signup/", {**JOIN, "role": "aspiring"})
        assert response.headers["Location"] == "/accounts/waiting/"
        assert (Member.objects.count(), JoinRequest.objects.get().email) == (0, NELL)

    def test_nobody_joins_an_archive(self, provider, client):
        admit("example.org", stage=Community.Stage.CLOSED)
        assert "Nobody joins any more" in back(client, provider).content.decode()

    @pytest.mark.parametrize("power", ["is_staff", "is_superuser", "is_facilitator"])
    def test_nobody_takes_a_power(self, power, provider, client):
        admit("example.org")
        provider.person[power] = True
        back(client, provider)
        assert client.post("/accounts/3rdparty/signup/", {**JOIN, "role": "guest"}).status_code == 422
        back(client, provider)
        client.post("/accounts/3rdparty/signup/", {**JOIN, power: "on"})
        assert getattr(Member.objects.get(), power) is False


class TestWhatGoesWrong:
    @pytest.fixture(autouse=True)
    def open_door(self, provider):
        admit("example.org")

    def refused(self, response):
        assert (response.status_code, Member.objects.count()) == (401, 0)
        assert "The other site did not confirm who you are." in response.content.decode()

    def test_the_state_of_another_browser(self, provider, client):
        path = there(Client(), provider)
        self.refused(client.get(path))

    @pytest.mark.parametrize("query", ["", "?code=1", "?code=1&state=x", "?error=server_error&state=x"])
    def test_an_answer_nobody_asked_for(self, query, client):
        self.refused(client.get(f"{DOOR}callback/{query}"))

    def test_a_code_of_another_sign_in(self, provider, client):
        """Their code with our state: the verifier does not fit."""
        theirs = parse_qs(urlsplit(there(Client(), provider)).query)["code"][0]
        ours = parse_qs(urlsplit(there(client, provider)).query)["state"][0]
        self.refused(client.get(f"{DOOR}callback/?code={theirs}&state={ours}"))

    def test_the_same_answer_twice(self, provider, client):
        path = there(client, provider)
        client.get(path)
        self.refused(client.get(path))

    @pytest.mark.parametrize(
        "lies",
        [
            {"nonce": "of another sign-in"},
            {"nonce": None},
            {"aud": "another portal"},
            {"iss": "https://evil.example"},
            {"exp": 1},
            {"sub": "somebody else"},
            {"sub": None},
        ],
        ids=str,
    )
    def test_an_id_token_that_is_not_ours(self, lies, provider, client):
        provider.lies = lies
        self.refused(back(client, provider))

    def test_facts_about_somebody_else(self, provider, client):
        provider.facts = {"sub": "43"}
        self.refused(back(client, provider))

    def test_a_provider_that_is_away(self, provider, client):
        provider.stop()
        self.refused(client.post(DOOR))

    def test_a_provider_that_goes_away_meanwhile(self, provider, client):
        path = there(client, provider)
        provider.stop()
        self.refused(client.get(path))

    @pytest.mark.parametrize("answer", [b"<html>", b"{}", b"[]", b"null", b"\xff"])
    def test_an_address_where_no_provider_is(self, answer, provider, client):
        provider.answers = {"/.well-known/openid-configuration": answer}
        self.refused(client.post(DOOR))

    @pytest.mark.parametrize("path", ["/token", "/userinfo"])
    @pytest.mark.parametrize("answer", [b"<html>", b"{}", b"[]", b'{"access_token": 1, "id_token": 2}'])
    def test_an_answer_that_cannot_be_read(self, path, answer, provider, client):
        provider.answers = {path: answer}
        self.refused(back(client, provider))

    def test_whoever_turns_back_reads_that_nothing_changed(self, provider, client):
        state = parse_qs(urlsplit(there(client, provider)).query)["state"][0]
        response = client.get(f"{DOOR}callback/?error=access_denied&state={state}", follow=True)
        assert "You turned back at the other site." in response.content.decode()


class TestTheEnvironment:
    def read(self, monkeypatch, variables):
        monkeypatch.setattr("os.environ", variables)
        env = environ.FileAwareEnv()
        monkeypatch.setattr(env, "ENVIRON", variables)
        return providers_from(env, env.list("OIDC_PROVIDERS", default=[]))

    def test_names_any_number(self, monkeypatch):
        two = {name.replace("ACME", "BIG_CO"): value for name, value in ACME.items()}
        more = {"OIDC_PROVIDERS": "acme, big-co", "OIDC_BIG_CO_NAME": "Big & Co"}
        found = self.read(monkeypatch, {**ACME, **two, **more})
        assert [(one["provider_id"], one["name"]) for one in found] == [("acme", "Acme"), ("big-co", "Big & Co")]
        assert origins_of(found) == ["https://id.acme.example"]
        assert self.read(monkeypatch, {}) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"OIDC_ACME_SERVER": "id.acme.example"},
            {"OIDC_ACME_SERVER": "file:///etc/passwd"},
            {"OIDC_PROVIDERS": "../x"},
            {"OIDC_PROVIDERS": "acme,other"},
        ],
    )
    def test_what_is_wrong_is_said_at_the_start(self, change, monkeypatch):
        with pytest.raises(ImproperlyConfigured):
            self.read(monkeypatch, {**ACME, **change})

    def test_its_origin_is_where_forms_may_lead(self):
        code = "import cop_portal.settings as s; print(s.SECURE_CSP['form-action'][1:])"
        variables = {**ACME, "SECRET_KEY": "x" * 50, "VAR_DIR": str(configured.VAR_DIR)}
        done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "['https://id.acme.example']"
