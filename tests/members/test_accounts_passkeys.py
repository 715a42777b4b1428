"""Passkeys and the second factor, with a key made of software; and what happens when the answer is nonsense."""

import json

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from members.models import Mail
from tests.conftest import NOW
from tests.members.accounts import PASSWORD, account, app_code, is_signed_in, sign_in, with_app
from tests.members.passkeys import SoftKey, passkey_of, to_text

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # what is shown is the same on every database
ADD, SIGN_IN, LIST = "/accounts/2fa/webauthn/add/", "/accounts/2fa/webauthn/login/", "/accounts/2fa/webauthn/"


@pytest.fixture
def member():
    return account(email="lea@example.org", name="Lea Lead")


@pytest.fixture
def inside(member):
    client = sign_in(member)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def add_passkey(client: Client, name: str = "Laptop") -> SoftKey:
    key = SoftKey()
    options = client.get(ADD).context["js_data"]["creation_options"]
    answer = json.dumps(key.create(json.loads(json.dumps(options))))
    client.post(ADD, {"name": name, "passwordless": "on", "credential": answer})
    return key


def question(client: Client) -> dict:
    return client.get(SIGN_IN, headers={"Accept": "application/json"}).json()["request_options"]


def test_signs_in_alone(inside, member, client):
    key = add_passkey(inside)
    response = client.post(SIGN_IN, {"credential": json.dumps(key.ask(question(client))), "next": "/members/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/members/")
    assert is_signed_in(client)


def test_is_asked_for_after_the_password(inside, member, client):
    key = add_passkey(inside)
    response = sign_in(member, client=client).get("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)
    client.post(
        "/accounts/2fa/authenticate/",
        {"credential": json.dumps(key.ask(response.context["js_data"]["request_options"]))},
    )
    assert is_signed_in(client)


def test_another_key_opens_nothing(inside, member, client):
    key, stranger = add_passkey(inside), SoftKey()
    stranger.owner = key.owner
    response = client.post(SIGN_IN, {"credential": json.dumps(stranger.ask(question(client)))})
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/")
    assert not is_signed_in(client)


def test_a_wrong_signature_opens_nothing(inside, member, client):
    key = add_passkey(inside)
    key.private = SoftKey().private
    response = client.post(SIGN_IN, {"credential": json.dumps(key.ask(question(client)))})
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/")
    assert not is_signed_in(client)


def test_an_answer_counts_once(inside, member, client):
    key = add_passkey(inside)
    answer = {"credential": json.dumps(key.ask(question(client)))}
    client.post(SIGN_IN, answer)
    other = Client()
    question(other)
    other.post(SIGN_IN, answer)
    assert [is_signed_in(client), is_signed_in(other)] == [True, False]


def test_its_owner_is_told_and_gets_recovery_codes(inside, member):
    add_passkey(inside)
    assert [(mail.to, mail.kind) for mail in Mail.objects.all()] == [(member.email, "webauthn_added")]
    assert sorted(Authenticator.objects.values_list("type", flat=True)) == ["recovery_codes", "webauthn"]
    assert "Laptop" in inside.get(LIST).content.decode()


def test_is_renamed_and_removed(inside, member):
    add_passkey(inside)
    row = Authenticator.objects.get(type="webauthn")
    page = f"{LIST}keys/{row.pk}/"
    assert inside.post(f"{page}edit/", {"name": "x" * 61}).status_code == 422
    inside.post(f"{page}edit/", {"name": "Phone"})
    assert "Phone" in inside.get(LIST).content.decode()
    inside.post(f"{page}remove/")
    assert Authenticator.objects.count() == 0


def test_those_of_others_do_not_exist(inside):
    foreign = passkey_of(account())
    denied = inside.get(f"{LIST}keys/{foreign.pk}/edit/")
    missing = inside.get(f"{LIST}keys/999999/edit/")
    assert (denied.status_code, denied.content) == (missing.status_code, missing.content) == (404, missing.content)
    assert inside.post(f"{LIST}keys/{foreign.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=foreign.pk).exists()


def test_adding_one_needs_the_password(member):
    client = sign_in(member)
    assert client.get(ADD).headers["Location"].startswith("/accounts/reauthenticate/")
    assert client.get("/accounts/2fa/totp/activate/").headers["Location"].startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize("kind", ["app", "recovery"])
@time_machine.travel(NOW, tick=False)  # the app's code changes every half minute
def test_a_code_counts_once(kind, member):
    secret = with_app(member)
    recovery = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    code = app_code(secret) if kind == "app" else recovery[0]
    clients = [sign_in(member), sign_in(member)]
    statuses = [client.post("/accounts/2fa/authenticate/", {"code": code}).status_code for client in clients]
    assert statuses == [302, 422]
    assert [is_signed_in(client) for client in clients] == [True, False]


@time_machine.travel(NOW, tick=False)
def test_an_app_is_set_up_and_switched_off(inside, member):
    secret = inside.get("/accounts/2fa/totp/activate/").context["form"].secret
    assert inside.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 422
    response = inside.post("/accounts/2fa/totp/activate/", {"code": app_code(secret)})
    assert response.headers["Location"] == "/accounts/2fa/recovery-codes/"
    inside.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.count() == 0


KEY = SoftKey()
GOOD = KEY.create({"publicKey": {"user": {"id": "MQ"}, "challenge": "YW55"}})
ASKED = KEY.ask({"publicKey": {"challenge": "YW55"}})


def changed(whole: dict, **changes) -> str:
    return json.dumps({**whole, **changes})


NONSENSE = [
    "",
    "nonsense",
    "[]",
    "{}",
    "null",
    "0",
    '"text"',
    '{"response": null}',
    "[" * 2_000,
    '{"id": "\\u0000"}',
    *[
        text
        for whole in (GOOD, ASKED)
        for text in (
            changed(whole, response=[]),
            changed(whole, response={}),
            changed(whole, response={**whole["response"], "clientDataJSON": "%%%"}),
            changed(whole, response={**whole["response"], "clientDataJSON": ""}),
            changed(whole, response={**whole["response"], "clientDataJSON": "bnVsbA"}),  # null
            changed(whole, response={**whole["response"], "clientDataJSON": "_w"}),  # not UTF-8
            changed(whole, response={**whole["response"], "attestationObject": "AAAA"}),
            changed(whole, response={**whole["response"], "attestationObject": "oA"}),  # an empty map
            changed(whole, response={**whole["response"], "attestationObject": to_text(b"\x81" * 5_000)}),  # very deep
            changed(whole, response={**whole["response"], "attestationObject": to_text(b"\x5b" + b"\x7f" * 8)}),  # huge
            changed(whole, response={**whole["response"], "authenticatorData": "AAAA"}),
            changed(whole, response={**whole["response"], "signature": 5}),
            changed(whole, response={**whole["response"], "userHandle": "_____w"}),
            changed(whole, response={**whole["response"], "userHandle": "enp6enp6enp6enp6enp6eno"}),  # a huge number
            changed(whole, response={**whole["response"], "userHandle": None}),
            changed(whole, response={**whole["response"], "userHandle": 7}),
            changed(whole, id="", rawId=""),
            changed(whole, id="\ud800"),
            changed(whole, type="private-key"),
            changed(whole, clientExtensionResults=[]),
            changed(whole, clientExtensionResults={"credProps": "\x00"}),
            changed(whole, authenticatorAttachment={"a": 1}),
        )
    ],
]


@pytest.mark.parametrize("credential", NONSENSE)
def test_nonsense_is_refused_kindly(credential, member):
    passkey_of(member)
    client = sign_in(member)
    answers = [client.post("/accounts/2fa/authenticate/", {"credential": credential})]
    visitor = Client()
    question(visitor)
    answers.append(visitor.post(SIGN_IN, {"credential": credential}))
    inside = Client()
    inside.force_login(member)
    inside.post("/accounts/reauthenticate/", {"password": PASSWORD})
    inside.get(ADD)
    answers.append(inside.post(ADD, {"name": "x", "credential": credential}))
    inside.get("/accounts/2fa/webauthn/reauthenticate/")
    answers.append(inside.post("/accounts/2fa/webauthn/reauthenticate/", {"credential": credential}))
    assert [answer.status_code for answer in answers] == [422, 302, 422, 302]
    assert not is_signed_in(client)
    assert not is_signed_in(visitor)
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_the_picture_for_the_app_can_be_scanned_from_a_dark_page(inside):
    picture = inside.get("/accounts/2fa/totp/activate/").context["totp_svg"]
    assert picture.index('<rect fill="white"') < picture.index("<path")


def test_the_app_shows_the_name_of_the_community(inside):
    url = inside.get("/accounts/2fa/totp/activate/").context["totp_url"]
    assert url.startswith("otpauth://totp/lea%40example.org?secret=")
    assert url.endswith("&issuer=Leadership%20Commons")


def test_other_ways_to_show_who_one_is_have_our_words(inside, member):
    with_app(member)
    passkey_of(member)
    ways = inside.get("/accounts/reauthenticate/").context["reauthentication_alternatives"]
    assert sorted(str(way["description"]) for way in ways) == ["Use a code of your app", "Use a passkey"]
