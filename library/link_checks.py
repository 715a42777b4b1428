"""Links are looked at weekly and their titles fetched, only where settings.LINK_CHECKS says so."""

from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cop_portal.lib.text import clean_name
from library.fetching import BlockedError, Fetcher, Page, UnreachableError
from library.indexing import index_materials
from library.models import Link, LinkHealth, Material
from library.page_titles import MAX_TITLE, title_of

AT_ONCE = 5  # links in one task, each of at most ten seconds: what others ask of the worker comes in between
BEHIND_ALL = -50
# Doors that are shut for robots: the page is there.
ANSWERED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
WAITING, FAILED, TYPED = LinkHealth.TitleState.WAITING, LinkHealth.TitleState.FAILED, LinkHealth.TitleState.TYPED


def stand_in(address: str) -> str:
    """Returns what a link is called until its page has been asked for its title."""
    parts = urlsplit(address)
    return clean_name(f"{parts.hostname or ''}{parts.path.rstrip('/')}" or address)[:MAX_TITLE].strip()


def fetch_title_of(material: Material) -> None:
    """Has the title fetched, in the caller's transaction."""
    LinkHealth.objects.create(link_id=material.pk, title_state=WAITING)
    transaction.on_commit(ask_checker, robust=True)


def remind_checker(now: datetime) -> None:
    """Begins to look after new links, and asks for a round where one is due."""
    if not settings.LINK_CHECKS:
        return
    new = Link.objects.filter(health=None).values_list("pk", flat=True)
    LinkHealth.objects.bulk_create((LinkHealth(link_id=pk) for pk in new), ignore_conflicts=True)
    if _due(now).exists():
        ask_checker()


def ask_checker() -> None:
    """Has the worker look at what is due. One waiting request is enough."""
    if not DBTaskResult.objects.ready().filter(task_path=check_links.module_path).exists():
        check_links.enqueue()


@task(priority=BEHIND_ALL)
def check_links() -> None:
    """Looks at a few links; asks for another round while more are due."""
    now = timezone.now()
    if settings.LINK_CHECKS and check_due(now, Fetcher()) and _due(now).exists():
        ask_checker()


def check_due(now: datetime, fetcher: Fetcher) -> int:
    """Looks at up to AT_ONCE links; returns how many."""
    due = list(_due(now).select_related("link")[:AT_ONCE])
    for health in due:
        check_link(health, now, fetcher)
    return len(due)


def _due(now: datetime) -> "QuerySet[LinkHealth]":
    return LinkHealth.objects.due(now).filter(link__material__binned_at=None)


def check_link(health: LinkHealth, now: datetime, fetcher: Fetcher) -> None:
    """Looks at one link, outside any transaction, and notes what it found."""
    page: Page | None = None
    try:
        page = fetcher.get(health.link.address)
        answered = page.status < HTTPStatus.BAD_REQUEST or page.status in ANSWERED
    except BlockedError:
        answered = True  # not for us to look at, which says nothing about the page
    except UnreachableError:
        answered = False
    with transaction.atomic():
        note_answer(health, now, answered=answered)
        if health.title_state == WAITING:
            _take_title(health, title_of(page) if page and page.status < HTTPStatus.BAD_REQUEST else "", now)
        health.save()


def note_answer(health: LinkHealth, now: datetime, *, answered: bool) -> None:
    """Changes the row, not stored: two failures in a row on different days mean "possibly gone"."""
    health.checked_at, today = now, now.date()
    if answered:
        health.failed_on = health.gone_since = None
    elif health.failed_on is None:
        health.failed_on = today
    elif today > health.failed_on and health.gone_since is None:
        health.gone_since = today


def _take_title(health: LinkHealth, title: str, now: datetime) -> None:
    """A title that somebody typed meanwhile stays."""
    health.title_state = TYPED if title else FAILED
    unnamed = Material.objects.filter(pk=health.link_id, title=stand_in(health.link.address))
    if title and unnamed.update(title=title, changed_at=now, version=F("version") + 1):
        index_materials([health.link_id])


def health_words(material: Material) -> str:
    """Returns what the owner should know of a link: "gone", "untitled" or ""; one query."""
    health = LinkHealth.objects.filter(link=material.pk).first()
    if health is None:
        return ""
    if health.gone_since:
        return "gone"
    return "untitled" if health.title_state == FAILED and material.title == stand_in(material.link.address) else ""
