"""How pages grow with the portal: `make bench ARGS=growth`, or `python -m bench.growth 1000 10000`.

Fills one database step by step to each size and measures the same pages at each: thirty sessions are to come, a hundred
are of the last year, all others older; materials have 2 KB. Uses DATABASE_URL if it is set, else SQLite in a temporary
folder. Prints milliseconds of CPU (see `bench.measuring`), how many times the floor and how many times the first size
they are. 100,000 takes some minutes.
"""

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="portal-growth-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cop_portal.settings")
os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "x" * 40)

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import processes  # noqa: E402
from bench.measuring import Visit, measure, signed_in  # noqa: E402
from cop_portal.demo import load_demo  # noqa: E402
from library.indexing import reindex  # noqa: E402
from library.models import Material, Tag  # noqa: E402
from members.models import Limit, Member  # noqa: E402
from sessions.formats import Format  # noqa: E402
from sessions.models import Session  # noqa: E402
from sessions.subscriptions import add_feed  # noqa: E402

SIZES = (1_000, 10_000)
BATCH = 2_000
AHEAD, LATELY = 30, 100
NOW = timezone.now()
COMMON = ["team", "delegation", "feedback", "incident", "review", "planning", "trust", "decision", "meeting", "change"]
_dice = random.Random(7)  # noqa: S311 -- the same portal each time


def words(count: int) -> str:
    """Text in which few words are common and thousands are rare, as in any language."""
    return " ".join(
        _dice.choice(COMMON) if _dice.random() < 0.1 else f"w{int(_dice.paretovariate(0.6)) % 20_000}"  # noqa: PLR2004
        for _ in range(count)
    )


def sessions() -> Iterator[Session]:
    """Thirty ahead, a hundred in the last year, the others one an hour before that."""
    formats = list(Format.values)
    for number in range(sys.maxsize):
        start = _start(number)
        yield Session(
            title=f"Session {number} {words(3)}",
            summary=words(30),
            doing=words(10),
            format=formats[number % len(formats)],
            starts_at=start,
            ends_at=start + timedelta(minutes=75),
            state=Session.State.PUBLISHED,
            changed_at=NOW,
        )


def _start(number: int) -> datetime:
    if number < AHEAD:
        return NOW + timedelta(days=6 * (number + 1))
    if number < AHEAD + LATELY:
        return NOW - timedelta(days=3 * (number - AHEAD + 1))
    return NOW - timedelta(days=400, hours=number)


def materials(owner: Member) -> Iterator[Material]:
    """Articles of 2 KB, one a minute back from now."""
    for number in range(sys.maxsize):
        at = NOW - timedelta(minutes=number + 1)
        yield Material(
            kind=Material.Kind.ARTICLE, title=f"{words(5)} {number}", summary=words(12), body=words(300), owner=owner,
            team=owner.team, created_at=at, changed_at=at, published_at=at, review_on=(at + timedelta(days=365)).date(),
        )  # fmt: skip


def grow(size: int, new_sessions: Iterator[Session], new_materials: Iterator[Material]) -> None:
    """Fills the portal up to `size` sessions and materials, and shows how far it has come."""
    _top_up(Session, new_sessions, size)
    _top_up(Material, new_materials, size)
    _tag()
    for done, total in reindex():
        if sys.stderr.isatty():
            print(f"\r{done:,} of {total:,} indexed", end="" if done < total else "\n", file=sys.stderr, flush=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _top_up(model: type, rows: Iterator[object], size: int) -> None:
    missing = size - model.objects.count()  # type: ignore[attr-defined]
    while missing > 0:
        batch = list(islice(rows, min(BATCH, missing)))
        model.objects.bulk_create(batch)  # type: ignore[attr-defined]
        missing -= len(batch)


def _tag() -> None:
    tags, through = list(Tag.objects.filter(alias_of=None)[:10]), Material.tags.through
    bare = Material.objects.filter(tags=None).values_list("pk", flat=True)
    rows = [through(material_id=pk, tag_id=tags[pk % len(tags)].pk) for pk in bare.iterator()]
    through.objects.bulk_create(rows, batch_size=BATCH)


def pages(member: Member) -> dict[str, str]:
    """Returns what is measured, by name."""
    key = add_feed(member, "bench", now=NOW)[1]
    past = Session.objects.filter(ends_at__lt=NOW).latest("starts_at")
    article = Material.objects.filter(kind=Material.Kind.ARTICLE).latest("pk")
    return {
        "home": "/",
        "agenda": "/sessions/",
        "month": f"/sessions/?view=month&month={past.starts_at:%Y-%m}",
        "past sessions": "/sessions/past/",
        "session": past.get_absolute_url(),
        "calendar feed": f"/calendar/{key}/mine.ics",
        "library": "/library/",
        "search, common word": "/library/?q=team",
        "search, rare word": "/library/?q=w19999",
        "search, two words": "/library/?q=team+feedback",
        "search everywhere": "/search/?q=team",
        "material": article.get_absolute_url(),
        "tags": "/library/tags/",
        "directory": "/members/",
    }


def measured(member: Member) -> dict[str, float]:
    """Returns the CPU milliseconds of each page, by name; 0 where a page does not answer."""
    Limit.objects.all().delete()
    cookie, found = signed_in(member), {}
    for name, path in pages(member).items():
        Limit.objects.all().delete()
        found[name] = measure(Visit(path), cookie).milliseconds
    return found


def floor_of(folder: Path) -> float:
    """Returns the CPU milliseconds of the floor, in a process of its own."""
    return float(processes.json_of("bench.floor", processes.environment(folder))["milliseconds"])


def table(sizes: list[int], floors: list[float], results: list[dict[str, float]]) -> Iterator[str]:
    """Yields the lines: of each page and size the milliseconds, how many floors and how many times the first size."""
    yield f"{'page':<20}" + "".join(f"{size:>11,}{'floors':>8}{'x':>6}" for size in sizes)
    yield f"{'floor':<20}" + "".join(f"{floor:>8.2f} ms{1:>8.2f}{floor / floors[0]:>6.2f}" for floor in floors)
    for name, first in results[0].items():
        cells = (
            f"{one[name]:>8.2f} ms{one[name] / floor:>8.2f}{one[name] / first if first else 0:>6.2f}"
            for one, floor in zip(results, floors, strict=True)
        )
        yield f"{name:<20}" + "".join(cells)


def main(sizes: list[int]) -> int:
    """Prints one line a page; returns 0: figures are reported, nothing fails."""
    call_command("migrate", verbosity=0)
    settings.DEBUG = True
    for _line in load_demo(now=NOW):
        pass
    settings.DEBUG = False
    call_command("collectstatic", interactive=False, verbosity=0)
    member = Member.objects.get(email="mira@cop.example")
    new_sessions, new_materials = sessions(), materials(member)
    results: list[dict[str, float]] = []
    floors: list[float] = []
    for done, size in enumerate(sizes, 1):
        grow(size, new_sessions, new_materials)
        floors.append(floor_of(settings.VAR_DIR))
        results.append(measured(member))
        print(f"{size:,} sessions and materials on {connection.vendor}", flush=True)
        print(*table(sizes[:done], floors, results), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
