from django.utils import timezone

from cop_portal.tick import DONE
from members.models import Beat


def test_healthz(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready(client, db):
    Beat.mark(DONE, timezone.now())
    assert client.get("/readyz").json()["status"] == "ok"
