"""The demo community: one call fills an empty portal with people, sessions, materials and feedback."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from cop_portal.community import freeze_health
from cop_portal.lib.content import shipped_content
from feedback.demo import load_feedback
from feedback.demo_course import load_course
from library.demo import load_library
from library.models import Material
from members.demo import DOMAIN, load_members
from members.models import Member
from practice.demo import load_practice
from sessions.demo import load_sessions


class DemoRefusedError(Exception):
    """The demo community may not be loaded here; the message says why."""


def load_health(now: datetime) -> None:
    """Freezes the figures of the last three months, as ticks would have done at their ends."""
    ends = [now]
    for _month in range(2):
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    for end in reversed(ends):
        freeze_health(end)


def load_demo(*, now: datetime) -> Iterator[str]:
    """Loads the demo community, one transaction a part; yields a line for each part done.

    Run twice it changes nothing. Raises DemoRefusedError where DEBUG is off or where real
    people are members already.
    """
    if not settings.DEBUG:
        raise DemoRefusedError("The demo community is only for a server with DEBUG on.")
    if Member.objects.exclude(email__endswith=f"@{DOMAIN}").exists():
        raise DemoRefusedError("There are members outside the demo community here.")
    content = shipped_content()
    with transaction.atomic():
        members = load_members(content, now=now)
    yield f"{len(members)} members in {len(content['teams'])} teams"
    with transaction.atomic():
        load_library(content, members, now=now)
    yield f"{Material.objects.count()} materials"
    with transaction.atomic():
        sessions = load_sessions(content, members, now=now)
    yield f"{len(sessions['topics'])} topics, {len(sessions['past'])} past sessions"
    yield f"feedback on {load_feedback(now=now)} sessions"
    with transaction.atomic():
        plans = load_practice(content, members, now=now)
    yield f"{plans} practice plans"
    with transaction.atomic():
        load_course(now=now)
        load_health(now)
    yield "words on the principles, three months of figures"
