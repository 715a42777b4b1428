"""How long a sign-in lasts, and how it ends."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from members.models import Member
from tests.conftest import NOW
from tests.members.accounts import PASSWORD, account, is_signed_in, last_code, sign_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def member():
    return account(email="lea@example.org", name="Lea Lead")


def cookie(client: Client) -> str:
    return client.cookies["sessionid"].value


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies["sessionid"] = value
    return client


class TestTheCookie:
    def test_is_new_after_signing_in(self, member, client):
        client.post("/accounts/login/code/", {"email": member.email})
        before = cookie(client)
        client.post("/accounts/login/code/confirm/", {"code": last_code(member.email)})
        assert cookie(client) != before
        assert not is_signed_in(with_cookie(before))

    def test_set_by_somebody_else_is_not_taken(self, member):
        client = with_cookie("0" * 32)
        sign_in(member, client=client)
        assert cookie(client) != "0" * 32
        assert not is_signed_in(with_cookie("0" * 32))

    def test_is_dead_after_signing_out(self, member, client):
        old = cookie(sign_in(member, client=client))
        client.post("/accounts/logout/")
        assert not is_signed_in(with_cookie(old))

    def test_is_dead_after_a_change_of_the_password_here_and_elsewhere(self, member, client):
        elsewhere = sign_in(member)
        old = cookie(sign_in(member, client=client))
        new = {"password1": "a lamp and three spoons", "password2": "a lamp and three spoons"}
        client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
        assert is_signed_in(client)
        assert not is_signed_in(with_cookie(old))
        assert not is_signed_in(elsewhere)

    def test_is_dead_after_a_reset(self, member, client):
        old = cookie(sign_in(member))
        client.post("/accounts/password/reset/", {"email": member.email})
        client.post("/accounts/password/reset/confirm/", {"code": last_code(member.email)})
        new = {"password1": "a lamp and three spoons", "password2": "a lamp and three spoons"}
        client.post("/accounts/password/reset/complete/", new)
        assert is_signed_in(client)
        assert not is_signed_in(with_cookie(old))

    def test_is_dead_once_the_account_rests(self, member, client):
        sign_in(member, client=client)
        Member.objects.update(is_active=False)
        assert client.get("/members/me/").headers["Location"].startswith("/accounts/login/")


class TestTheEnd:
    def test_comes_after_14_days_without_a_visit(self, member, client):
        with time_machine.travel(NOW, tick=False):
            sign_in(member, client=client)
        with time_machine.travel(NOW + timedelta(days=13, hours=23), tick=False):
            assert is_signed_in(client)
        with time_machine.travel(NOW + timedelta(days=28), tick=False):
            assert not is_signed_in(client)

    def test_comes_after_30_days_however_often_one_visits(self, member, client):
        with time_machine.travel(NOW, tick=False):
            sign_in(member, client=client)
        for day in range(1, 30):
            with time_machine.travel(NOW + timedelta(days=day), tick=False):
                assert is_signed_in(client)
        with time_machine.travel(NOW + timedelta(days=30), tick=False):
            assert not is_signed_in(client)
            sign_in(member, client=client)
        with time_machine.travel(NOW + timedelta(days=43), tick=False):
            assert is_signed_in(client)

    def test_visits_write_once_a_day(self, member, client):
        with time_machine.travel(NOW, tick=False):
            sign_in(member, client=client)

        def written(after: timedelta):
            with time_machine.travel(NOW + after, tick=False):
                client.get("/members/me/")
            return Session.objects.get().expire_date - NOW, UserSession.objects.get().last_seen_at - NOW

        first, idle = timedelta(0), timedelta(days=14)
        assert written(timedelta(hours=23))[0] == idle
        assert abs(written(timedelta(hours=23))[1] - first) < timedelta(seconds=1)
        assert written(timedelta(days=1)) == (idle + timedelta(days=1), timedelta(days=1))
        assert written(timedelta(days=1, hours=5)) == (idle + timedelta(days=1), timedelta(days=1))

    def test_a_sign_in_from_before_there_were_dates_begins_now(self, member, client):
        sign_in(member, client=client)
        session = client.session
        del session["signed_in_at"], session["seen_at"]
        session.save()
        assert is_signed_in(client)
        assert "signed_in_at" in client.session


class TestTheList:
    @pytest.fixture
    def here(self, member):
        return sign_in(member, client=Client(headers={"User-Agent": FIREFOX}))

    @pytest.fixture
    def elsewhere(self, member, here):
        return [sign_in(member), sign_in(member)]

    def test_shows_browser_network_and_dates(self, here):
        page = here.get("/accounts/sessions/").content.decode()
        assert ("Firefox, Linux" in page, "127.0.0.1" in page, "This one" in page) == (True, True, True)

    def test_is_ones_own(self, here, elsewhere):
        sign_in(account())
        assert len(here.get("/accounts/sessions/").context["sign_ins"]) == 3

    def test_leaves_out_what_has_ended(self, here, elsewhere):
        elsewhere[0].post("/accounts/logout/")
        assert len(here.get("/accounts/sessions/").context["sign_ins"]) == 2

    def test_leaves_out_what_an_old_password_opened(self, here, elsewhere, member):
        member.set_password("a lamp and three spoons")
        member.save()
        again = sign_in(member, "a lamp and three spoons")
        UserSession.objects.filter(session_key=cookie(here)).update(user=member)
        assert len(again.get("/accounts/sessions/").context["sign_ins"]) == 1

    def test_costs_the_same_with_many(self, here, member, django_assert_num_queries):
        for count in (0, 5):
            for _ in range(count):
                sign_in(member)
            with django_assert_num_queries(5):  # session, member, community, and two for the list
                here.get("/accounts/sessions/")

    def test_ends_one(self, here, elsewhere):
        row = UserSession.objects.get(session_key=cookie(elsewhere[0]))
        assert here.post("/accounts/sessions/", {"end": row.pk}).status_code == 302
        assert [is_signed_in(client) for client in (here, *elsewhere)] == [True, False, True]

    def test_ends_all_others(self, here, elsewhere):
        here.post("/accounts/sessions/", {"end": "others"})
        assert [is_signed_in(client) for client in (here, *elsewhere)] == [True, False, False]

    def test_ends_everything(self, here, elsewhere):
        response = here.post("/accounts/sessions/", {"end": "everywhere"})
        assert response.headers["Location"] == "/accounts/login/"
        assert [is_signed_in(client) for client in (here, *elsewhere)] == [False, False, False]
        assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)

    @pytest.mark.parametrize("end", ["", "0", "999999", "all", "1; DROP", "\x00", str(2**70)])
    def test_ends_nothing_that_is_not_there(self, end, here, elsewhere):
        assert here.post("/accounts/sessions/", {"end": end}).status_code == 422
        assert [is_signed_in(client) for client in (here, *elsewhere)] == [True, True, True]

    def test_ends_nothing_of_others(self, here):
        stranger = sign_in(account())
        row = UserSession.objects.get(session_key=cookie(stranger))
        foreign = here.post("/accounts/sessions/", {"end": row.pk})
        missing = here.post("/accounts/sessions/", {"end": row.pk + 1000})
        assert (foreign.status_code, missing.status_code) == (422, 422)
        assert is_signed_in(stranger)

    def test_is_for_those_who_are_signed_in(self, client):
        assert client.get("/accounts/sessions/").headers["Location"] == "/accounts/login/?next=/accounts/sessions/"
        assert client.post("/accounts/sessions/", {"end": "everywhere"}).status_code == 302
        assert Client(enforce_csrf_checks=True).post("/accounts/sessions/", {"end": "everywhere"}).status_code == 403
