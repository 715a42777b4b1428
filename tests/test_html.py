"""Every page of the demo community is valid HTML, for whoever sees it."""

from http import HTTPStatus

import pytest

from tests.crawl import START, crawl, demo_client
from tests.validity import problems_of

# A few pages that each must come across; the walk finds many more.
KNOWN = {
    None: {"home", "account_login", "account_signup", "account_reset_password"},
    "mira": {"home", "members:index", "members:member", "members:me", "search"},
    "admin": {"home", "members:index", "styleguide"},
}


def problems(page) -> list[str]:
    return problems_of(page.html) if page.status == HTTPStatus.OK else [f"status {page.status}"]


@pytest.mark.parametrize("who", KNOWN)
@pytest.mark.once  # pages are the same on every database; the walk of nasty input reads them on both
def test_every_page_is_valid(who, settings, db):
    pages = crawl(demo_client(settings, who), [*START, *["/styleguide/"] * (who == "admin")])
    found = {page.url: problems(page) for page in pages.values()}
    assert {url: lines for url, lines in found.items() if lines} == {}
    assert KNOWN[who] - {kind.split()[0] for kind in pages} == set()


PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Try</title></head>'
    "<body><main><h1>Try</h1>{}</main></body></html>"
)


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ('<p id="a">x</p><label for="a">y</label>', []),
        ('<svg viewBox="0 0 1 1"><path d="M0 0"/></svg><br><ul><li>x</ul>', []),
        ("<p>a</b></p>", ["line 1: unexpected-end-tag"]),
        ('<p id="a">x</p><p id="a">y</p>', ["2 elements with the id 'a'"]),
        ('<label for="b">y</label>', ["no element for for=b"]),
        ('<a href="/" href="/x">y</a>', ["<a> has two href"]),
        ('<a href="">y</a>', ["<a> has an empty href"]),
        ('<p style="color: red">y</p>', ["<p> has style"]),
        ('<button onclick="go()">y</button>', ["<button> has onclick"]),
        ("<span><div>x</div></span>", ["<div> in <span>"]),
        ("<ul><a href='/'>x</a></ul>", ["<a> in <ul>"]),
        ('<a href="/"><button>x</button></a>', ["<button> in <a>"]),
        ('<img src="/x.png">', ["<img> has no alt"]),
        ("<h1>Again</h1>", ["2 <h1>"]),
    ],
)
def test_the_check_finds_problems(body, problems):
    assert problems_of(PAGE.format(body)) == problems


def test_the_check_finds_a_page_without_its_frame():
    assert problems_of("<!doctype html><html><body><p>x</p></body></html>") == [
        "0 <h1>",
        "0 <main>",
        "0 <title>",
        "<html> has no lang",
        "the title is empty",
    ]
