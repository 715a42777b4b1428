"""Fragments: the same view and context as the page, only where htmx asks for a part."""

import pytest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from cop_portal.lib.htmx import render_page, wants_fragment


def asked(**headers):
    request = RequestFactory().get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    request.htmx = HtmxDetails(request)
    return request


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"HX_Request": "true"}, True),
        ({"HX_Request": "false"}, False),
        ({"HX_Request": "true", "HX_Boosted": "true"}, False),
        ({"HX_Request": "true", "HX_History_Restore_Request": "true"}, False),
    ],
)
def test_a_part_is_wanted_only_where_htmx_swaps_one(headers, fragment):
    assert wants_fragment(asked(**headers)) is fragment


def test_without_the_middleware_it_is_a_page():
    assert wants_fragment(RequestFactory().get("/", headers={"HX-Request": "true"})) is False


@pytest.fixture
def pages(settings):
    source = "<main>{% partialdef part inline %}<p>{{ word }}</p>{% endpartialdef %}</main>"
    loader = ("django.template.loaders.locmem.Loader", {"page.html": source})
    settings.TEMPLATES = [{"BACKEND": settings.TEMPLATES[0]["BACKEND"], "OPTIONS": {"loaders": [loader]}}]


def test_page_and_part_have_the_same_context(pages):
    page = render_page(asked(), "page.html", {"word": "x"}, fragment="part")
    part = render_page(asked(HX_Request="true"), "page.html", {"word": "x"}, fragment="part", status=422)
    assert (page.text, page.status_code) == ("<main><p>x</p></main>", 200)
    assert (part.text, part.status_code) == ("<p>x</p>", 422)


def test_a_page_without_parts_is_whole_for_htmx_too(pages):
    assert render_page(asked(HX_Request="true"), "page.html", {"word": "x"}).text == "<main><p>x</p></main>"


@pytest.mark.parametrize(
    ("page", "way_back"),
    [
        ("http://testserver/sessions/?month=2026-11", "/sessions/%3Fmonth%3D2026-11"),
        ("https://elsewhere.example/sessions/", "/members/me/notifications/read-all/"),
        ("http://testserver/[", "/%5B"),
        ("http://testserver//elsewhere.example/", "/members/me/notifications/read-all/"),
        ("", "/members/me/notifications/read-all/"),
    ],
)
def test_after_signing_in_one_is_back_on_the_page_of_the_form(db, client, page, way_back):
    """What takes forms alone would answer 405 there."""
    response = client.post("/members/me/notifications/read-all/", headers={"referer": page})
    assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={way_back}")
