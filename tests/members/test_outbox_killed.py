"""Postmen in processes of their own: several at once, and killed in the middle."""

import logging
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from members.models import Mail
from members.postman import deliver
from members.telling import write_mail
from tests.mail_server import MailServer, mailers
from tests.processes import wait_until

logger = logging.getLogger(__name__)

KILLS = 20
MAILS = 200
SENT, UNCERTAIN = Mail.State.SENT, Mail.State.UNCERTAIN


@pytest.fixture
def server(settings):
    with MailServer(slowness=0.005) as server:
        settings.MAILERS = mailers(server.port)
        yield server


@pytest.fixture
def start_postman(stage, server):
    """Call it: a process that sends what is due; returns its id."""
    command = ("-m", "tests.members.postmen")
    with stage.running(*command, EMAIL_URL=f"smtp://127.0.0.1:{server.port}", LOG_LEVEL="ERROR") as mother:

        def start():
            mother.stdin.write("\n")
            mother.stdin.flush()
            return int(mother.stdout.readline())

        yield start


def write(count):
    now = timezone.now()
    for number in range(count):
        write_mail(f"r{number}@example.org", key=f"k{number}", kind="reminder", subject="s", body="b", now=now)


def message_ids(*states):
    return {f"<{mail.message_id}@localhost>" for mail in Mail.objects.filter(state__in=states)}


def test_killed_at_any_moment_nothing_arrives_twice(server, start_postman):
    write(MAILS)
    for _kill in range(KILLS):
        postman = start_postman()
        time.sleep(random.uniform(0.1, 0.3))
        with suppress(ProcessLookupError):  # it was done
            os.kill(postman, signal.SIGKILL)
    time.sleep(0.1)
    before = Counter(Mail.objects.values_list("state", flat=True))
    deliver(timezone.now() + timedelta(hours=1))  # all leases are over by then
    after = Counter(Mail.objects.values_list("state", flat=True))
    logger.info("Killed: %s, after the leases %s, arrived %s.", dict(before), dict(after), len(server.arrived))
    assert max(Counter(server.arrived).values()) == 1
    assert set(after) <= {SENT, UNCERTAIN}
    assert after.total() == MAILS
    assert message_ids(SENT) <= set(server.arrived) <= message_ids(SENT, UNCERTAIN)
    assert after[UNCERTAIN] <= KILLS


def test_several_at_once_send_each_once(server, start_postman):
    write(60)
    for _postman in range(3):
        start_postman()
    wait_until(lambda: Mail.objects.filter(state=SENT).count() == 60)
    assert max(Counter(server.arrived).values()) == 1
    assert set(server.arrived) == message_ids(SENT)
