def test_healthz(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready(client, db):
    assert client.get("/readyz").json()["status"] == "ok"
