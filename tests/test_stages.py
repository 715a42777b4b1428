"""The table of rights in the other stages, and powers: what a stage changes, and what no form gives."""

import re
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from members.models import Community, Member
from tests.test_rights import ADDRESSES, ANSWERS, CAST, SPECIAL, answer, fill  # noqa: F401 -- a fixture

ROLES = ("guest", "lead", "facilitator")
POWERS = {
    "is_staff": "1",
    "is_superuser": "on",
    "is_facilitator": "on",
    "facilitator": "on",
    "is_active": "",
    "groups": "1",
    "user_permissions": "1",
    "charter_seen": "9",
}
# Whose answers depend on the run of the test, or on another site.
NOT_HERE = {"healthz", "readyz"}


@pytest.fixture(autouse=True)
def _keeps_no_templates(monkeypatch):
    """What the client notes about templates takes half the time, and nobody asks here."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)


@pytest.fixture
def clients(request, sign_in) -> dict[str, Client]:
    """The roles that the stage of the test is about."""
    return {name: sign_in(request.getfixturevalue(name)) for name in request.param}


def changed(clients, fill) -> dict[str, dict[str, object]]:  # noqa: F811
    """What is answered otherwise than the table of the open community says, by address."""
    found: dict[str, dict[str, object]] = {}
    for name, right in ADDRESSES.items():
        if name in NOT_HERE:
            continue
        url = reverse(name, args=fill.get(name, []))
        tables = [dict(zip(CAST, table[right], strict=True)) for table in (SPECIAL, ANSWERS) if right in table]
        for who, client in clients.items():
            if (status := answer(client, url)) not in [table[who] for table in tables]:
                found.setdefault(name, {})[who] = status
    return found


@pytest.mark.once
@pytest.mark.parametrize("clients", [("guest", "aspiring")], ids=["all"], indirect=True)
def test_before_the_community_opens_who_aspires_reads_on(clients, fill):  # noqa: F811
    """Going back removes nobody; they take no part until it opens again."""
    Community.objects.update(stage=Community.Stage.LEADS)
    assert changed(clients, fill) == ASPIRING_BEFORE


@pytest.mark.once
@pytest.mark.parametrize("clients", [ROLES], ids=["all"], indirect=True)
def test_an_archive_is_read(clients, fill):  # noqa: F811
    """What is written is refused; all that is read stays, and nothing opens that was not open before."""
    Community.objects.update(stage=Community.Stage.CLOSED)
    found = changed(clients, fill)
    assert {name: found.pop(name, None) for name in GONE} == GONE
    assert {status for answers in found.values() for status in answers.values()} == {403}
    assert set(found) & READ == set()


ASPIRING_BEFORE: dict[str, dict[str, object]] = {
    "feedback:form": {"aspiring": 404},
    "sessions:new_topic": {"aspiring": 403},
}
# Pages that an archive has no use for.
GONE: dict[str, dict[str, object]] = {
    "sessions:join": dict.fromkeys(ROLES, 404),
    "welcome": dict.fromkeys(ROLES[1:], 302),
}
READ = {
    "home", "search", "community", "privacy", "charter:charter", "charter:history", "charter:version", "export",
    "library:index", "library:material", "library:file", "library:history", "library:mine", "library:reading_list",
    "library:tags", "library:tag", "principles:index", "principles:principle", "sessions:index", "sessions:past",
    "sessions:session", "sessions:series", "sessions:topics", "sessions:topic", "feedback:index", "feedback:results",
    "practice:index", "practice:plans", "practice:plan", "practice:reflections", "members:index", "members:member",
    "members:team", "members:me", "members:notifications", "members:invitations", "members:reports",
}  # fmt: skip


class Fields(HTMLParser):
    """The fields of all forms of a page that are sent by POST, with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.area = self.select = ""

    def handle_starttag(self, tag, attrs) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append({"_action": found.get("action", ""), "_method": found.get("method", "get")})
        elif tag in {"input", "textarea", "button", "select", "option"} and self.forms:
            self._field(tag, found)

    def _field(self, tag, found) -> None:
        form, name = self.forms[-1], found.get("name")
        if tag == "select":
            self.select = name or ""
        elif tag == "option":
            if "selected" in found or self.select not in form:
                form[self.select] = found.get("value") or ""
            return
        if tag == "textarea":
            self.area = name or ""
            form[self.area] = ""
        elif name and (found.get("type") not in {"radio", "checkbox"} or "checked" in found):
            form.setdefault(name, found.get("value") or "")

    def handle_endtag(self, tag) -> None:
        self.area = "" if tag == "textarea" else self.area

    def handle_data(self, data) -> None:
        if self.area and self.forms:
            self.forms[-1][self.area] += data


def forms_of(client, address) -> list[tuple[str, dict[str, str]]]:
    """Returns where each form of a page is sent, and what it holds."""
    response = client.get(address)
    body = b"".join(response)  # a stream is closed at its end
    if response.status_code != 200 or "text/html" not in response.headers.get("Content-Type", ""):
        return []
    parser = Fields()
    parser.feed(body.decode())
    posted = [form for form in parser.forms if form["_method"].lower() == "post"]
    return [(form.pop("_action") or address, form) for form in posted]


def powers() -> list[tuple[object, ...]]:
    fields = ("pk", "role", "is_staff", "is_superuser", "is_facilitator", "charter_seen", "groups", "user_permissions")
    return sorted(Member.objects.values_list(*fields))


@pytest.mark.once
def test_no_form_gives_a_power(lead, fill, sign_in, settings):  # noqa: F811
    """Every form of every page, filled as it is shown and sent with what nobody may take."""
    settings.RATE_LIMITS = False
    client, sent = sign_in(lead), 0
    before = powers()
    for name in sorted(set(ADDRESSES) - NOT_HERE):
        for action, data in forms_of(client, reverse(name, args=fill.get(name, []))):
            if re.match(r"/(accounts|members/me/delete|charter/seen)/", action):
                continue  # signing out and leaving; a test of accounts and of the charter sends these
            # Where a role may be chosen, a wrong one makes the whole form fail: that one is sent without, too.
            for more in ({"role": "guest", **POWERS}, *([POWERS] if "role" in data else [])):
                with transaction.atomic():
                    response = client.post(action.partition("#")[0], {**data, **more})
                    b"".join(response)
                    assert response.status_code < 500, action
                    assert set(powers()) & set(before) == set(before), (name, action)
                    transaction.set_rollback(True)
                sent += 1
    assert sent > 50
