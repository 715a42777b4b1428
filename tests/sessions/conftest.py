import pytest
import time_machine

from members.models import Community
from tests.conftest import NOW


@pytest.fixture
def at_now():
    """For tests of pages: the clock stands still at NOW, Tuesday 24 November 2026, 09:42 UTC (10:42 in Berlin)."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def open_stage(db):
    """The community is open to people who aspire to lead."""
    return Community.objects.create(pk=1, stage=Community.Stage.OPEN)


@pytest.fixture
def client(lead, sign_in):
    """Signed in as a tech lead in Berlin."""
    return sign_in(lead)
