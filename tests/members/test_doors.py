"""How often one may try to get in: passwords, codes, resets, joining."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from members.guards import Limit
from tests.members.accounts import account, with_app
from tests.threads import at_once

LOGIN = "/accounts/login/"
HOME, OFFICE = "198.51.100.7", "203.0.113.9"


def sign_in_as(email: str, password: str, client: Client | None = None, **extra: str):
    return (client or Client()).post(LOGIN, {"login": email, "password": password}, **extra)


def wrong(email: str, **extra: str):
    return sign_in_as(email, "not-the-password", **extra)


def entered(response) -> bool:
    return response.status_code == 302 and response.headers["Location"] == "/"


@pytest.fixture
def ada(db):
    return account(email="ada@example.org")


def test_the_sixth_try_is_refused_even_with_the_right_password(ada):
    failed = [wrong(ada.email, REMOTE_ADDR=f"198.51.100.{number}").status_code for number in range(5)]
    sixth = sign_in_as(ada.email, "learn-together", REMOTE_ADDR=OFFICE)
    assert 429 not in failed
    assert (sixth.status_code, 290 < int(sixth.headers["Retry-After"]) <= 300) == (429, True)


def test_known_and_unknown_addresses_are_refused_alike(ada):
    def answers(email, network):
        return [wrong(email, REMOTE_ADDR=network).status_code for _ in range(7)]

    assert answers(ada.email, HOME) == answers("nobody@example.org", OFFICE)


@pytest.mark.parametrize("written", ["ADA@example.org", " ada@example.org ", "ada@EXAMPLE.org"])
def test_all_ways_to_write_an_address_are_one(ada, written):
    for number in range(5):
        wrong(ada.email, REMOTE_ADDR=f"198.51.100.{number}")
    assert sign_in_as(written, "learn-together", REMOTE_ADDR=OFFICE).status_code == 429


def test_a_network_that_tries_many_addresses_is_refused(ada):
    for number in range(5):
        wrong(f"member{number}@example.org", REMOTE_ADDR=HOME)
    assert sign_in_as(ada.email, "learn-together", REMOTE_ADDR=HOME).status_code == 429
    assert entered(sign_in_as(ada.email, "learn-together", REMOTE_ADDR=OFFICE))


def test_a_network_that_is_refused_cannot_lock_an_address(ada):
    for number in range(5):
        wrong(f"member{number}@example.org", REMOTE_ADDR=HOME)
    for _ in range(5):
        wrong(ada.email, REMOTE_ADDR=HOME)
    assert entered(sign_in_as(ada.email, "learn-together", REMOTE_ADDR=OFFICE))


def test_success_is_no_failure_and_clears_none(ada):
    other = account(email="own@example.org")
    for _ in range(4):
        wrong(ada.email, REMOTE_ADDR=HOME)
    assert all(entered(sign_in_as(other.email, "learn-together", REMOTE_ADDR=HOME)) for _ in range(6))
    wrong(ada.email, REMOTE_ADDR=HOME)
    assert sign_in_as(other.email, "learn-together", REMOTE_ADDR=HOME).status_code == 429
    assert sign_in_as(ada.email, "learn-together", REMOTE_ADDR=OFFICE).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_five_are_looked_at():
    account(email="ada@example.org")
    answers = at_once(24, lambda _: wrong("ada@example.org").status_code)
    assert sum(status != 429 for status in answers) == 5
    assert sorted(Limit.objects.filter(key__startswith="sign-in:").values_list("count", flat=True)) == [5, 24]


def test_the_admin_has_no_door_of_its_own(db):
    response = Client().post("/admin/login/", {"username": "ada@example.org", "password": "guess"})
    assert (response.status_code, response.headers["Location"].partition("?")[0]) == (302, LOGIN)


@pytest.mark.parametrize(("forwarded", "noted"), [("10.0.0.1, 198.51.100.7", "198.51.100.7"), ("", "127.0.0.1")])
def test_behind_a_proxy_one_signs_in_from_where_one_is(ada, settings, forwarded, noted):
    settings.TRUSTED_PROXIES = 1
    client = Client(REMOTE_ADDR="", headers={"X-Forwarded-For": forwarded})
    assert entered(sign_in_as(ada.email, "learn-together", client))
    assert UserSession.objects.get().ip == noted


def test_confirming_who_one_is_counts_as_well(ada):
    client = Client()
    sign_in_as(ada.email, "learn-together", client)
    tries = [client.post("/accounts/reauthenticate/", {"password": "guess"}).status_code for _ in range(6)]
    assert [status == 429 for status in tries] == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("/accounts/login/code/", {}),
        ("/accounts/password/reset/", {}),
        ("/accounts/signup/", {"name": "Nobody", "password1": "correct-horse-battery"}),
    ],
)
@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_five_mails_for_one_address_wherever_they_are_asked_for(ada, url, fields, email):
    def ask(number):
        written = [email, email.upper(), f" {email} "][number % 3]
        return Client().post(url, {"email": written, **fields}, REMOTE_ADDR=f"198.51.100.{number}").status_code

    assert [ask(number) == 429 for number in range(7)] == [False] * 5 + [True] * 2


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_codes_are_tried_five_times_over_all_browsers(ada, email):
    def try_code(number):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        client.post("/accounts/login/code/", {"email": email})
        fields = {"code": "000000", "email": f"{number}@example.org"}  # whose code it is cannot be chosen
        return [client.post("/accounts/login/code/confirm/", fields).status_code for _ in range(2)]

    tries = [status for number in range(3) for status in try_code(number)]
    assert [status == 429 for status in tries] == [False] * 5 + [True]


def test_second_factors_are_tried_five_times_over_all_browsers(ada):
    with_app(ada)

    def try_code(number):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        sign_in_as(ada.email, "learn-together", client)
        return client.post("/accounts/2fa/authenticate/", {"code": "000000", "email": f"{number}@x.org"}).status_code

    assert [try_code(number) == 429 for number in range(6)] == [False] * 5 + [True]


def test_an_office_may_ask_for_many_codes(db):
    answers = [
        Client().post("/accounts/login/code/", {"email": f"member{number}@example.org"}).status_code
        for number in range(40)
    ]
    assert 429 not in answers


def test_a_member_changes_the_password_at_most_ten_times(lead, sign_in):
    client = sign_in(lead)
    tries = [client.post("/accounts/password/change/", {}).status_code for _ in range(11)]
    assert [status == 429 for status in tries] == [False] * 10 + [True]
