"""Inviting people, and who comes in by it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from members.invitation_forms import addresses_in
from members.invitations import Invitation, JoinRequest
from members.joining import admit_waiting, invite
from members.models import Community, Mail, Member
from tests.conftest import NOW
from tests.factories import MemberFactory, SkillFactory, TeamFactory
from tests.members.accounts import JOINING, admit, is_signed_in, last_code
from tests.threads import at_once

pytestmark = pytest.mark.django_db
PAGE = "/members/invitations/"
NELL = "nell@elsewhere.example"


@pytest.fixture
def host(facilitator, sign_in):
    return sign_in(facilitator)


def send(host, addresses=NELL, role="manager"):
    return host.post(PAGE, {"addresses": addresses, "role": role})


def link_of(address=NELL) -> str:
    """The link in the latest mail to that address."""
    body = Mail.objects.filter(to=address).latest("pk").body
    return re.search(r"^http://\S+?(/accounts/signup/\?invitation=\S+)$", body, re.MULTILINE)[1]


def join(link, client=None, **data):
    """Follows a link and sends the form; returns the answer."""
    client = client or Client()
    token = link.partition("=")[2]
    return client.post("/accounts/signup/", {**JOINING, "email": NELL, "invitation_token": token, **data})


class TestInviting:
    def test_one_address_gets_a_mail_with_a_link(self, host, facilitator):
        assert send(host).headers["Location"] == PAGE
        invitation, mail = Invitation.objects.get(), Mail.objects.get()
        assert (invitation.email, invitation.role, invitation.invited_by) == (NELL, "manager", facilitator)
        assert invitation.expires_at - invitation.sent_at == timedelta(days=14)
        assert (mail.to, mail.kind, mail.subject) == (NELL, "invitation", "You are invited to Leadership Commons")
        assert "Fay Facilitator invites you" in mail.body
        assert link_of().partition("=")[2] not in str(Invitation.objects.values())

    def test_a_pasted_list(self, host):
        MemberFactory(email="here@example.org")
        invite(["waits@example.org"], role="manager", by=None, now=datetime.now(UTC))
        text = "Nell N. <Nell@Elsewhere.example>; a@example.org,\n b@example.org\there@example.org waits@example.org"
        page = send(host, text, role="guest").client.get(PAGE).content.decode()
        assert set(Invitation.objects.filter(role="guest").values_list("email", flat=True)) == {
            NELL,
            "a@example.org",
            "b@example.org",
        }
        assert "3 people are invited." in page
        assert "Invited already: waits@example.org" in page
        assert "Here already: here@example.org" in page
        assert Mail.objects.count() == 4

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"addresses": "nonsense, b@example.org"}, "These are no e-mail addresses: nonsense"),
            ({"addresses": " ,; "}, "Please give at least one address."),
            ({"addresses": ""}, "This field is required."),
            ({"addresses": " ".join(f"a{n}@example.org" for n in range(21))}, "At most 20 at a time"),
            ({"addresses": "a\x00@example.org"}, "Null characters are not allowed."),
            ({"addresses": f"{'x' * 250}@example.org"}, "These are no e-mail addresses"),
            ({"role": "aspiring"}, "Select a valid choice"),
            ({"role": "admin"}, "Select a valid choice"),
        ],
    )
    def test_what_is_wrong_is_answered_422_and_nobody_is_invited(self, data, words, host):
        response = host.post(PAGE, {"addresses": NELL, "role": "manager", **data})
        assert response.status_code == 422
        assert words in response.content.decode()
        assert (Invitation.objects.count(), Mail.objects.count()) == (0, 0)

    def test_who_aspires_is_invited_once_the_community_is_open(self, host):
        admit(stage=Community.Stage.OPEN)
        send(host, role="aspiring")
        assert Invitation.objects.get().role == "aspiring"

    def test_the_same_form_twice_is_one_invitation(self, host):
        send(host)
        send(host)
        assert (Invitation.objects.count(), Mail.objects.count()) == (1, 1)

    @pytest.mark.django_db(transaction=True)
    def test_many_at_once_are_one_invitation(self, facilitator, settings, now):
        def run(number):
            return len(invite([NELL], role="manager", by=None, now=now))

        assert sum(at_once(6, run)) == 1
        assert (Invitation.objects.count(), Mail.objects.count()) == (1, 1)

    def test_twenty_a_day(self, host):
        send(host, " ".join(f"a{n}@example.org" for n in range(19)))
        refused = send(host, "b@example.org c@example.org")
        assert (refused.status_code, int(refused.headers["Retry-After"]) > 86000) == (429, True)
        assert Invitation.objects.count() == 19
        assert send(host, "b@example.org").status_code == 302
        assert host.post(f"{PAGE}{Invitation.objects.first().pk}/resend/").status_code == 429
        assert (Invitation.objects.count(), Mail.objects.count()) == (20, 20)

    def test_an_archive_invites_nobody(self, host):
        send(host)
        admit(stage=Community.Stage.CLOSED)
        assert send(host, "a@example.org").status_code == 403
        assert host.post(f"{PAGE}{Invitation.objects.get().pk}/resend/").status_code == 403
        assert "Nobody joins any more" in host.get(PAGE).content.decode()
        assert Invitation.objects.count() == 1

    @pytest.mark.parametrize("text", ["", "a", "<>", "<a@b.example", "Jo <jo@b.example>, jo@B.example"])
    def test_addresses_in_a_text(self, text):
        found = {"": [], "a": ["a"], "<>": [], "<a@b.example": ["<a@b.example"]}
        assert addresses_in(text) == found.get(text, ["jo@b.example"])


class TestOpenOnes:
    @pytest.fixture
    def invitation(self, host):
        send(host)
        return Invitation.objects.get()

    def test_sent_again_the_old_link_counts_no_more(self, invitation, host):
        old = link_of()
        assert host.post(f"{PAGE}{invitation.pk}/resend/").headers["Location"] == PAGE
        assert join(old).status_code == 422
        assert join(link_of()).headers["Location"] == "/accounts/confirm-email/"

    def test_taken_back_after_a_question(self, invitation, host):
        assert (
            "Take back the invitation of nell@elsewhere.example?"
            in host.get(f"{PAGE}{invitation.pk}/withdraw/").content.decode()
        )
        assert host.post(f"{PAGE}{invitation.pk}/withdraw/").headers["Location"] == PAGE
        assert join(link_of()).status_code == 422
        assert NELL not in host.get(PAGE).content.decode().partition("Invited, not here yet")[2]

    @pytest.mark.parametrize("verb", ["resend", "withdraw"])
    @pytest.mark.parametrize("state", ["accepted_at", "withdrawn_at"])
    def test_what_is_over_is_not_there(self, verb, state, invitation, host, now):
        Invitation.objects.update(**{state: now})
        assert host.post(f"{PAGE}{invitation.pk}/{verb}/").status_code == 404
        assert host.post(f"{PAGE}999999/{verb}/").status_code == 404

    @pytest.mark.parametrize("verb", ["resend", "withdraw"])
    def test_nobody_else_does(self, verb, invitation, lead, guest, sign_in):
        answers = [sign_in(one).post(f"{PAGE}{invitation.pk}/{verb}/").status_code for one in (lead, guest)]
        assert answers == [403, 404]
        assert sign_in(lead).post(PAGE, {"addresses": "a@b.example", "role": "guest"}).status_code == 403
        assert Invitation.objects.open().count() == 1

    def test_one_that_ran_out_is_invited_anew(self, invitation, host):
        Invitation.objects.update(expires_at=NOW - timedelta(days=400))
        assert "ran out on" in host.get(PAGE).content.decode()
        send(host, role="guest")
        assert list(Invitation.objects.values_list("email", "role")) == [(NELL, "guest")]

    @pytest.mark.parametrize(("rows", "queries"), [(1, 10), (3, 10)])
    def test_the_page_asks_as_much_for_many(self, rows, queries, host, django_assert_num_queries):
        addresses = [f"a{n}@example.org" for n in range(rows)]
        invite(addresses, role="manager", by=MemberFactory(), now=datetime.now(UTC))
        MemberFactory.create_batch(rows)
        with django_assert_num_queries(queries):
            host.get(PAGE)


class TestComingIn:
    @pytest.fixture
    def link(self, host):
        send(host)
        return link_of()

    def test_the_link_opens_a_form_with_address_and_role(self, link, client):
        page = client.get(link).content.decode()
        assert f'value="{NELL}"' in page
        assert re.search(r'value="manager"[^>]* checked', page)
        assert "You are invited." in page

    def test_from_the_link_to_the_home_page(self, link, client):
        client.get(link)
        assert join(link, client).headers["Location"] == "/accounts/confirm-email/"
        assert not is_signed_in(client)
        client.post("/accounts/confirm-email/", {"code": last_code(NELL)})
        assert is_signed_in(client)
        member, invitation = Member.objects.get(email=NELL), Invitation.objects.get()
        assert (member.role, invitation.accepted_by, invitation.accepted_at is None) == ("manager", member, False)

    def test_it_counts_once(self, link):
        join(link)
        Member.objects.filter(email=NELL).delete()
        again = join(link)
        page = again.content.decode()
        assert again.status_code == 422
        assert "This community is by invitation" in page
        assert "This invitation does not count any more" in page

    def test_it_counts_for_14_days(self, link):
        sent = Invitation.objects.get().sent_at
        with time_machine.travel(sent + timedelta(days=14), tick=False):
            assert join(link).status_code == 422
        with time_machine.travel(sent + timedelta(days=14, seconds=-1), tick=False):
            assert join(link).status_code == 302

    def test_it_counts_for_its_address_alone(self, link):
        response = join(link, email="other@elsewhere.example")
        assert response.status_code == 422
        assert "This community is by invitation" in response.content.decode()
        assert not Member.objects.filter(email="other@elsewhere.example").exists()

    @pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\u0661\ud7ff", "a' OR 1=1 --"])
    def test_an_address_that_is_invited_needs_its_link(self, token, link):
        assert join("?invitation=" + token).status_code == 422
        assert not Member.objects.filter(email=NELL).exists()

    def test_a_member_may_say_otherwise_what_they_are(self, link):
        join(link, role="tech_lead")
        assert Member.objects.get(email=NELL).role == "tech_lead"

    def test_a_guest_stays_a_guest_whatever_the_form_says(self, host):
        send(host, role="guest")
        page = Client().get(link_of()).content.decode()
        assert 'name="role"' not in page
        join(link_of(), role="tech_lead", is_facilitator="on")
        member = Member.objects.get(email=NELL)
        assert (member.role, member.is_facilitator) == ("guest", False)

    def test_whoever_has_an_account_meanwhile_reads_the_same(self, link):
        fresh = join(link)
        Invitation.objects.update(accepted_at=None)
        known = join(link)
        assert (known.status_code, known.headers["Location"]) == (fresh.status_code, fresh.headers["Location"])
        assert Member.objects.filter(email=NELL).count() == 1


ASPIRING = {**JOINING, "role": "aspiring", "password1": ""}


class TestWaiting:
    """Who aspires to lead before the community is open to them."""

    def test_is_told_kindly_and_kept(self, client):
        admit("example.org")
        response = client.post("/accounts/signup/", ASPIRING, follow=True)
        assert response.redirect_chain == [("/accounts/waiting/", 302)]
        assert "Thank you, we keep your request" in response.content.decode()
        assert list(JoinRequest.objects.values_list("name", "email")) == [("Nell Newcomer", "nell@example.org")]
        assert (Member.objects.count(), Mail.objects.count()) == (0, 0)

    def test_only_who_may_join_at_all(self, client):
        admit("example.org")
        response = client.post("/accounts/signup/", {**ASPIRING, "email": NELL})
        assert (response.status_code, JoinRequest.objects.count()) == (422, 0)

    def test_the_first_request_counts_and_members_leave_none(self, client):
        admit("example.org")
        client.post("/accounts/signup/", ASPIRING)
        MemberFactory(email="here@example.org")
        answers = [
            Client().post("/accounts/signup/", {**ASPIRING, **changes})
            for changes in ({"name": "Somebody Else"}, {"email": "here@example.org"})
        ]
        assert [(one.status_code, one.headers["Location"]) for one in answers] == [(302, "/accounts/waiting/")] * 2
        assert [one.name for one in JoinRequest.objects.all()] == ["Nell Newcomer"]

    def test_facilitators_see_who_waits(self, client, host):
        admit("example.org")
        client.post("/accounts/signup/", ASPIRING)
        assert "Nell Newcomer" in host.get(PAGE).content.decode()

    def test_is_let_in_once_the_stage_is_open(self, client, now):
        admit("example.org")
        client.post("/accounts/signup/", ASPIRING)
        assert admit_waiting(now) == 0
        admit("example.org", stage=Community.Stage.OPEN)
        assert [admit_waiting(datetime.now(UTC)), admit_waiting(datetime.now(UTC))] == [1, 0]
        assert "Now the community is open" in Mail.objects.get().body
        join(link_of("nell@example.org"), email="nell@example.org", role="aspiring")
        assert (Member.objects.get().role, JoinRequest.objects.count()) == ("aspiring", 0)

    def test_whoever_was_invited_and_asked_to_wait_is_told_as_well(self, facilitator, now):
        admit()
        invite([NELL], role="tech_lead", by=facilitator, now=now)
        first = link_of(NELL)
        join(first, role="aspiring", password1="")
        admit(stage=Community.Stage.OPEN)
        assert admit_waiting(datetime.now(UTC)) == 1
        assert "Now the community is open" in Mail.objects.filter(to=NELL).latest("pk").body
        assert [one.role for one in Invitation.objects.open()] == ["aspiring"]
        join(link_of(NELL), role="aspiring")
        assert Member.objects.get(email=NELL).role == "aspiring"

    def test_the_stage_changed_in_the_admin_lets_them_in(self, client, admin, sign_in):
        admit("example.org")
        client.post("/accounts/signup/", ASPIRING)
        change = {"name": "Commons", "stage": "open", "allowed_domains": "example.org", "charter": ""}
        response = sign_in(admin).post("/admin/members/community/1/change/", change)
        assert (response.status_code, JoinRequest.objects.count(), Mail.objects.count()) == (302, 0, 1)

    def test_going_back_removes_nobody(self, aspiring, admin, sign_in):
        admit(stage=Community.Stage.OPEN)
        change = {"name": "Commons", "stage": "leads", "allowed_domains": "", "charter": ""}
        sign_in(admin).post("/admin/members/community/1/change/", change)
        aspiring.refresh_from_db()
        assert (aspiring.role, aspiring.is_active) == ("aspiring", True)
        assert sign_in(aspiring).get("/members/").status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_write_one_mail(self, client):
        admit("example.org")
        client.post("/accounts/signup/", ASPIRING)
        admit("example.org", stage=Community.Stage.OPEN)
        assert sum(at_once(4, lambda number: admit_waiting(datetime.now(UTC)))) == 1
        assert (Mail.objects.count(), Invitation.objects.count()) == (1, 1)


class TestBuddies:
    LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)

    def test_of_another_team_who_helps_with_what_is_sought(self, host, facilitator):
        skill, team = SkillFactory(name="difficult conversations"), TeamFactory()
        Member.objects.update(joined_at=self.LONG_AGO)
        new = MemberFactory(name="Nell Newcomer", team=team, role="manager")
        new.seeks.add(skill)
        same_team = MemberFactory(name="Same Team", team=team, joined_at=self.LONG_AGO)
        same_team.offers.add(skill)
        far = MemberFactory(name="Far Away", joined_at=self.LONG_AGO, time_zone="Pacific/Auckland")
        far.offers.add(skill)
        fits = MemberFactory(name="Bea Buddy", joined_at=self.LONG_AGO)
        fits.offers.add(skill)
        page = host.get(PAGE).content.decode()
        found = re.findall(r"A buddy could be <a[^>]*>([^<]*)</a>[^:]*: (.*)\.</p>", page)
        assert found == [("Bea Buddy", "helps with difficult conversations")]

    def test_nobody_fits_and_the_page_says_so(self, host, facilitator):
        Member.objects.update(joined_at=self.LONG_AGO)
        assert "Nobody joined in the last 30 days." in host.get(PAGE).content.decode()
        MemberFactory(team=facilitator.team)
        assert "Nobody of another team is here long enough yet." in host.get(PAGE).content.decode()
