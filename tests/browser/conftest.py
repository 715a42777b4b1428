"""A real browser on a live server: Debian's Chromium, driven by Playwright.

A test that takes `page` fails at its end when the browser complained: an error on the console (what the
content security policy blocks is one), an exception in a script, a file that is missing, a request to
another host. Where a test provokes such a thing, it removes it from `complaints`.

`scheme` ("light", "dark") and `width` (pixels) are fixtures of their own; parametrise them to get other pages.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

from members.models import Member

HERE = Path(__file__).parent
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
]
HEIGHT = 800
FILES = {"stylesheet", "script", "font", "image", "manifest"}
AXE_OPTIONS = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder, so that no file can forget it."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """Returns the path of the browser that `make test` found, or of the one on PATH."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.fail("No Chromium here; `make test` brings one.")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the test's thread
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS, chromium_sandbox=False)
        yield running
        running.close()


@pytest.fixture
def scheme() -> str:
    return "light"


@pytest.fixture
def width() -> int:
    return 1280


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about so far."""
    return []


def listen(context: BrowserContext, complaints: list[str], host: str) -> None:
    """Writes down what no page of ours may cause; answers to pages and htmx are for the tests to judge."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console: {message.text}")

    def request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != host:
            complaints.append(f"another host: {request.url}")

    def response(response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type in FILES):
            complaints.append(f"{response.status}: {response.url}")

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left
            complaints.append(f"{request.failure}: {request.url}")

    context.on("console", console)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on("request", request)
    context.on("response", response)
    context.on("requestfailed", failed)


@pytest.fixture(autouse=True)
def quick_hands(settings) -> None:
    """A test sends more forms in a minute than a person would."""
    settings.RATE_LIMITS = False


@pytest.fixture
def context(browser, live_server, scheme, width, complaints) -> Iterator[BrowserContext]:
    """A browser without cookies whose addresses start at the live server."""
    made = browser.new_context(
        base_url=live_server.url,
        color_scheme=scheme,
        viewport={"width": width, "height": HEIGHT},
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    made.set_default_timeout(10_000)
    listen(made, complaints, urlsplit(live_server.url).netloc)
    yield made
    made.close()
    assert complaints == []


@pytest.fixture
def page(context) -> Page:
    """A visitor's page."""
    return context.new_page()


@pytest.fixture
def sign_in_page(context, live_server, page) -> Callable[[Member], Page]:
    """Call it with a member: the page, signed in as them (by the cookie; no form is sent)."""

    def signed_in(member: Member) -> Page:
        client = Client()
        client.force_login(member)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        return page

    return signed_in


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Call it with a page: what axe finds there, one line a place. Expected is the empty list.

    With `only_colours` it asks what a colour scheme can change, and nothing else.
    """

    def violations(page: Page, *, only_colours: bool = False) -> list[str]:
        options = COLOURS if only_colours else AXE_OPTIONS
        found = Axe().run(page, options=options).response["violations"]
        return [
            f"{violation['id']}: {' '.join(map(str, node['target']))} - {' '.join(node['failureSummary'].split())}"
            for violation in found
            for node in violation["nodes"]
        ]

    return violations


@pytest.fixture
def sideways() -> Callable[[Page], int]:
    """Call it with a page: by how many pixels it can be scrolled sideways. Expected is 0."""

    def overhang(page: Page) -> int:
        return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    return overhang
