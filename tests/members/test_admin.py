"""The members app in the admin: settings, members, invitations, the log; nobody acts as another."""

from datetime import UTC, datetime

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import get_resolver

from members.charters import CharterVersion
from members.joining import invite
from members.models import Community, Member
from sessions.models import Series
from tests.factories import MemberFactory, SeriesFactory, TeamFactory
from tests.members.accounts import account, is_signed_in
from tests.members.accounts import sign_in as sign_in_by_form

pytestmark = pytest.mark.django_db
SETTINGS = "/admin/members/community/1/change/"
MEMBERS = "/admin/members/member/"


@pytest.fixture
def desk(admin, sign_in):
    Community.objects.create(pk=1)
    return sign_in(admin)


def save(desk, **changes):
    data = {"name": "Commons", "stage": "leads", "allowed_domains": "", "charter": "", "default_series": ""}
    return desk.post(SETTINGS, {**data, **changes})


class TestSettings:
    def test_name_stage_domains_charter_and_series(self, desk, admin):
        old, new = SeriesFactory(is_default=True), SeriesFactory()
        domains = " Example.org\n@acme.example\n\nexample.org"
        response = save(desk, stage="open", allowed_domains=domains, charter="Be kind.", default_series=new.pk)
        assert response.status_code == 302
        community = Community.current()
        assert (community.name, community.stage) == ("Commons", "open")
        assert community.allowed_domains == "example.org\nacme.example"
        assert list(CharterVersion.objects.values_list("number", "text", "by")) == [(1, "Be kind.", admin.pk)]
        assert list(Series.objects.filter(is_default=True)) == [new]
        assert Series.objects.running(on=datetime.now(UTC).date()).first() == new
        page = desk.get(SETTINGS).content.decode()
        assert "Be kind.</textarea>" in page
        assert f'<option value="{new.pk}" selected>' in page
        save(desk, charter="Be kind.")
        assert (CharterVersion.objects.count(), Series.objects.filter(is_default=True).count()) == (1, 0)
        assert Series.objects.running(on=datetime.now(UTC).date()).first() == old

    @pytest.mark.parametrize(
        "changes",
        [
            {"stage": "ajar"},
            {"allowed_domains": "not a domain"},
            {"allowed_domains": "*.example.org"},
            {"allowed_domains": "org"},
            {"default_series": "999999"},
            {"charter": "x" * 20_001},
            {"name": ""},
        ],
    )
    def test_what_is_wrong_changes_nothing(self, changes, desk):
        assert save(desk, **changes).status_code == 200
        assert (Community.current().name, CharterVersion.objects.count()) == ("Leadership Commons", 0)

    def test_the_charter_is_changed_not_emptied(self, desk):
        save(desk, charter="Be kind.")
        assert save(desk, charter="").status_code == 200
        assert CharterVersion.objects.count() == 1


class TestMembers:
    def test_found_by_words_role_team_and_flags(self, desk):
        team = TeamFactory(name="Payments")
        MemberFactory(name="Nell Newcomer", role="manager", team=team, is_facilitator=True)
        MemberFactory(name="Otto Other", is_active=False)
        for query in ("q=nell", "role__exact=manager", f"team__id__exact={team.pk}", "is_active__exact=1"):
            page = desk.get(f"{MEMBERS}?{query}").content.decode()
            assert ("Nell Newcomer" in page, "Otto Other" in page) == (True, False)
        assert "Nell Newcomer" in desk.get(f"{MEMBERS}?is_facilitator__exact=1").content.decode()

    def test_role_team_and_facilitator_are_given(self, desk, lead):
        team = TeamFactory()
        data = {"name": "Lea Lead", "role": "guest", "team": team.pk, "time_zone": "UTC", "is_active": "on"}
        assert desk.post(f"{MEMBERS}{lead.pk}/change/", {**data, "is_facilitator": "on"}).status_code == 302
        lead.refresh_from_db()
        assert (lead.role, lead.team, lead.is_facilitator) == ("guest", team, True)

    def test_deactivated_they_are_signed_out_and_what_they_wrote_stays(self, desk, admin):
        member = account(name="Nell")
        client = sign_in_by_form(member)
        assert is_signed_in(client)
        chosen = [member.pk, admin.pk]
        desk.post(MEMBERS, {"action": "deactivate", "_selected_action": chosen})
        assert not is_signed_in(client)
        assert list(Member.objects.filter(is_active=False)) == [member]
        assert UserSession.objects.filter(user=member).count() == 0
        assert list(LogEntry.objects.values_list("user", "object_repr")) == [(admin.pk, "Nell")]

    def test_a_staff_member_makes_nobody_an_admin(self, lead, sign_in):
        staff = MemberFactory(is_staff=True)
        data = {"name": "Lea", "role": "manager", "time_zone": "UTC", "is_staff": "on", "is_superuser": "on"}
        sign_in(staff).post(f"{MEMBERS}{lead.pk}/change/", data)
        lead.refresh_from_db()
        assert (lead.is_staff, lead.is_superuser) == (False, False)

    def test_nobody_locks_themselves_out(self, desk, admin):
        data = {"name": "Renamed", "role": "guest", "time_zone": "UTC"}
        assert desk.post(f"{MEMBERS}{admin.pk}/change/", data).status_code == 302
        before = (admin.role, True, True, True)
        admin.refresh_from_db()
        assert admin.name == "Renamed"
        assert (admin.role, admin.is_active, admin.is_staff, admin.is_superuser) == before

    def test_a_staff_member_locks_no_superuser_out(self, admin, sign_in):
        staff = MemberFactory(is_staff=True)
        staff.user_permissions.add(Permission.objects.get(codename="change_member"))
        data = {"name": "Renamed", "role": "guest", "time_zone": "UTC"}
        assert sign_in(staff).post(f"{MEMBERS}{admin.pk}/change/", data).status_code == 302
        role = admin.role
        admin.refresh_from_db()
        assert (admin.name, admin.role, admin.is_active) == ("Renamed", role, True)

    def test_there_is_no_way_to_act_as_another(self, desk, lead):
        words = ("impersonat", "hijack", "login-as", "login_as", "loginas", "sudo", "become", "/password/")
        admins = [path for path in _paths(get_resolver().url_patterns) if path.startswith("admin/")]
        assert [path for path in admins if any(word in path for word in words)] == []
        page = desk.get(f"{MEMBERS}{lead.pk}/change/").content.decode()
        assert 'name="password"' not in page
        assert 'name="email"' not in page
        assert "last_login" not in page


def _paths(patterns, before=""):
    for pattern in patterns:
        here = before + str(pattern.pattern)
        yield here
        yield from _paths(getattr(pattern, "url_patterns", ()), here)


class TestRowsThatAreRead:
    def test_invitations_are_exported_without_their_links(self, desk, facilitator):
        now = datetime(2026, 11, 24, 9, 42, tzinfo=UTC)
        facilitator.name = "=cmd()"
        facilitator.save()
        (one,) = invite(["nell@example.org"], role="guest", by=facilitator, now=now)
        response = desk.post("/admin/members/invitation/", {"action": "export", "_selected_action": [one.pk]})
        lines = b"".join(response).decode("utf-8-sig").splitlines()
        assert response.headers["Content-Disposition"] == 'attachment; filename="invitations.csv"'
        assert lines[1] == (
            '"nell@example.org","guest","\'=cmd()","2026-11-24T09:42+00:00","2026-12-08T09:42+00:00","",""'
        )
        assert one.digest not in desk.get(f"/admin/members/invitation/{one.pk}/change/").content.decode()

    @pytest.mark.parametrize("model", ["members/invitation", "members/report", "members/charterversion"])
    def test_nobody_writes_them_by_hand(self, model, desk):
        assert desk.get(f"/admin/{model}/").status_code == 200
        assert desk.get(f"/admin/{model}/add/").status_code == 403

    def test_every_change_is_in_the_log_and_the_log_stays(self, desk, admin):
        save(desk, name="Another name")
        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_repr) == (admin, "Another name")
        assert "Another name" in desk.get("/admin/admin/logentry/").content.decode()
        assert desk.post(f"/admin/admin/logentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
        data = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
        desk.post("/admin/admin/logentry/", data)
        assert LogEntry.objects.count() == 1

    @pytest.mark.parametrize("who", ["lead", "facilitator", "guest"])
    def test_for_admins_only(self, who, request, sign_in):
        client: Client = sign_in(request.getfixturevalue(who))
        pages = ("members/community", "members/member", "members/invitation", "admin/logentry")
        assert {client.get(f"/admin/{page}/").status_code for page in pages} == {404 if who == "guest" else 403}
