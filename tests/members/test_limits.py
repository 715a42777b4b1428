"""The counter of tries, and what counts as one."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from members.guards import Limit
from members.limits import LIMITS, TooManyTries, check, counts_as, forget_windows, forgive, hit, limited
from members.rights import public
from tests.threads import at_once

FIVE = LIMITS["code"]


def test_allows_as_many_as_the_rule_says(db, now):
    verdicts = [hit("code", "lea", now=now) for _ in range(FIVE.amount + 2)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 5 + [False] * 2
    assert verdicts[-1].retry_after == FIVE.seconds


def test_a_window_opens_with_the_first_try_and_ends_by_itself(db, now):
    for seconds in (0, 100, 200, 298, 299):
        hit("code", "lea", now=now + timedelta(seconds=seconds))
    late = hit("code", "lea", now=now + timedelta(seconds=299))
    after = hit("code", "lea", now=now + timedelta(seconds=300))
    assert (late.allowed, late.retry_after, after.allowed) == (False, 1, True)
    present = Limit.objects.get()
    assert (present.count, present.ends) == (1, now.timestamp() + 600)


def test_tries_beyond_the_limit_do_not_keep_it_shut(db, now):
    for seconds in range(0, 300, 10):
        hit("code", "lea", now=now + timedelta(seconds=seconds))
    assert hit("code", "lea", now=now + timedelta(seconds=300)).allowed


def test_each_key_and_each_limit_counts_by_itself(db, now):
    for _ in range(FIVE.amount + 1):
        hit("code", "lea", now=now)
    others = [hit("code", "max", now=now), hit("reset", "lea", now=now), hit("code", "le", "a", now=now)]
    assert [verdict.allowed for verdict in others] == [True, True, True]


@pytest.mark.django_db(transaction=True)
def test_160_tries_at_once_are_160_and_five_pass(now):
    verdicts = at_once(160, lambda _: hit("code", "lea", now=now))
    assert sum(verdict.allowed for verdict in verdicts) == 5
    assert Limit.objects.get().count == 160


@pytest.mark.django_db(transaction=True)
def test_counting_inside_a_transaction_is_a_mistake_that_shows(now):
    with pytest.raises(RuntimeError), transaction.atomic():
        hit("code", "lea", now=now)
    assert Limit.objects.count() == 0


def test_check_raises_beyond_the_limit(db, now):
    for _ in range(FIVE.amount):
        check("code", "lea", now=now)
    with pytest.raises(TooManyTries) as reached:
        check("code", "lea", now=now + timedelta(seconds=60))
    assert (reached.value.name, reached.value.retry_after) == ("code", 240)


def test_what_is_forgiven_leaves_the_other_tries(db, now):
    verdicts = [hit("code", "lea", now=now) for _ in range(3)]
    forgive(verdicts[:1])
    assert Limit.objects.get().count == 2


def test_a_try_of_an_earlier_window_is_not_taken_from_the_present_one(db, now):
    early = hit("code", "lea", now=now)
    hit("code", "lea", now=now + timedelta(hours=1))
    forgive([early])
    assert Limit.objects.get().count == 1


def test_ended_windows_are_forgotten(db, now):
    hit("code", "lea", now=now)
    hit("invitation", "lea", now=now)
    assert forget_windows(now + timedelta(hours=1)) == 1
    assert Limit.objects.get().key.startswith("invitation:")


@pytest.mark.parametrize("typed", ["lea@example.org", "a\0b", "\ud800", "x" * 100_000, ""])
def test_whatever_is_typed_makes_a_key_that_does_not_tell_it(db, now, typed):
    hit("sign-in", typed, now=now)
    key = Limit.objects.get().key
    assert (key.partition(":")[0], len(key.partition(":")[2])) == ("sign-in", 32)


def test_limits_can_be_switched_off_for_browser_tests(db, now, settings):
    settings.RATE_LIMITS = False
    assert all(hit("code", "lea", now=now).allowed for _ in range(20))
    assert Limit.objects.count() == 0


# --- Decorators ----------------------------------------------------------------------------


@public
@limited("upload")
def upload(request):
    return HttpResponse()


@public
@counts_as("preview")
def preview(request):
    return HttpResponse()


urlpatterns = [path("upload/", upload), path("preview/", preview), path("", include("cop_portal.urls"))]


@pytest.mark.urls(__name__)
def test_what_is_uploaded_counts_and_not_the_page_for_it(db):
    client = Client()
    shown = statuses(client, 21, lambda client: client.get("/upload/"))
    uploaded = statuses(client, 21, lambda client: client.post("/upload/"))
    assert (set(shown), uploaded) == ({200}, [200] * 20 + [429])


@pytest.mark.urls(__name__)
def test_what_stores_nothing_counts_by_itself(db):
    Client().post("/preview/")
    assert [key.partition(":")[0] for key in Limit.objects.values_list("key", flat=True)] == ["preview"]


def test_decorators_keep_the_right_of_a_view():
    assert (upload.right, preview.right) == ("public", "public")


# --- Requests ------------------------------------------------------------------------------


def statuses(client: Client, times: int, send) -> list[int]:
    return [send(client).status_code for _ in range(times)]


def test_a_member_sends_thirty_forms_a_minute(lead, manager, sign_in):
    def send(client):
        return client.post("/members/")  # no form is taken there: 405

    assert statuses(sign_in(lead), 31, send) == [405] * 30 + [429]
    assert send(sign_in(manager)).status_code == 405


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_every_verb_that_writes_counts(lead, sign_in, method):
    getattr(sign_in(lead), method)("/members/", content_type="")
    assert Limit.objects.get().count == 1


def test_reading_counts_nothing(lead, sign_in):
    client = sign_in(lead)
    client.get("/members/")
    client.head("/members/")
    assert Limit.objects.count() == 0


def test_forms_of_visitors_count_by_network(db):
    def send(client):
        return client.post("/healthz")

    assert statuses(Client(), 61, send)[58:] == [200, 200, 429]
    assert Client(REMOTE_ADDR="198.51.100.7").post("/healthz").status_code == 200


def test_a_form_without_token_uses_up_nothing(lead, client):
    client.force_login(lead)
    foreign = Client(enforce_csrf_checks=True)
    foreign.cookies = client.cookies
    assert foreign.post("/members/").status_code == 403
    assert Limit.objects.count() == 0


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_sixty_searches_a_minute(lead, sign_in, headers):
    client = sign_in(lead)
    assert statuses(client, 60, lambda client: client.get("/search/?q=x")) == [200] * 60
    refused = client.get("/search/?q=x", headers=headers)
    assert (refused.status_code, 50 < int(refused.headers["Retry-After"]) <= 60) == (429, True)
    assert "Try again in" in refused.text


def test_a_refusal_is_a_page_of_ours(lead, sign_in):
    client = sign_in(lead)
    refused = [client.post("/members/") for _ in range(31)][-1]
    assert refused.templates[0].name == "errors/429.html"
