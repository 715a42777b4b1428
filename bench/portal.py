"""Measures the pages of the portal in a process of its own and prints the figures as JSON: `python -m bench.portal`.

Expects VAR_DIR to be an empty folder; everything is made there.
"""

import json
import logging
from dataclasses import asdict

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.measuring import Visit, measure, signed_in  # noqa: E402
from bench.pages import PAGES, Page  # noqa: E402
from cop_portal.demo import load_demo  # noqa: E402
from library.actions import Words, add_article  # noqa: E402
from library.models import Material  # noqa: E402
from members.models import Limit, Member, Skill, Team  # noqa: E402

MEMBERS = 60
MATERIALS = 60
TEXT = "We tried it for a month. The team decided what to keep, and what to leave for another day.\n\n" * 20


def fill() -> None:
    """The demo community, members up to 60, materials up to 60."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.DEBUG = True  # the demo community refuses anything else
    for _line in load_demo(now=timezone.now()):
        pass
    settings.DEBUG = False
    teams = list(Team.objects.all())
    for number in range(MEMBERS - Member.objects.count()):
        member = Member.objects.create(
            name=f"Member Number {number}", email=f"m{number}@cop.example", team=teams[number % len(teams)]
        )
        member.offers.set(Skill.objects.all()[:3])
    for number in range(MATERIALS - Material.objects.count()):
        words = Words(title=f"What our team learned, part {number}", body=TEXT, tags=("delegation", "planning"))
        add_article(words, by=member, now=timezone.now())


def line_of(page: Page) -> dict[str, object]:
    """Measures one page as the demo member that it belongs to; returns its line of the table."""
    Limit.objects.all().delete()  # the search counts who asks it forty times
    member = page.who and Member.objects.get(email=f"{page.who}@cop.example")
    figures = measure(Visit(page.address(), page.headers, page.data, page.before), signed_in(member))
    return {"name": page.name, "goals": [page.queries, page.kilobytes, page.floors], **asdict(figures)}


def report() -> dict[str, object]:
    """Returns the lines of the table, and how to visit the same pages from outside."""
    pages = [line_of(page) for page in PAGES]
    return {
        "pages": pages,
        "cookie": f"{settings.SESSION_COOKIE_NAME}={signed_in(Member.objects.get(email='mira@cop.example'))}",
        "paths": [
            page.address()
            for page, line in zip(PAGES, pages, strict=True)
            if page.who == "mira" and line["queries"] and page.data is None
        ],
    }


if __name__ == "__main__":
    logging.disable()
    fill()
    print(json.dumps(report()))
