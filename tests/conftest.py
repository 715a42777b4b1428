"""The same small cast of people in every test, and clients that are signed in as each of them."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import settings as hypothesis

from cop_portal import health
from members.models import Member
from tests.factories import MemberFactory
from tests.processes import stage  # noqa: F401 -- a fixture

hypothesis.register_profile("shared machine", deadline=None)
hypothesis.load_profile("shared machine")

NOW = datetime(2026, 11, 24, 9, 42, tzinfo=UTC)


@pytest.fixture
def now():
    """The moment at which every test happens."""
    return NOW


@pytest.fixture(autouse=True)
def _young_process(monkeypatch):
    """However long the suite takes: a process of more than five minutes would miss its tick."""
    monkeypatch.setattr(health, "_started_at", timezone.now())


@pytest.fixture
def guest(db):
    return MemberFactory(name="Gus Guest", role=Member.Role.GUEST, team=None)


@pytest.fixture
def aspiring(db):
    return MemberFactory(name="Asa Aspiring", role=Member.Role.ASPIRING)


@pytest.fixture
def lead(db):
    return MemberFactory(name="Lea Lead", role=Member.Role.TECH_LEAD)


@pytest.fixture
def manager(db):
    return MemberFactory(name="Max Manager", role=Member.Role.MANAGER)


@pytest.fixture
def facilitator(db):
    return MemberFactory(name="Fay Facilitator", is_facilitator=True)


@pytest.fixture
def admin(db):
    return MemberFactory(name="Ada Admin", is_staff=True, is_superuser=True, is_facilitator=True)


@pytest.fixture
def sign_in():
    """Call it with a member: a client that is signed in as them."""

    def signed_in(member: Member) -> Client:
        client = Client()
        client.force_login(member)
        return client

    return signed_in


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Escapes what tests of odd characters logged: a lone surrogate cannot be sent between xdist's processes."""
    report = yield
    report.sections = [(title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections]
    return report


def pytest_collection_modifyitems(items):
    """Marks what never asks for the database: it is the same on each of them, so `make test` runs it once."""
    for item in items:
        if not item.get_closest_marker("django_db") and not {"db", "transactional_db"} & set(item.fixturenames):
            item.add_marker(pytest.mark.once)
