"""`manage.py check_setup` tells in words what is missing for production."""

import socket
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cop_portal import setup_check
from cop_portal.setup_check import findings
from cop_portal.tick import DONE
from members.models import Beat, Community, Member
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings, monkeypatch):
    """A portal in which everything is well, on a mail server that answers."""
    settings.SITE_URL, settings.TRUSTED_PROXIES = "https://portal.example", 1
    settings.SECRET_KEY = "k" * 60
    Community.objects.create(name="Ours")
    MemberFactory(is_staff=True)
    Beat.mark(DONE, timezone.now())
    monkeypatch.setattr(setup_check, "ENOUGH_DISK", 0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(setup_check, "_mail_server", server.getsockname)
        yield settings


def missing():
    return {one.subject for one in findings(timezone.now()) if one.must and not one.is_well}


def test_nothing_is_missing(production):
    assert missing() == set()
    call_command("check_setup", stdout=StringIO())


@pytest.mark.parametrize(
    ("name", "value", "subjects"),
    [
        ("DEBUG", True, {"DEBUG"}),
        ("SECRET_KEY", "short", {"SECRET_KEY"}),
        ("SITE_URL", "http://portal.example", {"SITE_URL"}),
        ("SITE_URL", "https://localhost", {"links in mails"}),
    ],
)
def test_each_setting_is_named(production, name, value, subjects):
    setattr(production, name, value)
    assert missing() == subjects


def test_an_empty_portal_needs_an_admin(production):
    Member.objects.all().delete()
    assert missing() == {"admin"}


def test_demo_accounts_have_to_go(production):
    MemberFactory(email="mira@cop.example")
    assert missing() == {"demo accounts"}


def test_a_mail_server_that_does_not_answer_is_named(production, monkeypatch):
    monkeypatch.setattr(setup_check, "_mail_server", lambda: ("127.0.0.1", 1))
    assert missing() == {"mail server"}


def test_a_tick_that_is_late_is_named(production):
    Beat.objects.filter(pk=DONE).update(at=timezone.now() - timedelta(hours=1))
    assert missing() == {"tick"}


def test_the_command_says_it_in_words_and_fails(production):
    production.DEBUG = True
    said = StringIO()
    with pytest.raises(CommandError, match="Still to do: 1"):
        call_command("check_setup", stdout=said)
    assert "todo DEBUG: Switch it off" in said.getvalue()


def test_advice_is_no_failure(production):
    production.TRUSTED_PROXIES = 0
    notes = [one.subject for one in findings(timezone.now()) if not one.is_well and not one.must]
    assert "TRUSTED_PROXIES" in notes
    assert missing() == set()
