from datetime import timedelta

import pytest

from feedback.actions import open_poll
from members.models import Community
from tests.factories import SessionFactory


@pytest.fixture(autouse=True)
def _community_is_open(db):
    Community.objects.create(stage=Community.Stage.OPEN)


@pytest.fixture
def session(db, now):
    """A workshop that ended an hour ago."""
    return SessionFactory(title="Handing over", starts_at=now - timedelta(minutes=135), minutes=75)


@pytest.fixture
def poll(session):
    return open_poll(session)
