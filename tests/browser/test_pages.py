"""Every page of the demo community in the browser: light and dark, narrow and wide, without a complaint."""

from collections import defaultdict

import pytest

from members.models import Member
from tests.crawl import START, crawl, demo_client

NARROW, WIDE = 320, 1280
# Whose pages, and which of them: each run loads the demo community once and sees some of the portal.
PARTS = {
    "visitor": (None, ""),
    "what only admins see": ("admin", ("home", "styleguide")),
    "coming together": ("mira", ("sessions:", "practice:")),
    "what is known": ("mira", ("library:", "principles:", "feedback:")),
    "the rest": ("mira", ""),
}


@pytest.fixture
def complaints_of(axe, sideways):
    """Call it with a page: all that is wrong with it, in each scheme and at each width."""

    def found(page) -> list[str]:
        places = defaultdict(list)
        for width in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": 800})
            if over := sideways(page):
                places[f"{over} pixels too wide"].append(str(width))
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                for line in axe(page, only_colours=scheme == "dark"):
                    places[line].append(f"{scheme} {width}")
        return [f"{line} ({', '.join(where)})" for line, where in places.items()]

    return found


@pytest.fixture
def walk(settings):
    """Call it with a demo member's id or None: the address of each kind of page that they can reach."""

    def pages(who: str | None) -> dict[str, str]:
        start = [*START, *["/styleguide/"] * (who == "admin")]
        return {kind: found.url for kind, found in crawl(demo_client(settings, who), start).items()}

    return pages


@pytest.mark.parametrize("part", PARTS)
def test_pages(part, walk, page, sign_in_page, complaints_of):
    who, prefix = PARTS[part]  # "the rest" names none: what no other part of the same person has
    elsewhere = tuple(name for other, some in PARTS.values() if other == who and not prefix for name in some)
    kinds = walk(who)
    urls = [url for kind, url in kinds.items() if kind.startswith(prefix) and not kind.startswith(elsewhere)]
    if who:
        sign_in_page(Member.objects.get(email=f"{who}@cop.example"))
    wrong = {}
    for url in urls:
        status = page.goto(url).status
        lines = complaints_of(page) if status == 200 else [f"status {status}"]
        if lines:
            wrong[url] = lines
    assert urls
    assert wrong == {}


def test_a_missing_page(page, complaints_of):
    assert page.goto("/no-such-page").status == 404
    assert complaints_of(page) == []
