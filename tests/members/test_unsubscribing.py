"""One click in a mail program stops mails of one kind (RFC 8058)."""

import re
from email import message_from_bytes, policy

import pytest
from django.core import signing
from django.test import Client

from members.carriers import SEVEN_BIT
from members.kinds import CHOOSABLE, DEFAULT_CHANNELS, Channel
from members.letters import message_for
from members.models import Mail, Switch
from members.switches import choices_of, choose
from members.telling import Kind, notify, write_mail
from members.unsubscribing import link_for, wish_in

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def mail(lead, now):
    notify(lead, kind=Kind.REMINDER, about="session:1", version=1, text="Tomorrow", url="/sessions/", now=now)
    return Mail.objects.get()


@pytest.fixture
def path(lead):
    return link_for(lead.pk, Kind.REMINDER).removeprefix("http://localhost:8000")


def by_mail(member):
    return {kind for kind, channels in choices_of(member)[0].items() if Channel.MAIL in channels}


def test_the_headers_arrive_as_they_must(mail, lead, now, settings):
    """Raw bytes: an address longer than a line must neither be broken nor encoded."""
    settings.SITE_URL = "https://commons.engineering.a-rather-long-company-name.example"
    raw = message_for(mail, now=now).message(policy=SEVEN_BIT).as_bytes()
    link = link_for(lead.pk, Kind.REMINDER)
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert max(len(line) for line in raw.split(b"\r\n")) < 998


def test_the_text_says_so_too_in_the_reader_s_language(mail, lead, now):
    text = message_for(mail, now=now).body
    assert text.endswith(
        f"\n-- \nNo more mails of this kind: {link_for(lead.pk, Kind.REMINDER)}\n"
        "All your choices: http://localhost:8000/members/me/notifications/\n"
    )
    message = message_from_bytes(message_for(mail, now=now).message(policy=SEVEN_BIT).as_bytes(), policy=policy.default)
    assert message.get_content_type() == "text/plain"


def test_mail_about_an_account_or_to_a_stranger_has_no_such_link(lead, now):
    write_mail(lead.email, key="a", kind="login_code", subject="s", body="b", member=lead, now=now)
    write_mail("x@example.org", key="b", kind=Kind.REMINDER, subject="s", body="b", now=now)
    for mail in Mail.objects.all():
        message = message_for(mail, now=now)
        assert "List-Unsubscribe" not in message.extra_headers
        assert message.body == "b"


def test_a_get_shows_a_button_and_stops_nothing(client, path, lead):
    page = client.get(path)
    assert page.status_code == 200
    assert re.search(r'<button class="button primary">Stop them</button>', page.content.decode())
    assert Switch.objects.count() == 0


def test_one_click_stops_this_kind_without_cookie_or_token(path, lead):
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post(path, ONE_CLICK, headers={"Origin": "https://mail.example"})
    assert answer.status_code == 200
    assert by_mail(lead) == by_mail_by_default() - {Kind.REMINDER}
    assert Channel.BELL in choices_of(lead)[0][Kind.REMINDER]
    assert stranger.post(path, "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded").status_code == 200


def by_mail_by_default():
    return {kind for kind in CHOOSABLE if Channel.MAIL in DEFAULT_CHANNELS[kind]}


def test_stopped_is_stopped_also_on_the_page(path, lead, sign_in):
    client = sign_in(lead)
    client.post(path, ONE_CLICK)
    rows = client.get("/members/me/notifications/").context["form"].rows()
    assert [row.mail for row in rows if row.kind == "reminder"] == [False]


def test_stopping_the_digest_brings_no_single_mails_back(client, lead):
    choose(lead, {Kind.REPLY: frozenset({Channel.MAIL})}, weekly=True)
    client.post(link_for(lead.pk, Kind.DIGEST), ONE_CLICK)
    assert choices_of(lead) == ({kind: choices_of(lead)[0][kind] - {Channel.MAIL} for kind in CHOOSABLE}, False)
    assert by_mail(lead) == set()


@pytest.mark.parametrize("kind", ["account", "nonsense", ""])
def test_only_kinds_that_can_be_stopped_have_links(lead, kind, client):
    token = link_for(lead.pk, kind).rstrip("/").rpartition("/")[2]
    assert wish_in(token) is None
    assert client.post(f"/members/unsubscribe/{token}/", ONE_CLICK).status_code == 404


@pytest.mark.parametrize("change", [lambda t: "9" + t, lambda t: t[:-1], lambda t: "x", lambda t: t + "%00"])
def test_a_link_that_we_did_not_make_is_missing(client, path, lead, change):
    token = path.rstrip("/").rpartition("/")[2]
    assert client.post(f"/members/unsubscribe/{change(token)}/", ONE_CLICK).status_code == 404
    assert Switch.objects.count() == 0


def test_another_signature_of_ours_opens_nothing(lead, client):
    token = signing.Signer(salt="another").sign(f"{lead.pk}.reminder")
    assert client.get(f"/members/unsubscribe/{token}/").status_code == 404


def test_whoever_left_is_missing(client, path, lead):
    lead.delete()
    assert client.get(path).status_code == 404


def test_wrong_verb(client, path):
    assert client.put(path).status_code == 405
