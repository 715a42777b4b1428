"""Every page of the demo community, found as people find them: by following links."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from cop_portal.demo import load_demo
from members.models import Member

START = ("/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
# Django's own admin site is not ours to mend, and what signs out would end the walk.
LEFT_OUT = ("admin:", "account_logout")
MOST = 400
MOST_VARIANTS = 4  # of one page with different parameters: filters can be combined without end


class Links(HTMLParser):
    """Collects where a page leads to: its links, and its search forms with a word in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.searches: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and values.get("href"):
            self.found.append(values["href"])
        elif tag == "form":
            self.searches = values.get("action", "") if values.get("method", "get").lower() == "get" else None
        elif tag == "input" and values.get("name") == "q" and self.searches is not None:
            self.found.append(f"{self.searches}?q=team")


def demo_client(settings, who: str | None) -> Client:
    """Returns a client in the demo community of today, signed in as `<who>@cop.example` or as nobody."""
    settings.DEBUG = True
    for _line in load_demo(now=timezone.now()):
        pass
    settings.DEBUG = False
    client = Client(raise_request_exception=False)
    if who:
        client.force_login(Member.objects.get(email=f"{who}@cop.example"))
    return client


def kind_of(url: str) -> str | None:
    """Returns the name of the address and of its parameters, None for what is not walked.

    Two addresses of one kind show the same page for other rows.
    """
    parts = urlsplit(url)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return None
    if name.startswith(LEFT_OUT) or parts.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
        return None
    return " ".join([name, *sorted(parse_qs(parts.query, keep_blank_values=True))])


def links_of(html: str, base: str) -> Iterator[str]:
    """Yields the addresses on this portal that a page at `base` links to, without fragments."""
    links = Links()
    links.feed(html)
    for href in links.found:
        parts = urlsplit(urljoin(base, href))
        if not parts.netloc:
            yield parts._replace(fragment="").geturl()


@dataclass(frozen=True)
class Found:
    """A page as it came."""

    url: str
    status: int
    html: str


def crawl(client: Client, start: Iterable[str] = START) -> dict[str, Found]:
    """Returns kind -> the first page of each kind that `client` can reach, broken ones as well."""
    pages: dict[str, Found] = {}
    seen: set[str] = set()
    variants: Counter[str] = Counter()
    waiting = deque(start)
    while waiting:
        url = waiting.popleft()
        kind = kind_of(url)
        if kind is None or kind in seen or url in seen or variants[kind.split()[0]] == MOST_VARIANTS:
            continue
        response = client.get(url)
        seen.add(url)
        if 300 <= response.status_code < 400:
            waiting.appendleft(urljoin(url, response.headers["Location"]))
            continue
        seen.add(kind)
        variants[kind.split()[0]] += 1
        assert len(seen) < MOST, "endless links"
        if response.headers["Content-Type"].startswith("text/html") and not response.streaming:
            html = response.content.decode()
            pages[kind] = Found(url, response.status_code, html)
            waiting.extend(links_of(html, url))
    return pages
