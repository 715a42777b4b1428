"""The checks of conftest.py find what they are for: each is shown a page that breaks one of them."""

import pytest

SCRIPT = """<script src="/static/js/no-such-file.js"></script>"""


@pytest.fixture
def show(page):
    """Call it with the body of a page; the page appears at the address of the portal's own health check."""

    def shown(body: str, head: str = "", **headers: str):
        html = f'<!doctype html><html lang="en"><head><title>Try</title>{head}</head><body>{body}</body></html>'
        page.route("**/healthz", lambda route: route.fulfill(body=html, content_type="text/html", headers=headers))
        page.goto("/healthz")
        return page

    return shown


def take(complaints: list[str]) -> list[str]:
    """Returns the complaints and forgets them, so that the test does not fail for them."""
    found = list(complaints)
    complaints.clear()
    return found


def test_a_missing_file_is_a_complaint(show, live_server, complaints):
    show(SCRIPT).wait_for_load_state("networkidle")
    assert take(complaints) == [f"404: {live_server.url}/static/js/no-such-file.js"]


def test_an_error_on_the_console_is_a_complaint(show, complaints):
    show("").evaluate("console.error('oh')")
    assert take(complaints) == ["console: oh"]


def test_an_exception_in_a_script_is_a_complaint(show, complaints):
    page = show("")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('oh') })")
    assert take(complaints) == ["script: oh"]


def test_what_the_policy_blocks_is_a_complaint(show, complaints):
    show("<p style='color: red'>red</p>", **{"Content-Security-Policy": "default-src 'none'"})
    assert len([line for line in take(complaints) if "Content Security Policy" in line]) == 1


def test_another_host_is_a_complaint(show, complaints):
    show('<img alt="" src="http://portal.example/x.png">').wait_for_load_state("networkidle")
    assert take(complaints) == [
        "another host: http://portal.example/x.png",
        "net::ERR_NAME_NOT_RESOLVED: http://portal.example/x.png",
    ]


def test_axe_finds_a_button_without_a_name(show, axe):
    found = axe(show("<main><h1>Try</h1><button></button></main>"))
    assert [line.partition(" - ")[0] for line in found] == ["button-name: button"]


def test_axe_finds_small_targets(show, axe):
    style = "<style>.b { all: unset; width: 9px; height: 9px; display: inline-block }</style>"
    found = axe(show('<main><h1>Try</h1><button class="b">a</button><button class="b">b</button></main>', style))
    assert [line.partition(":")[0] for line in found] == ["target-size", "target-size"]


@pytest.mark.parametrize("width", [320])
def test_a_page_too_wide_is_found(show, sideways):
    assert sideways(show("<p>x</p>", head="<style>p { width: 500px; margin: 0 } body { margin: 0 }</style>")) == 180


def test_a_page_that_fits_is_not(show, sideways):
    assert sideways(show("<p>x</p>")) == 0


def test_a_member_is_signed_in(sign_in_page, lead):
    page = sign_in_page(lead)
    assert page.goto("/members/").status == 200
    assert page.url.endswith("/members/")
