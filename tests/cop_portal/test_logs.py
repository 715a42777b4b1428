"""Logs: one line an event, with the request's id, without what is secret."""

import io
import json
import logging

import pytest
from django.db import IntegrityError
from django.test import Client

from cop_portal.logs import JsonFormatter, LineFormatter, RequestIdFilter, escape, mask
from members.models import Team

TOKEN = "kX93jd-82hsQ_kd82hdkq2"


@pytest.fixture(params=[LineFormatter, JsonFormatter], ids=["line", "json"])
def log(request):
    """What is written to the log in each of the two formats."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(request.param())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def lines(log) -> list[str]:
    written = log.getvalue()
    assert written.endswith("\n")
    return written[:-1].split("\n")


@pytest.mark.parametrize(
    "text",
    ["a\nb", "a\r\nb", "a\x0bb", "a\x1b[31mb", "a\u2028b\u2029c\x85d", "a\x00b", "a\ud800b", "\u202eab"],
)
def test_nothing_starts_a_line_or_steers_a_terminal(log, text):
    logging.getLogger("portal").warning("Renamed to %s", text)
    [line] = lines(log)
    assert line.isprintable()


def test_letters_of_all_scripts_can_be_read():
    assert escape("Größe علي 🎉 \\ a\nb") == "Größe علي 🎉 \\ a\\nb"


def test_a_path_adds_no_line(log, client, db):
    client.get("/nowhere/%0d%0a2026-11-24T00:00:00%20INFO%20all%20is%20well/")
    assert [line.count("/nowhere/") for line in lines(log)] == [1]


def test_a_host_adds_no_line(log, client, db):
    client.get("/", headers={"Host": "evil\r\nINFO all is well"})
    [line] = lines(log)
    assert "Invalid HTTP_HOST header" in line


def test_an_event_carries_the_id_of_its_request(log, client, db):
    answers = [client.get("/nowhere/"), client.get("/", headers={"Host": "evil.example"})]
    written = lines(log)
    assert [answer.headers["X-Request-Id"] in line for answer, line in zip(answers, written, strict=True)] == [True] * 2


def test_an_event_outside_a_request_says_so(log):
    logging.getLogger("portal").warning("Started")
    assert "[-]" in lines(log)[0] or json.loads(lines(log)[0])["request"] == "-"


def test_json_has_a_field_for_each_part():
    record = logging.LogRecord("portal", logging.INFO, "", 0, "Sent %d mails", (3,), None)
    event = json.loads(JsonFormatter().format(record))
    assert {name: event[name] for name in ("level", "logger", "request", "message")} == {
        "level": "INFO",
        "logger": "portal",
        "request": "-",
        "message": "Sent 3 mails",
    }


def test_a_traceback_stays_on_the_line(log):
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logging.getLogger("portal").exception("Broken")
    [line] = lines(log)
    assert ("test_logs.py" in line, "ValueError: first\\nsecond" in line) == (True, True)


def test_causes_are_told_first(log):
    try:
        try:
            raise KeyError("cause")
        except KeyError as error:
            raise ValueError("effect") from error
    except ValueError:
        logging.getLogger("portal").exception("Broken")
    [line] = lines(log)
    assert 0 < line.index("KeyError: 'cause'") < line.index("ValueError: effect")


def test_causes_that_go_in_circles_end(log):
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    logging.getLogger("portal").error("Broken", exc_info=first)
    assert lines(log)[0].count("ValueError: ") == 2


# --- Secrets -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"/calendar/{TOKEN}/all.ics", "/calendar/***/all.ics"),
        (f"/library/feed/{TOKEN}/atom.xml", "/library/feed/***/atom.xml"),
        (f"/members/unsubscribe/{TOKEN}/", "/members/unsubscribe/***/"),
        (f"/members/invitations/{TOKEN}/", "/members/invitations/***/"),
        (
            f"/accounts/oidc/x/callback/?code={TOKEN}&state={TOKEN}&a=b",
            "/accounts/oidc/x/callback/?code=***&state=***&a=b",
        ),
        (f"/accounts/signup/?invitation={TOKEN}", "/accounts/signup/?invitation=***"),
        (f"/x/?next=/&token={TOKEN}", "/x/?next=/&token=***"),
        ("/x/eyJhIjoxfQ:1tFabc:9fJ2mZc0q5nqkD8sYpVbQ3xwLrT7uIoE1aHgKjMn4cB/", "/x/***/"),
        ("/sessions/12-what-we-tried/?month=2026-11", "/sessions/12-what-we-tried/?month=2026-11"),
        ("/calendar/", "/calendar/"),
    ],
)
def test_tokens_in_addresses_are_left_out(path, told):
    assert mask(f"Not Found: {path}") == f"Not Found: {told}"


def test_django_tells_no_token_of_an_address(log, client, db):
    client.get(f"/calendar/{TOKEN}/none.ics")
    client.post(f"/library/feed/{TOKEN}/atom.xml")
    assert [(TOKEN in line, "***" in line) for line in lines(log)] == [(False, True)] * 2


def test_a_database_error_is_told_without_the_row(log, db):
    secret = "What nobody may read"  # in a variable, for the traceback quotes the code
    Team.objects.create(name=secret)
    try:
        Team.objects.create(name=secret)
    except IntegrityError:
        logging.getLogger("portal").exception("Broken")
    [line] = lines(log)
    assert ("IntegrityError: " in line, secret in line) == (True, False)


def test_a_traceback_that_another_handler_wrote_is_not_repeated(log):
    record = logging.LogRecord("portal", logging.ERROR, "", 0, "Broken", (), (ValueError, ValueError("told"), None))
    record.exc_text = "DETAIL: what nobody may read"
    logging.getLogger().handle(record)
    [line] = lines(log)
    assert ("ValueError: told" in line, "nobody" in line) == (True, False)


def test_passwords_and_codes_are_in_no_log(log, db, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("portal").warning("Listening")
    client = Client()
    client.post("/accounts/login/", {"login": "nobody@example.org", "password": "open-sesame-please"})
    client.post("/accounts/login/code/", {"email": "nobody@example.org"})
    client.post("/accounts/login/code/confirm/", {"code": "QWER-TZUI"})
    written = log.getvalue() + caplog.text
    assert [secret in written for secret in ("Listening", "open-sesame-please", "QWER-TZUI")] == [True, False, False]
