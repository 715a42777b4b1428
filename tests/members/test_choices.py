"""How members want to be told: few mails unless they say otherwise, each kind and channel with its own switch."""

import pytest

from members.kinds import CHOOSABLE, DEFAULT_CHANNELS, Channel
from members.models import Mail, Notification, Switch
from members.switches import channels_of, choices_of, choose
from members.telling import Kind, Letter, notify_many
from tests.factories import MemberFactory

URL = "/members/me/notifications/"
DEFAULT_BELL = {kind.value for kind in CHOOSABLE if Channel.BELL in DEFAULT_CHANNELS[kind]} - {"report"}
DEFAULT_MAIL = {kind.value for kind in CHOOSABLE if Channel.MAIL in DEFAULT_CHANNELS[kind]}
MAIL, BELL = frozenset({Channel.MAIL}), frozenset({Channel.BELL})


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


def send(client, bell=DEFAULT_BELL, mail=DEFAULT_MAIL, pace="each"):
    return client.post(URL, {"bell": sorted(bell), "mail": sorted(mail), "pace": pace})


def tell(members, now, kind):
    letter = Letter("A headline", "Words.")
    notify_many(members, kind=kind, about="session:1", version=1, text="A line", url="/sessions/", mail=letter, now=now)


def test_the_defaults_are_few_mails(lead):
    assert choices_of(lead) == ({kind: DEFAULT_CHANNELS[kind] for kind in CHOOSABLE}, False)
    assert {kind for kind in CHOOSABLE if Channel.MAIL not in DEFAULT_CHANNELS[kind]} == {
        Kind.SESSION_ANNOUNCED,
        Kind.REPLY,
        Kind.REPORT,
    }


def test_the_page_shows_what_is_chosen(client, lead):
    choose(lead, {Kind.REPLY: MAIL}, weekly=True)
    form = client.get(URL).context["form"]
    rows = {row.kind: (row.bell, row.mail) for row in form.rows()}
    assert set(rows) == set(CHOOSABLE) - {Kind.REPORT}
    assert (rows["reply"], rows["reminder"], form["pace"].value()) == ((False, True), (True, True), "weekly")


def test_who_facilitates_hears_of_reports(facilitator, sign_in):
    rows = sign_in(facilitator).get(URL).context["form"].rows()
    assert {row.kind for row in rows} == set(CHOOSABLE)


def test_saving_stores_only_what_differs_from_the_defaults(client, lead):
    response = send(client, mail=DEFAULT_MAIL - {"reminder"} | {"reply"})
    assert (response.status_code, response.headers["Location"]) == (302, URL)
    stored = set(Switch.objects.values_list("member", "kind", "channel", "is_on"))
    assert stored == {(lead.pk, "reminder", "mail", False), (lead.pk, "reply", "mail", True)}
    send(client)
    assert Switch.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"pace": "hourly"}, {"bell": ["account"]}, {"mail": ["digest"]}, {"pace": ""}])
def test_what_cannot_be_chosen_answers_422_and_keeps_the_rest(client, wrong):
    data = {"bell": ["reply"], "mail": [], "pace": "each", **wrong}
    response = client.post(URL, data)
    assert response.status_code == 422
    assert [row.kind for row in response.context["form"].rows() if row.mail] == []
    assert Switch.objects.count() == 0


def test_a_guest_is_asked_about_sessions_alone(guest, sign_in):
    choose(guest, {Kind.REPLY: MAIL}, weekly=False)
    client = sign_in(guest)
    kinds = [row.kind for row in client.get(URL).context["form"].rows()]
    assert kinds == ["session_changed", "session_cancelled", "promoted", "reminder", "feedback_open"]
    send(client, bell=set(kinds), mail=set())
    assert choices_of(guest)[0][Kind.REPLY] == MAIL
    assert choices_of(guest)[0][Kind.REMINDER] == BELL


def test_news_comes_by_the_chosen_ways(lead, manager, now):
    choose(lead, {Kind.REMINDER: MAIL, Kind.REPLY: MAIL}, weekly=False)
    choose(manager, {Kind.REMINDER: BELL, Kind.REPLY: frozenset()}, weekly=False)
    for kind in (Kind.REMINDER, Kind.REPLY):
        tell([lead, manager], now, kind)
    assert list(Notification.objects.values_list("member", "kind")) == [(manager.pk, "reminder")]
    assert sorted(Mail.objects.values_list("member", "kind")) == [(lead.pk, "reminder"), (lead.pk, "reply")]


def test_the_digest_takes_the_place_of_single_mails(lead, now):
    choose(lead, {}, weekly=True)
    for kind in Kind:
        tell([lead], now, kind)
    states = dict(Mail.objects.values_list("kind", "state"))
    gathered = {kind for kind, state in states.items() if state == Mail.State.GATHERED}
    assert gathered == {kind for kind in DEFAULT_MAIL if kind != "reminder"}
    assert set(states) - gathered == {"account", "digest"}


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(count, db, django_assert_num_queries):
    members = [MemberFactory() for _number in range(count)]
    with django_assert_num_queries(1):
        assert set(channels_of(members, Kind.REPLY)) == {member.pk for member in members}
