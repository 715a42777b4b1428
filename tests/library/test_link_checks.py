"""Looking at pages out there: only where it is switched on, only public ones, little, and not for long."""

import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from library.fetching import AGENT, MAX_BYTES, BlockedError, Fetcher, Page, UnreachableError, connected, is_public
from library.link_checks import AT_ONCE, check_due, check_links, remind_checker
from library.models import LinkHealth, Material
from library.page_titles import title_of
from tests.conftest import NOW
from tests.factories import LinkFactory

PUBLIC = "93.184.215.14"
DAY = timedelta(days=1)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<title>About &amp; walruses</title>"


class Internet:
    """A real server on this machine that stands for all of the internet: what it was asked, and by which address."""

    def __init__(self, answers):
        self.answers, self.asked, self.reached = answers, [], []
        self.names = {}
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _address = self.server.accept()
            except OSError:
                return
            with connection:
                request = connection.recv(65_536).decode("latin-1")
                self.asked.append(request)
                host = request.partition("Host: ")[2].partition("\r\n")[0]
                answer = self.answers.get(f"{host}{request.split()[1]}", PAGE)
                try:
                    for piece in [answer] if isinstance(answer, bytes) else answer:
                        connection.sendall(piece)
                except OSError:
                    continue

    def resolve(self, host, port):
        return self.names.get(host, [PUBLIC])

    def connect(self, ip, port, seconds):
        self.reached.append((ip, port))
        return connected("127.0.0.1", self.server.getsockname()[1], seconds)

    def fetcher(self, seconds=5.0):
        return Fetcher(self.resolve, self.connect, seconds)


@contextmanager
def internet(**answers):
    net = Internet(answers)
    try:
        yield net
    finally:
        net.server.close()


def redirect(to):
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n\r\n".encode()


def status(code):
    return f"HTTP/1.1 {code} Something\r\nContent-Length: 0\r\n\r\n".encode()


# --- what may be looked at -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 -- an address to refuse
        "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::",
        "2001:db8::1", "not an address", "",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(ip):
    assert not is_public(ip)


@pytest.mark.parametrize("ip", [PUBLIC, "1.1.1.1", "2606:4700::1111"])
def test_addresses_that_are_public(ip):
    assert is_public(ip)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.example/", "file:///etc/passwd", "gopher://a.example/", "http://a.example:22/", "https://a.example:8443/",
        "http://me:secret@a.example/", "http:///path", "http://[", "javascript:alert(1)", "//a.example/", "",
        "http://a.example:99999/", "http://\ud800.example/",
    ],
)  # fmt: skip
def test_addresses_that_are_no_pages(address):
    with internet() as net, pytest.raises(BlockedError):
        net.fetcher().get(address)
    assert net.reached == []


@pytest.mark.parametrize("ips", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["169.254.169.254"], ["::1"]])
def test_names_that_lead_inside(ips):
    with internet() as net:
        net.names["inside.example"] = ips
        with pytest.raises(BlockedError):
            net.fetcher().get("http://inside.example/")
    assert net.reached == []


def test_the_address_that_was_checked_is_the_one_that_is_connected_to():
    """A name that changes between two looks: there is only one look a hop."""
    looks = []

    def resolve(host, port):
        looks.append(host)
        return [PUBLIC] if len(looks) == 1 else ["127.0.0.1"]

    with internet() as net:
        page = Fetcher(resolve, net.connect).get("https://a.example/".replace("https", "http"))
    assert (page.status, looks, net.reached) == (200, ["a.example"], [(PUBLIC, 80)])
    assert f"Host: a.example\r\nAccept-Encoding: identity\r\nUser-Agent: {AGENT}" in net.asked[0]


# --- hops, time and size -----------------------------------------------------------------------------------
def test_every_hop_is_checked():
    answers = {"a.example/": redirect("http://inside.example/admin"), "b.example/": redirect("http://c.example:25/")}
    with internet(**answers) as net:
        net.names["inside.example"] = ["192.168.0.1"]
        for address in ("http://a.example/", "http://b.example/"):
            with pytest.raises(BlockedError):
                net.fetcher().get(address)
        assert len(net.reached) == 2


def test_a_hop_to_what_is_no_address():
    with internet(**{"a.example/": redirect("http://[")}) as net, pytest.raises(BlockedError):
        net.fetcher().get("http://a.example/")


def test_three_hops_and_no_more():
    answers = {f"a.example/{n}": redirect(f"/{n + 1}") for n in range(4)}
    with internet(**answers) as net:
        assert net.fetcher().get("http://a.example/1").status == 200
        with pytest.raises(UnreachableError):
            net.fetcher().get("http://a.example/0")


def test_a_server_that_drips_is_left_in_time():
    def drips():
        yield b"HTTP/1.1 200 OK\r\n"
        for _ in range(100):
            time.sleep(0.1)
            yield b"X: y\r\n"

    with internet(**{"a.example/": drips()}) as net:
        began = time.monotonic()
        with pytest.raises(UnreachableError):
            net.fetcher(seconds=0.5).get("http://a.example/")
        assert time.monotonic() - began < 1.5


def test_a_name_that_nobody_knows_in_time():
    def slow(host, port):
        time.sleep(1)
        return [PUBLIC]

    with pytest.raises(UnreachableError):
        Fetcher(slow, connected, seconds=0.2).get("http://a.example/")


def test_one_megabyte_and_no_more():
    with internet(**{"a.example/": PAGE + b"x" * (3 * MAX_BYTES)}) as net:
        assert len(net.fetcher().get("http://a.example/").body) == MAX_BYTES


def test_nobody_at_home():
    def refuse(ip, port, seconds):
        raise ConnectionRefusedError

    with pytest.raises(UnreachableError):
        Fetcher(lambda host, port: [PUBLIC], refuse).get("http://a.example/")


# --- titles ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "body", "title"),
    [
        ("text/html", "<title>\n A  walrus &amp;\u202e more</title><title>x</title>", "A walrus & more"),
        ("text/html; charset=latin-1", "<title>Käse</title>".encode("latin-1"), "Käse"),
        ("text/html", b'<meta charset="cp1252"><title>K\xe4se</title>', "Käse"),
        ("text/html; charset=nonsense", "<title>Käse</title>", "Käse"),
        ("text/html", "<title>" + "x" * 500, "x" * 160),
        ("text/html", "<h1>None</h1>", ""),
        ("application/pdf", "<title>No</title>", ""),
        ("text/html", b"\xff\xfe<title>", ""),
        ("text/html", "<!-- <title>x</title> --><![foo[<title lang='de'>Walrus</title>", "Walrus"),
    ],
)
def test_titles(kind, body, title):
    assert title_of(Page(200, kind, body.encode() if isinstance(body, str) else body)) == title


@pytest.mark.parametrize("piece", ["<a ", "<a x=", '<a "', "<!--", "</a ", "<title", "<title x=", "<title>"])
def test_no_page_holds_the_worker(piece):
    begun = time.monotonic()
    title_of(Page(200, "text/html", (piece * 70_000)[:MAX_BYTES].encode()))
    assert time.monotonic() - begun < 2


# --- weekly checks -----------------------------------------------------------------------------------------
@pytest.fixture
def on(settings):
    settings.LINK_CHECKS = True


@pytest.mark.django_db
def test_nothing_is_asked_unless_it_is_switched_on(monkeypatch):
    LinkFactory()
    remind_checker(NOW)
    assert (LinkHealth.objects.count(), DBTaskResult.objects.count()) == (0, 0)
    LinkHealth.objects.create(link=LinkFactory())
    monkeypatch.setattr("library.link_checks.check_due", None)
    check_links.call()


@pytest.mark.django_db
def test_two_failures_on_different_days_and_the_owner_is_told(client, other, lead, on):
    link = LinkFactory(material__owner=lead, address="http://a.example/")
    page = link.material.get_absolute_url()
    with internet(**{"a.example/": status(404)}) as net:
        answers = []
        for moment in (NOW, NOW + timedelta(hours=1), NOW + DAY, NOW + 2 * DAY):
            remind_checker(moment)
            checked = check_due(moment, net.fetcher())
            answers.append((checked, "Possibly gone" in client.get(page).content.decode()))
        assert answers == [(1, False), (0, False), (1, True), (1, True)]
        assert "Possibly gone" not in other.get(page).content.decode()
        net.answers.clear()
        check_due(NOW + 3 * DAY, net.fetcher())
    assert "Possibly gone" not in client.get(page).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "failed"), [(200, 0), (401, 0), (403, 0), (429, 0), (404, 1), (410, 1), (500, 1), (503, 1)]
)
def test_what_counts_as_a_failure(code, failed, on):
    LinkHealth.objects.create(link=LinkFactory(address="http://a.example/"))
    with internet(**{"a.example/": status(code)}) as net:
        check_due(NOW, net.fetcher())
    assert LinkHealth.objects.filter(failed_on__isnull=False).count() == failed


@pytest.mark.django_db
def test_an_address_inside_is_neither_asked_nor_called_gone(on):
    LinkHealth.objects.create(link=LinkFactory(address="http://wiki.internal/"))
    with internet() as net:
        net.names["wiki.internal"] = ["10.1.1.1"]
        check_due(NOW, net.fetcher())
    assert (net.reached, LinkHealth.objects.get().failed_on, LinkHealth.objects.get().checked_at) == ([], None, NOW)


@pytest.mark.django_db
def test_each_is_looked_at_weekly_and_a_few_at_a_time(on):
    for number in range(AT_ONCE + 1):
        LinkFactory(address=f"http://a.example/{number}")
    LinkFactory(material__binned_at=NOW)
    remind_checker(NOW)
    remind_checker(NOW)
    assert (LinkHealth.objects.count(), DBTaskResult.objects.count()) == (AT_ONCE + 2, 1)
    with internet() as net:
        rounds = [check_due(moment, net.fetcher()) for moment in (NOW, NOW, NOW, NOW + 6 * DAY, NOW + 7 * DAY)]
    assert rounds == [AT_ONCE, 1, 0, 0, AT_ONCE]


@pytest.mark.django_db
def test_another_address_begins_anew(client, lead, on):
    link = LinkFactory(material__owner=lead, address="http://a.example/")
    LinkHealth.objects.create(link=link, failed_on=NOW, gone_since=NOW, checked_at=NOW)
    form = {"shown_as": "owner", "audience": "members", "save": "publish", "title": "T", "medium": "article"}
    page = link.material.get_absolute_url()
    client.post(f"{page}edit/", {**form, "version": 1, "address": "http://a.example/"})
    assert LinkHealth.objects.count() == 1
    client.post(f"{page}edit/", {**form, "version": 2, "address": "http://b.example/"})
    assert LinkHealth.objects.count() == 0


# --- titles that are fetched ---------------------------------------------------------------------------------
LINK = {"shown_as": "owner", "audience": "members", "save": "publish", "medium": "article"}


def add(client, **fields):
    return client.post("/library/new/link/", {**LINK, "address": "http://a.example/walrus/", **fields})


@pytest.mark.django_db
def test_without_it_a_title_is_wanted(client):
    assert (add(client).status_code, Material.objects.count()) == (422, 0)


@pytest.mark.django_db(transaction=True)
def test_the_title_comes_in_the_background(client, on):
    page = add(client).headers["Location"]
    assert (Material.objects.get().title, DBTaskResult.objects.count()) == ("a.example/walrus", 1)
    with internet() as net:
        check_due(NOW, net.fetcher())
    assert Material.objects.get().title == "About & walruses"
    assert len(client.get("/library/", {"q": "walruses"}).context["rows"]) == 1
    assert "Could not read" not in client.get(page, follow=True).content.decode()


@pytest.mark.django_db
def test_where_it_fails_the_owner_types_one(client, other, on):
    page = add(client).headers["Location"]
    with internet(**{"a.example/walrus/": status(403)}) as net:
        check_due(NOW, net.fetcher())
    words = "Could not read the page’s title; type one."
    assert [words in one.get(page).content.decode() for one in (client, other)] == [True, False]
    form = {**LINK, "title": "Typed", "version": 1, "address": "http://a.example/walrus/"}
    client.post(f"{page}edit/", form)
    assert words not in client.get(page, follow=True).content.decode()


@pytest.mark.django_db
def test_a_title_that_was_typed_stays(client, on):
    page = add(client).headers["Location"]
    client.post(f"{page}edit/", {**LINK, "title": "Typed", "version": 1, "address": "http://a.example/walrus/"})
    add(client, address="http://a.example/other", title="Named at once")
    with internet() as net:
        remind_checker(NOW)
        check_due(NOW, net.fetcher())
    assert sorted(Material.objects.values_list("title", flat=True)) == ["Named at once", "Typed"]
