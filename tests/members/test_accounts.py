"""Signing in, joining, codes, passwords: what happens when all goes well, and when something is missing."""

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.socialaccount.forms import SignupForm as SocialSignupForm
from allauth.socialaccount.models import SocialLogin
from django.core.management import call_command
from django.test import Client

from members.adapters import SocialAccountAdapter
from members.models import Community, Mail, Member
from tests.conftest import NOW
from tests.members.accounts import (
    JOINING,
    PASSWORD,
    account,
    admit,
    app_code,
    is_signed_in,
    last_code,
    sign_in,
    with_app,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return account(email="lea@example.org", name="Lea Lead")


class TestSigningIn:
    def test_with_address_and_password(self, member, client):
        response = client.post("/accounts/login/", {"login": "Lea@Example.org ", "password": PASSWORD})
        assert (response.status_code, response.headers["Location"]) == (302, "/")
        assert is_signed_in(client)

    def test_a_wrong_password_is_answered_422_and_the_address_is_kept(self, member, client):
        response = client.post("/accounts/login/", {"login": member.email, "password": "not this one"})
        page = response.content.decode()
        assert response.status_code == 422
        assert 'value="lea@example.org"' in page
        assert "not this one" not in page
        assert "do not belong together" in page
        assert not is_signed_in(client)

    def test_with_a_mailed_code(self, member, client):
        client.post("/accounts/login/code/", {"email": member.email})
        response = client.post(
            "/accounts/login/code/confirm/", {"code": last_code(member.email).lower().replace("-", "")}
        )
        assert (response.status_code, response.headers["Location"]) == (302, "/")
        assert is_signed_in(client)

    def test_a_code_counts_once(self, member, client):
        client.post("/accounts/login/code/", {"email": member.email})
        code = last_code(member.email)
        client.post("/accounts/login/code/confirm/", {"code": code})
        other = Client()
        other.post("/accounts/login/code/", {"email": member.email})
        assert other.post("/accounts/login/code/confirm/", {"code": code}).status_code == 422

    def test_a_code_is_worth_nothing_in_another_browser(self, member, client):
        client.post("/accounts/login/code/", {"email": member.email})
        other = Client()
        assert other.post("/accounts/login/code/confirm/", {"code": last_code(member.email)}).status_code == 302
        assert not is_signed_in(other)

    def test_a_wrong_code_is_answered_422(self, member, client):
        client.post("/accounts/login/code/", {"email": member.email})
        response = client.post("/accounts/login/code/confirm/", {"code": "BBBB-BBBB"})
        assert response.status_code == 422
        assert "BBBB-BBBB" in response.content.decode()

    def test_three_wrong_codes_and_the_right_one_counts_no_more(self, member, client):
        client.post("/accounts/login/code/", {"email": member.email})
        for _ in range(3):
            client.post("/accounts/login/code/confirm/", {"code": "BBBB-BBBB"})
        client.post("/accounts/login/code/confirm/", {"code": last_code(member.email)})
        assert not is_signed_in(client)

    def test_a_code_that_did_not_come_is_sent_again(self, member, client):
        client.post("/accounts/login/code/", {"email": member.email})
        first = last_code(member.email)
        response = client.post("/accounts/login/code/confirm/", {"action": "resend"})
        assert response.status_code == 302
        assert last_code(member.email) != first
        client.post("/accounts/login/code/confirm/", {"code": last_code(member.email)})
        assert is_signed_in(client)

    def test_an_account_without_a_confirmed_address_confirms_it_first(self, member, client):
        EmailAddress.objects.update(verified=False)
        response = client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
        assert response.headers["Location"] == "/accounts/confirm-email/"
        assert not is_signed_in(client)
        client.post("/accounts/confirm-email/", {"code": last_code(member.email)})
        assert is_signed_in(client)

    def test_the_password_of_a_stranger_who_typed_my_address_opens_nothing(self, member, client):
        EmailAddress.objects.update(verified=False)
        client.post("/accounts/login/code/", {"email": member.email})
        client.post("/accounts/login/code/confirm/", {"code": last_code(member.email)})
        assert is_signed_in(client)
        assert not is_signed_in(sign_in(member))

    def test_a_code_leaves_the_password_of_a_confirmed_address_alone(self, member, client):
        client.post("/accounts/login/code/", {"email": member.email})
        client.post("/accounts/login/code/confirm/", {"code": last_code(member.email)})
        assert is_signed_in(sign_in(member))

    @time_machine.travel(NOW, tick=False)  # the app's code changes every half minute
    def test_with_a_second_factor(self, member, client):
        secret = with_app(member)
        response = client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
        assert response.headers["Location"] == "/accounts/2fa/authenticate/"
        assert not is_signed_in(client)
        assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 422
        assert client.post("/accounts/2fa/authenticate/", {"code": app_code(secret)}).status_code == 302
        assert is_signed_in(client)

    def test_the_second_factor_is_asked_after_a_mailed_code_too(self, member, client):
        with_app(member)
        client.post("/accounts/login/code/", {"email": member.email})
        response = client.post("/accounts/login/code/confirm/", {"code": last_code(member.email)})
        assert response.headers["Location"] == "/accounts/2fa/authenticate/"
        assert not is_signed_in(client)

    def test_an_inactive_account_learns_so_with_the_right_password_only(self, member, client):
        Member.objects.update(is_active=False)
        right = client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
        assert right.headers["Location"] == "/accounts/inactive/"
        assert client.get("/accounts/inactive/").status_code == 200
        assert client.post("/accounts/login/", {"login": member.email, "password": "wrong"}).status_code == 422
        assert not is_signed_in(client)

    @pytest.mark.parametrize("page", ["login/", "signup/", "login/code/"])
    def test_whoever_is_signed_in_is_led_home(self, page, member, client):
        sign_in(member, client=client)
        response = client.get(f"/accounts/{page}")
        assert (response.status_code, response.headers["Location"]) == (302, "/")

    def test_works_for_guests(self, client):
        guest = account(role=Member.Role.GUEST)
        sign_in(guest, client=client)
        pages = ["email/", "password/change/", "2fa/", "sessions/", "logout/"]
        assert {client.get(f"/accounts/{page}").status_code for page in pages} == {200}


class TestNext:
    def test_leads_back(self, member, client):
        response = client.post("/accounts/login/?next=/members/", {"login": member.email, "password": PASSWORD})
        assert response.headers["Location"] == "/members/"

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "http://localhost/",  # in ALLOWED_HOSTS, but not where we are
            "///evil.example",
            "/\t/evil.example/",
            " //evil.example/",
        ],
    )
    @pytest.mark.parametrize("door", ["login", "logout", "code"])
    def test_never_leaves_the_site(self, door, target, member, client):
        data = {"next": target}
        if door == "logout":
            sign_in(member, client=client)
            response = client.post("/accounts/logout/", data)
        elif door == "login":
            response = client.post("/accounts/login/", {"login": member.email, "password": PASSWORD, **data})
        else:
            client.post("/accounts/login/code/", {"email": member.email, **data})
            response = client.post("/accounts/login/code/confirm/", {"code": last_code(member.email), **data})
        assert (response.status_code, response.headers["Location"]) == (302, "/")


class TestJoining:
    def test_address_of_an_allowed_domain(self, client):
        admit("example.org")
        response = client.post("/accounts/signup/", JOINING)
        assert (response.status_code, response.headers["Location"]) == (302, "/accounts/confirm-email/")
        assert not is_signed_in(client)
        response = client.post("/accounts/confirm-email/", {"code": last_code("nell@example.org")})
        assert (response.status_code, response.headers["Location"]) == (302, "/")
        assert is_signed_in(client)
        member = Member.objects.get()
        assert (member.name, member.email, member.role) == ("Nell Newcomer", "nell@example.org", "manager")
        assert member.check_password(JOINING["password1"])
        assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
            ("nell@example.org", True, True)
        ]

    @pytest.mark.parametrize(
        "address",
        ["nell@other.example", "nell@example.org.evil.example", "nell@sub.example.org", "example.org@evil.example"],
    )
    def test_other_addresses_read_that_it_is_by_invitation(self, address, client):
        admit("example.org")
        response = client.post("/accounts/signup/", {**JOINING, "email": address})
        page = response.content.decode()
        assert response.status_code == 422
        assert "This community is by invitation" in page
        assert f'value="{address}"' in page
        assert 'value="Nell Newcomer"' in page
        assert JOINING["password1"] not in page
        assert (Member.objects.count(), Mail.objects.count()) == (0, 0)

    @pytest.mark.parametrize(
        ("stage", "target", "roles"),
        [
            (Community.Stage.LEADS, "/accounts/waiting/", []),
            (Community.Stage.OPEN, "/accounts/confirm-email/", ["aspiring"]),
            (Community.Stage.CLOSED, None, []),
        ],
    )
    def test_aspiring_people_join_when_the_stage_is_open(self, stage, target, roles, client):
        admit("example.org", stage=stage)
        response = client.post("/accounts/signup/", {**JOINING, "role": "aspiring"})
        assert response.headers.get("Location") == target
        assert [member.role for member in Member.objects.all()] == roles

    def test_nobody_joins_an_archive(self, client):
        admit("example.org", stage=Community.Stage.CLOSED)
        assert "Nobody joins any more" in client.get("/accounts/signup/").content.decode()
        client.post("/accounts/signup/", JOINING)
        assert Member.objects.count() == 0

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "\u200b\u202e "),
            ("name", "x" * 81),
            ("name", "a\x00b"),
            ("email", "not an address"),
            ("email", f"{'x' * 250}@example.org"),
            ("email", "a\x00b@example.org"),
            ("email", "a@example.org\r\nBcc: b@example.org"),
            ("role", "guest"),
            ("role", "admin"),
            ("role", ""),
            ("password1", ""),
            ("password1", "short"),
            ("password1", "password123"),
            ("password1", "nell@example.org"),
            ("password1", "a\x00" * 10),
        ],
    )
    def test_what_is_wrong_is_answered_422_and_nobody_joins(self, field, value, client):
        admit("example.org")
        response = client.post("/accounts/signup/", {**JOINING, field: value})
        assert response.status_code == 422
        assert (Member.objects.count(), Mail.objects.count()) == (0, 0)

    def test_a_name_keeps_no_hidden_characters(self, client):
        admit("example.org")
        client.post("/accounts/signup/", {**JOINING, "name": "Nell\u202e\u200b  Newcomer\n"})
        assert Member.objects.get().name == "Nell Newcomer"

    def test_the_same_form_twice_is_one_member(self, client):
        admit("example.org")
        answers = [Client().post("/accounts/signup/", JOINING) for _ in range(2)]
        assert [(a.status_code, a.headers["Location"]) for a in answers] == [(302, "/accounts/confirm-email/")] * 2
        assert Member.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_the_same_form_many_times_at_once_is_one_member(self, settings):
        settings.RATE_LIMITS = False
        admit("example.org")
        answers = at_once(8, lambda number: Client().post("/accounts/signup/", JOINING))
        assert {(a.status_code, a.headers["Location"]) for a in answers} == {(302, "/accounts/confirm-email/")}
        assert (Member.objects.count(), EmailAddress.objects.count()) == (1, 1)

    def test_someone_who_has_an_account_is_told_by_mail_only(self, member, client):
        admit("example.org")
        client.post("/accounts/signup/", {**JOINING, "email": member.email})
        assert [(mail.to, mail.kind) for mail in Mail.objects.all()] == [(member.email, "account_already_exists")]
        assert (Member.objects.count(), Member.objects.get().name) == (1, "Lea Lead")


class TestGivenAccounts:
    """Accounts that somebody else made: their addresses count at once, and stay their own."""

    def test_the_first_admin_signs_in_before_mail_works(self, client):
        call_command("createsuperuser", interactive=False, email="ada@example.org", name="Ada")
        member = Member.objects.get()
        member.set_password(PASSWORD)
        member.save()
        assert is_signed_in(sign_in(member, client=client))
        assert Mail.objects.count() == 0

    def test_someone_added_by_an_admin_needs_one_code(self, admin, client, sign_in):
        added = {"name": "Nell", "email": "nell@elsewhere.example", "role": "manager", "time_zone": "UTC"}
        assert sign_in(admin).post("/admin/members/member/add/", {**added, "is_active": "on"}).status_code == 302
        client.post("/accounts/login/code/", {"email": "nell@elsewhere.example"})
        client.post("/accounts/login/code/confirm/", {"code": last_code("nell@elsewhere.example")})
        assert is_signed_in(client)

    def test_no_admin_takes_over_an_account_by_its_address(self, admin, member, sign_in):
        changes = {"name": "Lea", "email": admin.email, "role": "manager", "time_zone": "UTC", "is_active": "on"}
        response = sign_in(admin).post(f"/admin/members/member/{member.pk}/change/", changes)
        member.refresh_from_db()
        assert (response.status_code, member.name, member.email) == (302, "Lea", "lea@example.org")


class TestIdentityProviders:
    """Signing in elsewhere brings in the same people as the form."""

    @pytest.mark.parametrize(
        ("address", "stage", "may"),
        [
            ("nell@example.org", Community.Stage.LEADS, True),
            ("nell@evil.example", Community.Stage.OPEN, False),
            ("nell@example.org", Community.Stage.CLOSED, False),
            ("", Community.Stage.LEADS, True),  # the form asks for an address then, and decides
        ],
    )
    def test_asks_the_community(self, address, stage, may, rf):
        admit("example.org", stage=stage)
        request = rf.get("/")
        login = SocialLogin(user=Member(email=address))
        with request_context(request):
            assert SocialAccountAdapter(request).is_open_for_signup(request, login) is may

    def test_its_form_asks_name_and_role_and_whether_the_address_may_join(self, rf):
        admit("example.org")
        login = SocialLogin(user=Member(email=""))
        with request_context(rf.get("/")):
            form = SocialSignupForm({**JOINING, "email": "a@evil.example", "role": "guest"}, sociallogin=login)
            assert sorted(form.errors) == ["email", "role"]
            assert SocialSignupForm(JOINING, sociallogin=login).errors == {}


POWERS = {
    "is_staff": "1",
    "is_superuser": "on",
    "is_facilitator": "on",
    "facilitator": "on",
    "is_active": "1",
    "user": "1",
    "id": "1",
    "pk": "1",
}


def powers_of(member):
    member.refresh_from_db()
    return (member.role, member.is_staff, member.is_superuser, member.is_facilitator, member.groups.count())


class TestPowers:
    """Facilitator, admin and guest are given, never taken from a form."""

    def test_not_by_joining(self, client):
        admit("example.org")
        client.post("/accounts/signup/", {**JOINING, **POWERS})
        assert powers_of(Member.objects.get()) == ("manager", False, False, False, 0)

    def test_guest_is_no_role_to_choose(self, client):
        admit("example.org", stage=Community.Stage.OPEN)
        response = client.post("/accounts/signup/", {**JOINING, **POWERS, "role": "guest"})
        assert (response.status_code, Member.objects.count()) == (422, 0)

    @pytest.mark.parametrize(
        ("page", "data"),
        [
            ("login/", {"login": "lea@example.org", "password": PASSWORD}),
            ("login/code/", {"email": "lea@example.org"}),
            ("password/reset/", {"email": "lea@example.org"}),
        ],
    )
    def test_not_at_the_doors(self, page, data, member, client):
        client.post(f"/accounts/{page}", {**data, **POWERS, "role": "guest"})
        assert powers_of(member) == ("tech_lead", False, False, False, 0)

    @pytest.mark.parametrize(
        ("page", "data"),
        [
            ("email/", {"email": "new@example.org", "action_add": ""}),
            (
                "password/change/",
                {"oldpassword": PASSWORD, "password1": "new words for me", "password2": "new words for me"},
            ),
            ("reauthenticate/", {"password": PASSWORD}),
            ("sessions/", {"end": "others"}),
            ("2fa/recovery-codes/generate/", {}),
            ("logout/", {}),
        ],
    )
    def test_not_inside(self, page, data, member, client):
        sign_in(member, client=client)
        client.post(f"/accounts/{page}", {**data, **POWERS, "role": "guest"})
        assert powers_of(member) == ("tech_lead", False, False, False, 0)


class TestPasswords:
    NEW = "a lamp and three spoons"

    def test_forgotten_a_code_opens_the_way(self, member, client):
        response = client.post("/accounts/password/reset/", {"email": member.email})
        assert response.headers["Location"] == "/accounts/password/reset/confirm/"
        assert client.post("/accounts/password/reset/confirm/", {"code": "BBBB-BBBB"}).status_code == 422
        client.post("/accounts/password/reset/confirm/", {"code": last_code(member.email)})
        new = {"password1": self.NEW, "password2": self.NEW}
        assert client.post("/accounts/password/reset/complete/", {**new, "password2": "other"}).status_code == 422
        assert client.post("/accounts/password/reset/complete/", new).headers["Location"] == "/"
        assert is_signed_in(client)
        assert is_signed_in(sign_in(member, self.NEW))

    def test_a_reset_does_not_pass_by_the_second_factor(self, member, client):
        with_app(member)
        client.post("/accounts/password/reset/", {"email": member.email})
        client.post("/accounts/password/reset/confirm/", {"code": last_code(member.email)})
        new = {"password1": self.NEW, "password2": self.NEW}
        response = client.post("/accounts/password/reset/complete/", new)
        assert response.headers["Location"] == "/accounts/2fa/authenticate/"
        assert not is_signed_in(client)

    def test_a_new_password_needs_the_code(self, member, client):
        client.post("/accounts/password/reset/", {"email": member.email})
        client.post("/accounts/password/reset/complete/", {"password1": self.NEW, "password2": self.NEW})
        assert not is_signed_in(sign_in(member, self.NEW))

    def test_changed_by_someone_who_knows_the_present_one(self, member, client):
        sign_in(member, client=client)
        data = {"oldpassword": PASSWORD, "password1": self.NEW, "password2": self.NEW}
        for wrong in ({"oldpassword": "wrong"}, {"password2": "wrong"}, {"password1": "short", "password2": "short"}):
            response = client.post("/accounts/password/change/", {**data, **wrong})
            assert response.status_code == 422
            assert self.NEW not in response.content.decode()
        assert client.post("/accounts/password/change/", data).status_code == 302
        assert is_signed_in(sign_in(member, self.NEW))

    def test_one_can_be_set_by_someone_without(self, member, client):
        member.set_unusable_password()
        member.save()
        client.force_login(member)
        assert client.get("/accounts/password/change/").headers["Location"] == "/accounts/password/set/"
        assert client.post("/accounts/password/set/", {"password1": "x", "password2": "x"}).status_code == 422
        assert client.post("/accounts/password/set/", {"password1": self.NEW, "password2": self.NEW}).status_code == 302
        assert is_signed_in(sign_in(member, self.NEW))


def change_address(client, address):
    """Sends the form; the password is asked once more, then what was sent goes on."""
    response = client.post("/accounts/email/", {"email": address, "action_add": ""})
    if response.status_code == 302 and response.headers["Location"].startswith("/accounts/reauthenticate/"):
        response = client.post(response.headers["Location"], {"password": PASSWORD})
    return response


class TestAddress:
    def test_a_new_one_needs_the_password(self, member, client):
        sign_in(member, client=client)
        client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
        assert client.post("/accounts/reauthenticate/?next=/accounts/email/", {"password": "wrong"}).status_code == 422
        assert Mail.objects.count() == 0

    def test_a_new_one_counts_after_its_code(self, member, client):
        sign_in(member, client=client)
        response = change_address(client, "new@example.org")
        assert response.headers["Location"] == "/accounts/confirm-email/"
        member.refresh_from_db()
        assert member.email == "lea@example.org"
        client.post("/accounts/confirm-email/", {"code": last_code("new@example.org")})
        member.refresh_from_db()
        assert member.email == "new@example.org"
        assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@example.org"]
        assert [(mail.to, mail.kind) for mail in Mail.objects.order_by("pk")] == [
            ("new@example.org", "email_confirmation"),
            ("lea@example.org", "email_changed"),
        ]

    @pytest.mark.parametrize("address", ["", "nonsense", "lea@example.org", f"{'x' * 250}@example.org"])
    def test_what_is_wrong_is_answered_422(self, address, member, client):
        sign_in(member, client=client)
        response = client.post("/accounts/email/", {"email": address, "action_add": ""})
        assert response.status_code == 422
        assert f'value="{address}"' in response.content.decode() or not address
        assert Mail.objects.count() == 0

    def test_that_of_another_member_is_not_told_and_not_taken(self, member, client):
        other = account(email="max@example.org")
        sign_in(member, client=client)
        free = change_address(client, "free@example.org")
        taken = change_address(client, other.email)
        assert (taken.status_code, taken.headers["Location"]) == (free.status_code, free.headers["Location"])
        assert client.post("/accounts/confirm-email/", {"code": last_code(other.email)}).status_code == 422
        member.refresh_from_db()
        assert member.email == "lea@example.org"


class TestSigningOut:
    def test_asks_first(self, member, client):
        sign_in(member, client=client)
        page = client.get("/accounts/logout/")
        assert page.status_code == 200
        assert is_signed_in(client)
        assert client.post("/accounts/logout/").headers["Location"] == "/"
        assert not is_signed_in(client)

    def test_a_visitor_is_led_home(self, client):
        assert client.get("/accounts/logout/").headers["Location"] == "/"
