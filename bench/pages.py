"""Which pages are measured, and what they should cost. To measure another one, add a line to PAGES.

Goals are those of the table "Speed and cost" in the project's rules: queries, KB of HTML before compression, CPU as a
multiple of the floor. They are reported, nothing fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from members.models import Member

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

    def address(self) -> str:
        return self.path if isinstance(self.path, str) else self.path()


def some_member() -> str:
    return Member.objects.in_directory().latest("pk").get_absolute_url()


PAGES = [
    Page("home", "/", queries=7, kilobytes=25, floors=1.0),
    Page("directory, 60 members", "/members/"),
    Page("directory, fragment", "/members/?q=member", headers=FRAGMENT),
    Page("member", some_member),
    Page("sign-in", "/accounts/login/", who=None),
    Page("styleguide", "/styleguide/", who="admin"),
]
