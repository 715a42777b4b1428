"""Which pages are measured, and what they should cost. To measure another one, add a line to PAGES.

Goals are those of the table "Speed and cost" in the project's rules: queries, KB of HTML before compression, CPU as a
multiple of the floor. They are reported, nothing fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from bench.measuring import nothing
from feedback.ballots import Content
from feedback.models import Ballot, Poll
from library.models import Material
from members.models import Limit, Member
from sessions.models import Session
from sessions.subscriptions import add_feed

FEEDBACK = {"there": "yes", "worth": "4", "rhythm": "3", "topic": "More practice labs.", "voice": "1"}
FRAGMENT = {"HX-Request": "true"}


@dataclass(frozen=True)
class Page:
    """One page: its address (or a function that finds one), whose it is (a demo member's id), its goals."""

    name: str
    path: str | Callable[[], str]
    who: str | None = "mira"
    queries: int | None = None
    kilobytes: float | None = None
    floors: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] | None = None
    before: Callable[[], None] = nothing

    def address(self) -> str:
        return self.path if isinstance(self.path, str) else self.path()


def some_member() -> str:
    return Member.objects.in_directory().latest("pk").get_absolute_url()


def next_session() -> str:
    return Session.objects.filter(starts_at__gt=timezone.now()).earliest("starts_at").get_absolute_url()


def month_before() -> str:
    last = Session.objects.filter(starts_at__lt=timezone.now()).latest("starts_at")
    return f"/sessions/?view=month&month={last.starts_at:%Y-%m}"


def some_article() -> str:
    return Material.objects.filter(kind=Material.Kind.ARTICLE).earliest("pk").get_absolute_url()


def some_results() -> str:
    return reverse("feedback:results", args=[Poll.objects.earliest("pk").session])


def open_form() -> str:
    return reverse("feedback:form", args=[Poll.objects.open_at(timezone.now()).latest("pk").session])


def some_feed() -> str:
    token = add_feed(Member.objects.get(email="mira@cop.example"), "bench", now=timezone.now())[1]
    return reverse("calendar:all", args=[token])


def next_answer() -> str:
    return f"{next_session()}rsvp/"


def forget_limits() -> None:
    """Forty answers in a minute are more than a member may give."""
    Limit.objects.all().delete()


def empty_forms() -> None:
    """Nobody has answered: an answer is final, and is measured more than once."""
    for ballot in Ballot.objects.all():
        ballot.content = Content()
        ballot.save()
    Limit.objects.all().delete()


PAGES = [
    Page("home", "/", queries=7, kilobytes=25, floors=1.0),
    Page("agenda", "/sessions/"),
    Page("month", month_before, queries=4, kilobytes=25, floors=0.5),
    Page("session", next_session, queries=8, kilobytes=20, floors=0.7),
    Page(
        "answer, fragment",
        next_answer,
        queries=6,
        kilobytes=2,
        headers=FRAGMENT,
        data={"answer": "going"},
        before=forget_limits,
    ),
    Page("calendar feed, kept", some_feed, queries=4, kilobytes=60, who=None),
    Page("topics", "/sessions/topics/"),
    Page("search everywhere", "/search/?q=team"),
    Page("library", "/library/", queries=6, kilobytes=35, floors=1.0),
    Page("library, search", "/library/?q=team", queries=9, kilobytes=35, floors=1.5),
    Page("library, fragment", "/library/?q=team", headers=FRAGMENT),
    Page("material", some_article, queries=6, kilobytes=30, floors=0.7),
    Page("pulse", "/feedback/"),
    Page("feedback form", open_form, queries=6, kilobytes=12, floors=0.6),
    Page("feedback, POST", open_form, queries=8, floors=0.6, data=FEEDBACK, before=empty_forms),
    Page("results of a poll", some_results),
    Page("principles' pulse", "/feedback/principles/"),
    Page("community", "/community/"),
    Page("practice", "/practice/"),
    Page("directory, 60 members", "/members/"),
    Page("directory, fragment", "/members/?q=member", headers=FRAGMENT),
    Page("member", some_member),
    Page("sign-in", "/accounts/login/", who=None),
    Page("styleguide", "/styleguide/", who="admin"),
]
