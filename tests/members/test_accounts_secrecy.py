"""Nobody learns from the doors whether an address has an account: not by words, not by time, not by mail."""

import re
import time
from statistics import median

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cop_portal.settings import DOOR_SECONDS
from members.models import Mail, Member
from tests.members.accounts import JOINING, account, admit, last_code

TRIES, ROUNDS = 24, 3
RATIO = 1.15  # how much longer one median may be than the other


class QuickerHasher(PBKDF2PasswordHasher):
    """The real hasher with a quarter of its rounds, so that what is done beside it weighs more."""

    algorithm = "quicker"
    iterations = PBKDF2PasswordHasher.iterations // 4


KNOWN, UNKNOWN, OTHER = "known@example.org", "other@example.org", "someone@elsewhere.example"
DOORS = {
    "sign in": ("/accounts/login/", lambda address: {"login": address, "password": "a wrong password"}),
    "code": ("/accounts/login/code/", lambda address: {"email": address}),
    "reset": ("/accounts/password/reset/", lambda address: {"email": address}),
    "join": ("/accounts/signup/", lambda address: {**JOINING, "email": address}),
}


@pytest.fixture
def known(db):
    admit("example.org")
    return account(email=KNOWN)


CHANGING = {"X-Request-Id", "Expires", "Content-Length"}  # the length differs with that of the address


def seen(response, address):
    """All that a visitor can see of an answer, without what is new in each."""
    body = re.sub(r'(name="csrfmiddlewaretoken" value=|nonce=)"[^"]*"', "", response.content.decode())
    headers = {name: value for name, value in response.headers.items() if name not in CHANGING}
    headers["Content-Security-Policy"] = re.sub(r"'nonce-[^']*'", "", headers["Content-Security-Policy"])
    cookies = {
        name: (morsel["max-age"], morsel["path"], morsel["httponly"], morsel["samesite"], len(morsel.value))
        for name, morsel in response.cookies.items()
        if name != "messages"
    }
    return response.status_code, headers, cookies, body.replace(address, "ADDRESS")


def walk(address, steps):
    """Sends one form after the other; returns all that was seen, pages that were led to included."""
    client, all_seen = Client(), []
    for url, data in steps:
        response = client.post(url, data)
        all_seen.append(seen(response, address))
        if response.status_code == 302:
            all_seen.append(seen(client.get(response.headers["Location"]), address))
    return all_seen


WRONG = {"code": "BBBB-BBBB"}
WALKS = {
    "sign in": [],
    "code": [
        ("/accounts/login/code/confirm/", WRONG),
        ("/accounts/login/code/confirm/", {"action": "resend"}),
        ("/accounts/login/code/confirm/", {"action": "resend"}),
        ("/accounts/login/code/confirm/", {"action": "resend"}),
        ("/accounts/login/code/confirm/", WRONG),
        ("/accounts/login/code/confirm/", WRONG),
    ],
    "reset": [("/accounts/password/reset/confirm/", WRONG)] * 3,
    "join": [
        ("/accounts/confirm-email/", WRONG),
        ("/accounts/confirm-email/", {"action": "resend"}),
        ("/accounts/confirm-email/", {"action": "change", "email": "x@example.org"}),
        ("/accounts/confirm-email/", WRONG),
        ("/accounts/confirm-email/", WRONG),
    ],
}


@pytest.mark.parametrize("door", DOORS)
def test_the_same_answers_to_the_end_of_the_way(door, known):
    url, form = DOORS[door]
    of_known = walk(KNOWN, [(url, form(KNOWN)), *WALKS[door]])
    of_unknown = walk(UNKNOWN, [(url, form(UNKNOWN)), *WALKS[door]])
    assert of_known == of_unknown


@pytest.mark.parametrize("door", DOORS)
def test_the_same_answers_for_an_account_that_rests(door, known):
    Member.objects.update(is_active=False)
    url, form = DOORS[door]
    of_known = walk(KNOWN, [(url, form(KNOWN)), *WALKS[door]])
    of_unknown = walk(UNKNOWN, [(url, form(UNKNOWN)), *WALKS[door]])
    assert of_known == of_unknown


def test_whoever_may_not_join_reads_the_same_with_and_without_an_account(known):
    account(email=OTHER)
    url, form = DOORS["join"]
    with_account = walk(OTHER, [(url, form(OTHER))])
    without = walk("nobody@elsewhere.example", [(url, form("nobody@elsewhere.example"))])
    assert with_account == without
    assert Mail.objects.count() == 0


@pytest.mark.parametrize("door", ["code", "reset"])
def test_strangers_get_no_mail_and_leave_no_row(door, known):
    url, form = DOORS[door]
    Client().post(url, form(UNKNOWN))
    assert Mail.objects.count() == 0
    Client().post(url, form(KNOWN))
    assert [mail.to for mail in Mail.objects.all()] == [KNOWN]


def test_the_account_that_rests_gets_no_mail(known):
    Member.objects.update(is_active=False)
    for door in ("code", "reset"):
        url, form = DOORS[door]
        Client().post(url, form(KNOWN))
    assert Mail.objects.count() == 0


def test_no_code_opens_what_belongs_to_nobody(known):
    client = Client()
    client.post("/accounts/login/code/", {"email": UNKNOWN})
    for code in ("", "None", "0"):
        assert client.post("/accounts/login/code/confirm/", {"code": code}).status_code in {302, 422}
    client.post("/accounts/login/code/", {"email": KNOWN})
    assert last_code(KNOWN)


def statements(url, data) -> list[str]:
    """What the database is asked for one form, without the values."""
    with CaptureQueriesContext(connection) as queries:
        Client().post(url, data)
    return [re.sub(r"s\d+_x\d+|'[^']*'|\b[0-9a-f]{32}\b|\d+", "", query["sql"])[:60] for query in queries]


@pytest.mark.parametrize("door", ["code", "reset"])
@pytest.mark.django_db(transaction=True)
def test_the_database_has_the_same_work(door, settings):
    account(email=KNOWN)
    url, form = DOORS[door]
    statements(url, form(KNOWN))  # wakes the worker, once for all
    assert statements(url, form(KNOWN)) == statements(url, form(UNKNOWN))


@pytest.mark.django_db(transaction=True)
def test_the_database_has_the_same_work_for_one_more_code(settings):
    account(email=KNOWN)

    def again(address):
        client = Client()
        client.post("/accounts/login/code/", {"email": address})
        with CaptureQueriesContext(connection) as queries:
            client.post("/accounts/login/code/confirm/", {"action": "resend"})
        return sum("members_mail" in query["sql"] for query in queries)

    assert again(KNOWN) == again(UNKNOWN)


def milliseconds(url, data) -> float:
    client = Client()
    start = time.perf_counter()
    status = client.post(url, data).status_code
    spent = (time.perf_counter() - start) * 1000
    assert status in {302, 422}
    return spent


def medians(door, round_number) -> list[float]:
    """Asks the door for a known and an unknown address by turns; returns the median milliseconds of both."""
    url, form = DOORS[door]
    spent = {KNOWN: [], UNKNOWN: []}
    for number in range(TRIES):
        fresh = f"new{round_number}-{number}@example.org" if door == "join" else UNKNOWN
        pair = [(KNOWN, KNOWN), (UNKNOWN, fresh)]
        for name, address in pair if number % 2 else reversed(pair):
            spent[name].append(milliseconds(url, form(address)))
    return [median(times[2:]) for times in spent.values()]  # the first fill caches


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.django_db(transaction=True)
def test_the_same_time(door, settings):
    settings.RATE_LIMITS, settings.DOOR_SECONDS = False, DOOR_SECONDS
    settings.PASSWORD_HASHERS = [f"{__name__}.QuickerHasher"]
    admit("example.org")
    account(email=KNOWN)
    ratios = []
    for round_number in range(ROUNDS):  # what else the machine does may spoil one round, a difference spoils all
        least, most = sorted(medians(door, round_number))
        ratios.append(most / least)
        if ratios[-1] <= RATIO:
            return
    pytest.fail(f"Of {ROUNDS} rounds none was even: {ratios}")


@pytest.mark.parametrize("address", [KNOWN, UNKNOWN])
def test_doors_that_mail_take_their_time(address, known, settings):
    settings.DOOR_SECONDS = 0.05
    assert [milliseconds(url, form(address)) >= 50 for url, form in (DOORS["code"], DOORS["reset"])] == [True, True]
