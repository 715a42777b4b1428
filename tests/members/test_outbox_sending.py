"""Sending to real mail servers on this machine: working, refusing, hanging, hanging up, away."""

import ssl
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime
from uuid import uuid4

import pytest
from django.core import mail as locmem
from django.core.mail import mailers as configured
from django.db import OperationalError

from members import carriers, postman
from members.carriers import SmtpCarrier
from members.models import Beat, Mail
from members.postman import HOLD, PAUSES, SHORT_PAUSE, Round, deliver
from members.telling import write_mail
from tests.factories import MemberFactory
from tests.mail_server import CUT, HANG, BadServer, MailServer, certificate, free_port, mailers

pytestmark = pytest.mark.django_db

WAITING, SENT, FAILED, UNCERTAIN = Mail.State.WAITING, Mail.State.SENT, Mail.State.FAILED, Mail.State.UNCERTAIN
SECOND = timedelta(seconds=1)


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.MAILERS = mailers(server.port)
        yield server


@pytest.fixture
def bad_server(settings, monkeypatch):
    """Call it with the manners of a bad server; patience is short with it."""
    started = []
    monkeypatch.setattr(postman, "carrier_for", lambda backend: SmtpCarrier(backend, patience=0.6))

    def start(**manners):
        settings.MAILERS = mailers(free_port(), timeout=0.3)
        server = BadServer(**manners).__enter__()
        settings.MAILERS = mailers(server.port, timeout=0.3)
        started.append(server)
        return server

    yield start
    for server in started:
        server.__exit__()


def write(number, now, **changes):
    words = {"kind": "reminder", "subject": f"Mail {number}", "body": "Some words"}
    return write_mail(f"r{number}@example.org", key=f"k{number}", **{**words, **changes}, now=now)


def ledger():
    """What the ledger says of each mail: state, tries, error."""
    return [(mail.state, mail.tries, mail.error) for mail in Mail.objects.order_by("pk")]


def states():
    return [mail.state for mail in Mail.objects.order_by("pk")]


def test_what_arrives(server, now):
    body = "Grüße 🎉 from ようこそ\n.\n..dots\nFrom here " + "long " * 300
    mail = write(1, now, subject="Ein Thema: Grüße 🎉", body=body)
    assert deliver(now) == Round(sent=1)
    [message] = server.messages
    assert message["Subject"] == "Ein Thema: Grüße 🎉"
    assert message["Message-ID"] == f"<{mail.message_id}@localhost>"
    assert (message["To"], message["From"]) == ("r1@example.org", "Leadership Commons <portal@localhost>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert timedelta() <= parsedate_to_datetime(message["Date"]) - now < timedelta(seconds=2)
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n").rstrip() == body.rstrip()
    assert {key.lower() for key in message} - {"x-peer", "x-mailfrom", "x-rcptto"} == {
        "subject",
        "from",
        "to",
        "date",
        "message-id",
        "auto-submitted",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
    }


def test_header_injection_adds_nothing(server, now):
    write(1, now, subject="Hello\r\nBcc: r2@example.org\r\n\r\nbody", body="\r\n.\r\nMAIL FROM:<x@example.org>\r\n")
    deliver(now)
    assert server.asked == ["r1@example.org"]
    assert [message["Bcc"] for message in server.messages] == [None]
    assert server.messages[0]["Subject"] == "Hello Bcc: r2@example.org body"


def test_each_once_in_order_over_one_connection(server, now):
    expected = [f"<{write(number, now).message_id}@localhost>" for number in range(25)]
    assert deliver(now) == Round(sent=25)
    assert server.arrived == expected
    assert deliver(now + timedelta(days=2)) == Round()
    assert len(server.arrived) == 25
    assert set(states()) == {SENT}


@pytest.fixture
def tls_server(settings, tmp_path):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate(tmp_path))
    with MailServer(tls=tls) as server:
        settings.MAILERS = mailers(server.port, use_ssl=True)
        yield server


def test_over_tls(tls_server, now, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    write(1, now)
    write(2, now)
    assert deliver(now) == Round(sent=2)
    assert tls_server.recipients == ["r1@example.org", "r2@example.org"]


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(tls_server, now):
    write(1, now)
    assert deliver(now) == Round()
    assert (tls_server.asked, [(state, tries) for state, tries, error in ledger()]) == ([], [(WAITING, 0)])


def test_nothing_due_asks_nobody(now, settings, django_assert_num_queries):
    settings.MAILERS = mailers(free_port())
    write(1, now + SECOND)
    with django_assert_num_queries(3):
        assert deliver(now) == Round()
    assert Beat.last(HOLD) is None


def test_an_address_that_does_not_exist_fails_for_good(server, now):
    server.answers["RCPT"] = lambda address: "550 5.1.1 no such user" if address.startswith("r1@") else None
    write(1, now)
    write(2, now)
    assert deliver(now) == Round(sent=1, refused=1)
    assert ledger() == [(FAILED, 1, "550 5.1.1 no such user"), (SENT, 0, "")]
    deliver(now + timedelta(days=2))
    assert server.asked == ["r1@example.org", "r2@example.org"]


@pytest.mark.parametrize("reply", ["554 5.7.1 looks like spam", "552 too large"])
def test_a_text_that_is_refused_fails_for_good(server, now, reply):
    server.answers["DATA"] = lambda address: reply
    write(1, now)
    assert deliver(now) == Round(refused=1)
    assert ledger() == [(FAILED, 1, reply)]


def test_an_address_nobody_can_send_to_fails_for_good(server, now):
    Mail.objects.filter(pk=write(1, now).pk).update(to="größe@example.org")
    write(2, now)
    assert deliver(now) == Round(sent=1, refused=1)
    assert [state for state, tries, error in ledger()] == [FAILED, SENT]


def test_a_busy_mailbox_is_tried_five_times_over_a_day(server, now):
    server.answers["RCPT"] = lambda address: "450 4.2.1 mailbox busy" if address.startswith("r1@") else None
    write(1, now)
    at = now
    for tries, pause in enumerate(PAUSES, start=1):
        deliver(at)
        assert ledger() == [(WAITING, tries, "450 4.2.1 mailbox busy")]
        deliver(at + pause - SECOND)
        at += pause + SECOND
    assert len(server.asked) == 4
    deliver(at)
    assert ledger() == [(FAILED, 5, "450 4.2.1 mailbox busy")]
    assert list(PAUSES) == sorted(PAUSES)
    assert timedelta(hours=20) < at - now < timedelta(hours=26)


def test_a_mail_that_is_refused_while_others_pass_is_to_blame(server, now):
    server.answers["DATA"] = lambda address: "451 later" if address.startswith("r1@") else None
    write(1, now)
    deliver(now)
    assert ledger() == [(WAITING, 0, "451 later")]  # no other mail yet: it may be the server's fault
    write(2, now + SHORT_PAUSE)
    deliver(now + SHORT_PAUSE)
    deliver(now + 3 * SHORT_PAUSE)
    assert ledger() == [(WAITING, 1, "451 later"), (SENT, 0, "")]
    deliver(now + 3 * SHORT_PAUSE + PAUSES[0] + SECOND)
    assert ledger()[0] == (WAITING, 2, "451 later")


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_server_that_refuses_everything_costs_no_try_and_no_time(server, now, step, count):
    server.answers[step] = lambda address: "451 4.3.0 trouble here"
    expected = {f"<{write(number, now).message_id}@localhost>" for number in range(count)}
    at = now
    while at < now + timedelta(minutes=6):
        deliver(at)
        at += timedelta(seconds=15)
    assert {(state, tries) for state, tries, error in ledger()} == {(WAITING, 0)}
    server.answers[step] = lambda address: None
    returned = at
    while at <= returned + timedelta(minutes=2):
        deliver(at)
        at += timedelta(seconds=15)
    assert set(server.arrived) == expected
    assert len(server.arrived) == count


def test_three_refusals_in_a_row_end_the_round(server, now):
    server.answers["RCPT"] = lambda address: "451 trouble"
    for number in range(9):
        write(number, now)
    deliver(now)
    assert server.asked == ["r0@example.org", "r1@example.org", "r2@example.org"]
    assert deliver(now + SHORT_PAUSE - SECOND) == Round()
    assert len(server.asked) == 3


def test_refusals_between_mails_that_arrive_hold_up_nothing(server, now):
    server.answers["RCPT"] = lambda address: None if int(address[1]) % 2 else "451 trouble"
    for number in range(10):
        write(number, now)
    assert deliver(now) == Round(sent=5, refused=5)
    assert Beat.last(HOLD) is None


def test_one_bad_mail_does_not_hold_up_the_others(server, now):
    server.answers["DATA"] = lambda address: "451 bad" if address.startswith("r0@") else None
    for number in range(5):
        write(number, now)
    assert deliver(now) == Round(sent=4, refused=1)
    assert Beat.last(HOLD) is None


def test_no_server_loses_no_try_and_everything_is_sent_on_its_return(settings, now):
    server = MailServer()
    settings.MAILERS = mailers(server.port)
    written = [f"<{write(number, now).message_id}@localhost>" for number in range(12)]
    at = now
    while at < now + timedelta(days=3):
        deliver(at)
        at += timedelta(hours=1)
    assert set(ledger()) == {(WAITING, 0, "")}
    deliver(at)
    with server:
        returned = at
        while at <= returned + timedelta(minutes=2):
            deliver(at)
            at += timedelta(seconds=15)
        assert sorted(server.arrived) == sorted(written)


def test_while_the_server_is_away_nobody_knocks_for_half_a_minute(settings, now, caplog):
    settings.MAILERS = mailers(free_port())
    write(1, now)
    deliver(now)
    for seconds in (1, 15, 29):
        deliver(now + timedelta(seconds=seconds))
    assert [record.message for record in caplog.records if "trouble" in record.message] == [
        "Mail waits, the mail server is in trouble: ConnectionRefusedError: [Errno 111] Connection refused"
    ]


@pytest.mark.parametrize("step", ["greeting", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("manner", [HANG, CUT, "421 closing", "nonsense"])
def test_what_goes_wrong_before_the_text_is_certain(bad_server, now, step, manner):
    server = bad_server(**{step: manner}, **({"helo": manner} if step == "ehlo" else {}))
    write(1, now)
    began = time.monotonic()
    assert deliver(now) == Round()
    assert time.monotonic() - began < 2
    assert [(state, tries) for state, tries, error in ledger()] == [(WAITING, 0)]
    server.manners = {}
    deliver(now + SHORT_PAUSE + 5 * SECOND)
    assert (states(), server.texts) == ([SENT], 1)


def test_a_sender_that_is_refused_concerns_every_mail(bad_server, now):
    server = bad_server(mail="550 5.7.1 who are you")
    write(1, now)
    write(2, now)
    deliver(now)
    assert [(state, tries) for state, tries, error in ledger()] == [(WAITING, 0), (WAITING, 0)]
    assert deliver(now + SHORT_PAUSE - SECOND) == Round()
    server.manners = {}
    assert deliver(now + SHORT_PAUSE + 5 * SECOND) == Round(sent=2)


@pytest.mark.parametrize("manner", [HANG, CUT, "nonsense"])
def test_what_goes_wrong_after_the_text_is_uncertain_and_stays_so(bad_server, now, manner):
    server = bad_server(text=manner)
    write(1, now)
    assert deliver(now) == Round(uncertain=1)
    assert states() == [UNCERTAIN]
    server.manners = {}
    for days in range(3):
        deliver(now + timedelta(days=days))
    assert (states(), server.texts) == ([UNCERTAIN], 1)
    Mail.objects.all().send_again(now)
    deliver(now + timedelta(days=4))
    assert (states(), server.texts) == ([SENT], 2)


def test_an_answer_after_the_text_is_certain(bad_server, now):
    server = bad_server(text="421 shutting down")
    write(1, now)
    deliver(now)
    assert ledger() == [(WAITING, 0, "421 shutting down")]
    server.manners = {}
    deliver(now + SHORT_PAUSE + 5 * SECOND)
    assert states() == [SENT]


def test_a_server_that_takes_its_time_is_waited_for(bad_server, now, monkeypatch):
    bad_server()
    monkeypatch.setattr("tests.mail_server._BadConversation._say", _slow_say)
    write(1, now)
    assert deliver(now) == Round(sent=1)


def _slow_say(conversation, words):
    """After the text it takes longer than the timeout of the connection, and less than our patience."""
    if conversation.server.texts:
        time.sleep(0.45)
    conversation.wfile.write(words.encode() + b"\r\n")
    return True


def test_a_mail_that_another_worker_took_over_is_not_sent(server, now, monkeypatch):
    write(1, now)
    begin = Mail.begin_hand_over

    def too_late(mail, now):
        Mail.objects.update(claim=uuid4())
        return begin(mail, now)

    monkeypatch.setattr(Mail, "begin_hand_over", too_late)
    assert deliver(now) == Round()
    assert (server.messages, states()) == ([], [Mail.State.CLAIMED])


def test_a_worker_that_shall_end_begins_nothing_new(server, now):
    for number in range(5):
        write(number, now)
    server.answers["RCPT"] = lambda address: carriers.closing.set() if address.startswith("r2@") else None
    try:
        assert deliver(now) == Round(sent=2)
    finally:
        carriers.closing.clear()
    assert states() == [SENT, SENT, WAITING, WAITING, WAITING]
    assert Mail.objects.exclude(claim=None).exclude(state=SENT).count() == 0


def test_who_left_gets_no_mail(server, now):
    gone = MemberFactory(is_active=False)
    write(1, now, member=gone)
    assert deliver(now) == Round()
    assert ledger() == [(FAILED, 0, "this account rests")]
    assert server.asked == []


def test_a_round_ends_and_says_that_there_is_more(server, now, monkeypatch):
    monkeypatch.setattr(postman, "LONGEST_ROUND", timedelta(seconds=-1))
    write(1, now)
    assert deliver(now) == Round(unfinished=True)


def test_what_became_of_a_mail_is_remembered_while_the_database_is_away(server, now, monkeypatch):
    write(1, now)
    arrived, tried = Mail.arrived, []

    def at_first_away(mail, now):
        tried.append(now)
        if len(tried) < 3:
            raise OperationalError
        return arrived(mail, now)

    monkeypatch.setattr(Mail, "arrived", at_first_away)
    monkeypatch.setattr(postman, "connection", _NoTransaction())
    assert deliver(now) == Round(sent=1)
    assert (states(), len(tried)) == ([SENT], 3)


class _NoTransaction:
    """Stands for the connection of a worker, which is in no transaction when it records."""

    in_atomic_block = False

    def close(self):
        """Keeps the test's own connection."""


def test_other_backends_take_mail_too(now):
    write(1, now)
    assert deliver(now) == Round(sent=1)
    assert [message.subject for message in locmem.outbox] == ["Mail 1"]
    assert states() == [SENT]


def test_when_another_backend_fails_nobody_knows(now, monkeypatch):
    write(1, now)

    def fail(backend, messages):
        raise RuntimeError("disk full")

    monkeypatch.setattr(type(configured.default), "send_messages", fail)
    assert deliver(now) == Round(uncertain=1)
    assert ledger() == [(UNCERTAIN, 0, "RuntimeError: disk full")]


def test_no_log_has_words_or_addresses(server, bad_server, settings, now, caplog):
    caplog.set_level("DEBUG")
    refusals = {"r1": "550 no r1@example.org here", "r2": "450 r2@example.org: see code 4711"}
    server.answers["RCPT"] = lambda address: refusals.get(address.partition("@")[0])
    for number in range(4):
        write(number, now, subject="Code 4711", body="Your code is 4711")
    settings.MAILERS = mailers(server.port)
    deliver(now)
    assert sorted(states()) == [FAILED, SENT, SENT, WAITING]
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("portal")]
    assert lines != []
    assert [line for line in lines if "4711" in line or "example.org" in line] == []
