"""Addresses `<number>-<words>`: any title has one, and old words lead to the present ones."""

from dataclasses import dataclass
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path, register_converter, resolve, reverse
from django.urls.exceptions import Resolver404
from hypothesis import given
from hypothesis import strategies as st

from cop_portal.lib.addresses import MAX_NUMBER, NumberedSlug, moved_to, slug_of

register_converter(NumberedSlug, "thing")
pytestmark = pytest.mark.urls(__name__)


@dataclass
class Row:
    number: int = 12
    title: str = "Present words"

    @property
    def slug(self) -> str:
        return slug_of(self.number, self.title)


def edit(request, number, part=0, word=""):
    return moved_to(request, Row(number)) or HttpResponse(f"{number} {part}")


def inner(request, number, part):
    return moved_to(request, Row(part, "Part"), "part") or HttpResponse(f"{number} {part}")


urlpatterns = [
    path("things/past/", lambda request: HttpResponse("past"), name="past"),
    path("things/<thing:number>/edit/", edit, name="edit"),
    path("things/<thing:number>/<thing:part>/", edit, name="part"),
    path("things/<thing:number>/in/<str:word>/", edit, name="word"),
    path("things/<thing:number>/inner/<thing:part>/", inner, name="inner"),
]


def ask(url: str, method: str = "GET") -> HttpResponse:
    """Returns what the view of this address answers; no middleware is in between."""
    request = RequestFactory().generic(method, url)
    request.resolver_match = resolve(request.path_info)
    return request.resolver_match.func(request, **request.resolver_match.kwargs)


TITLES = st.text(max_size=200)
NUMBERS = st.integers(1, MAX_NUMBER)


@given(NUMBERS, TITLES)
def test_every_title_has_an_address_that_leads_back(number, title):
    match = resolve(reverse("edit", args=[Row(number, title)]))
    assert (match.url_name, match.kwargs) == ("edit", {"number": number})


@given(NUMBERS, TITLES)
def test_a_slug_is_short_and_plain(number, title):
    tail = slug_of(number, title).removeprefix(str(number))
    assert (tail.isascii(), len(tail) <= 61, tail[-1:] in {"-", "_"}) == (True, True, False)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("What we tried", "12-what-we-tried"),
        ("Größe", "12-groe"),
        ("🎉", "12"),
        ("مرحبا", "12"),
        ("a/b?c#d", "12-abcd"),
        ("-_-", "12"),
        ("x" * 59 + " yz", "12-" + "x" * 59),
        ("", "12"),
    ],
)
def test_words_of_a_title(title, slug):
    assert slug_of(12, title) == slug


def test_words_shadow_nothing():
    assert ask("/things/past/").text == "past"


@pytest.mark.parametrize(
    "asked",
    [
        "12", "12-", "12-old-words", "012-present-words", "12-Present-Words", "12-%D9%85", "12-%F0%9F%8E%89",
        "12-%3Fx%23y", "12-%ff", "12-a%0d%0ab", "12-%5Cevil.example", "12-%00",
    ],
)  # fmt: skip
def test_other_words_lead_to_the_present_ones(asked):
    response = ask(f"/things/{asked}/edit/?q=a%2Fb&page=2")
    assert (response.status_code, response.headers["Location"]) == (
        301,
        "/things/12-present-words/edit/?q=a%2Fb&page=2",
    )


def test_present_words_stay():
    assert ask("/things/12-present-words/edit/?x=1").status_code == 200


def test_the_rest_of_an_address_may_be_in_any_script():
    assert ask("/things/12-present-words/in/%C3%BC%3F/").status_code == 200
    assert ask("/things/12-old/in/%C3%BC%3F/").headers["Location"] == "/things/12-present-words/in/%C3%BC%3F/"


def test_a_redirect_is_not_kept_for_a_title_can_change_back():
    response = ask("/things/12/edit/")
    assert {part.strip() for part in response.headers["Cache-Control"].split(",")} == {"private", "no-store"}


def test_two_numbers_in_an_address_are_told_apart():
    outer = ask("/things/12-old/12-some/")
    assert outer.headers["Location"] == "/things/12-present-words/12/"
    assert ask("/things/12-old/inner/12-some/").headers["Location"] == "/things/12/inner/12-part/"


def test_head_is_redirected_like_get():
    assert ask("/things/12/edit/", "HEAD").status_code == 301


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_what_is_sent_is_never_redirected(method):
    assert ask("/things/12-old/edit/", method.upper()).status_code == 200


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "9223372036854775808", "9" * 19, "9" * 20, "１２", "٣"])
def test_what_is_no_number_is_no_address(number):
    with pytest.raises(Resolver404):
        resolve(f"/things/{number}/edit/")


def test_the_largest_number_is_one():
    assert resolve(f"/things/{MAX_NUMBER}/edit/").kwargs == {"number": MAX_NUMBER}


@given(st.text(st.characters(exclude_characters="/?#%", exclude_categories=["Cs"])), st.text(max_size=20))
def test_no_words_lead_off_the_site(words, query):
    response = ask(f"/things/12-{quote(words)}/edit/?next={quote(query)}")
    assert response.headers.get("Location", "/things/12-present-words/edit/").startswith(
        "/things/12-present-words/edit/"
    )
