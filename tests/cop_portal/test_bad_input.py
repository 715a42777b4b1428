"""No input makes a 5xx: every address of the portal, the admin's too, is sent what nobody should send.

The addresses come from the resolver and the fields from the pages, so that a new page is tested
from its first day. What a page says to such input is the business of its own tests.
"""

import inspect
import re
from collections.abc import Iterator
from http.cookies import Morsel
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import UUIDConverter
from django.urls.resolvers import RoutePattern

from tests import factories

ROW = 4711  # a row of every factory has this number, and every address of a row asks for it
UUID = "6f1c7a52-0a5c-4f0e-9c38-6b1f6f0d7d11"
FORM = "application/x-www-form-urlencoded"
HUGE = "9" * 40
NASTY = ("a\0b", "'\"><script>{{7*7}}%s", HUGE, "-1", "1e999", "x" * 10_000, "../٣\u202e\u200b\r\n", "")
OURS = [
    "q",
    "page",
    "sort",
    "role",
    "team",
    "offers",
    "seeks",
    "month",
    "view",
    "format",
    "topic",
    "kind",
    "nature",
    "tag",
    "principle",
    "next",
    "key",
    "scheme",
]
# What Django's own pages read: lists, pages that add a row, the search of a field.
OF_LISTS = ["q", "o", "p", "all", "e", "pk__in", "is_active__exact", "_to_field", "_popup", "offers", "team"]
OF_NEW = ["e", "_to_field", "_popup", "_changelist_filters", "team"]
OF_SEARCHES = ["term", "app_label", "model_name", "field_name"]


def addresses(patterns, before: str = "/") -> Iterator[str]:
    """Yields the path of every address, its blanks filled with what such a blank takes."""
    for pattern in patterns:
        path = before + filled(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path


def filled(pattern) -> str:
    if not isinstance(pattern, RoutePattern):  # a regular expression: the admin's last resort
        return re.sub(r"\(.*|[$^]", "", str(pattern))
    converters = iter(pattern.converters.values())
    return re.sub("<[^>]+>", lambda _: UUID if isinstance(next(converters), UUIDConverter) else str(ROW), str(pattern))


ALL = sorted(set(addresses(get_resolver().url_patterns)))
PORTAL = [address for address in ALL if not address.startswith("/admin/") or "/members/team/" in address]


def test_every_blank_of_an_address_is_filled():
    assert [address for address in ALL if re.search(r"[<>()^$\\]", address)] == []
    assert {"/", "/members/4711/", "/admin/members/team/4711/change/", "/accounts/login/"} <= set(ALL)


@pytest.fixture
def rows(db):
    """A row of every factory, its number known."""
    for _name, factory in inspect.getmembers(factories, inspect.isclass):
        if (
            issubclass(factory, factories.factory.django.DjangoModelFactory)
            and not factory._meta.model._meta.pk.is_relation
        ):
            factory(pk=ROW)


@pytest.fixture(params=["visitor", "admin"])
def ask(request, settings, monkeypatch, rows, admin):
    """Call it with what a request is made of: it is sent by a visitor, or by an admin who signs in again if need be."""
    settings.RATE_LIMITS = False
    monkeypatch.setattr(
        "django.test.client.store_rendered_templates", lambda *args, **kwargs: None
    )  # takes half the time
    client = Client(raise_request_exception=False)

    def answer(verb: str, address: str, body: bytes = b"", content_type: str = "", **extra):
        if request.param == "admin" and not client.cookies.get(settings.SESSION_COOKIE_NAME, Morsel()).value:
            client.force_login(admin)
        with transaction.atomic():  # nothing that one request writes or breaks is there for the next
            try:
                return client.generic(verb, address, body, content_type=content_type, **extra)
            finally:
                transaction.set_rollback(True)

    return answer


@pytest.fixture
def open_to(fields_of):
    """Call it with addresses: those that let one in. Behind all others is the same door."""
    return lambda among: [address for address in among if address in fields_of]


@pytest.fixture
def fields_of(ask, opened, request) -> dict[str, dict[str, str]]:
    """By address that lets one in: the fields of its page, and whether each is a `select` or an `input`, say."""
    who = request.node.callspec.params["ask"]
    if who not in opened:
        answers = {address: ask("GET", address) for address in ALL}
        opened[who] = {
            address: fields_in(response)
            for address, response in answers.items()
            if "/login/?next=" not in response.headers.get("Location", "")
        }
    return opened[who]


@pytest.fixture(scope="module")
def opened():
    """What `fields_of` found for a visitor and for an admin: it is asked once."""
    return {}


def _read(response):
    """Returns the status; what is served as a stream is closed at its end."""
    if response.streaming:
        b"".join(response)
    return response.status_code


def failures(answers: Iterator[tuple[str, object]]) -> dict[str, int]:
    return {asked[:120]: _read(response) for asked, response in answers if _read(response) >= 500}


def sent(fields: dict[str, str]) -> str:
    return urlencode(fields, errors="surrogatepass")


def bad_fields(address: str, names: list[str], chosen: set[str] = frozenset()) -> list[str]:
    """Returns what to send under these names; once to a page of the admin, which are many, slow and Django's own.

    Where one chooses from a list (`chosen`), a number that no row can have goes to the admin instead of words.
    """
    mixed = {name: NASTY[place % len(NASTY)] for place, name in enumerate(names)}
    if address.startswith("/admin/"):
        return [sent({name: HUGE if name in chosen else value for name, value in mixed.items()})]
    doubled = "&".join(f"{quote(name)}=1&{quote(name)}={quote(NASTY[1])}&{quote(name)}[]=3" for name in names)
    return [
        sent(mixed),
        *(sent(dict.fromkeys(names, text)) for text in (NASTY[0], HUGE)),
        f"{doubled}&%ff=%fe&q=%c3%28&=&&;%",
    ]


def test_no_query_breaks_a_page(ask, open_to):
    def answers():
        for address in open_to(ALL):
            for query in bad_fields(address, OURS):
                yield f"{address}?{query}", ask("GET", address, QUERY_STRING=query)

    assert failures(answers()) == {}


def test_no_single_parameter_breaks_a_list_of_the_admin(ask, open_to):
    """The admin gives up at the first parameter it does not know, so each comes alone as well."""
    lists = [address for address in ALL if re.fullmatch(r"/admin/\w+/(\w+/(add/)?)?", address)]

    def answers():
        for address in open_to(lists):
            reads = OF_SEARCHES if "autocomplete" in address else OF_NEW if address.endswith("/add/") else OF_LISTS
            for place, name in enumerate(reads):
                query = sent({name: NASTY[place % 3]})
                yield f"{address}?{query}", ask("GET", address, QUERY_STRING=query)

    assert failures(answers()) == {}


def fields_in(response) -> dict[str, str]:
    body = b"".join(response).decode(errors="replace") if response.streaming else response.text
    found = re.findall(r'<(input|select|textarea|button)[^>]*\sname="([^"]+)"', body)
    named = {"action": "", "q": "", **{name: tag for tag, name in found}}
    return {name: named[name] for name in sorted(named) if name != "csrfmiddlewaretoken"}


def test_no_form_breaks(ask, fields_of):
    def answers():
        for address, fields in fields_of.items():
            chosen = {name for name, tag in fields.items() if tag == "select"}
            for body in bad_fields(address, list(fields), chosen):
                yield f"{address} {body}", ask("POST", address, body.encode(), FORM)

    assert failures(answers()) == {}


BODIES = [
    (f"{FORM}; charset=utf-7", b"name=+ADw-script+AD4-"),
    ("text/plain", b"name=x"),
    ("application/json", b'{"name": "x"}'),
    ("multipart/form-data", b"name=x"),
    ("multipart/form-data; boundary=", b"--\r\n"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nx'),
    (FORM, "&".join(f"f{number}=x" for number in range(1_001)).encode()),
    (FORM, b"name=" + b"x" * (2 * 1024 * 1024 + 1)),
]


@pytest.mark.once  # they are refused before a database is asked
@pytest.mark.parametrize(("content_type", "body"), BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_no_form_of_ours_is_refused(ask, open_to, content_type, body):
    assert failures((address, ask("POST", address, body, content_type)) for address in open_to(PORTAL)) == {}


HEADERS = [
    {
        "HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[",
        "HTTP_IF_MODIFIED_SINCE": "yesterday", "HTTP_IF_NONE_MATCH": '"', "HTTP_RANGE": "bytes=9-1,x",
    },
    {
        "HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://%5B", "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": "true",
        "HTTP_ACCEPT_LANGUAGE": "de-\xff\xfe;q=nan", "HTTP_USER_AGENT": "\xff\xfe", "HTTP_X_FORWARDED_FOR": "\xff,,x",
    },
    {
        "HTTP_ACCEPT_LANGUAGE": "x" * 5_000, "HTTP_REFERER": "http://[", "HTTP_ORIGIN": "null",
        "HTTP_ACCEPT": "application/json", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest",
    },
]  # fmt: skip
COOKIES = [
    'sessionid="abcdefghij\\000"; messages=x; csrftoken=\xff; django_language=../../x',
    "=;;; sessionid; messages=" + "x" * 5_000,
    "django_language=\xff\xfe; sessionid=" + "\xe4" * 40,
]


@pytest.mark.once  # none of them is stored
@pytest.mark.parametrize("headers", HEADERS, ids=range(len(HEADERS)))
def test_no_header_breaks_a_page(ask, open_to, headers):
    among = open_to(PORTAL)
    answers = ((f"{verb} {address}", ask(verb, address, **headers)) for verb in ("GET", "POST") for address in among)
    assert failures(answers) == {}


@pytest.mark.parametrize("cookie", COOKIES, ids=range(len(COOKIES)))
def test_no_cookie_breaks_a_page(db, settings, cookie):
    settings.RATE_LIMITS = False
    client = Client(raise_request_exception=False)
    answers = (
        (f"{verb} {address}", client.generic(verb, address, content_type="", HTTP_COOKIE=cookie))
        for verb in ("GET", "POST")
        for address in ALL
    )
    assert failures(answers) == {}


PATHS = [
    "/%ff%fe/",
    "/members/%00/",
    "/members/4711-%00%ff/",
    "/members/4711-" + "x" * 5_000 + "/",
    "/members/99999999999999999999/",
    "/members/0/",
    "/admin/members/member/%00/change/",
    "/admin/members/member/x_0A/change/",
    "/admin/r/%00/1/",
    "//evil.example/members/4711/",
    "/%2F%2Fevil.example/",
    "/..%2f..%2fetc/passwd",
    "/static/..%2f..%2fetc/passwd",
    "/static/%00",
    "/static/%ff",
    "/members/4711-x%0d%0aSet-Cookie:%20a=b/",
]
VERBS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "FROB"]


@pytest.mark.parametrize("verb", VERBS)
def test_no_path_breaks_the_portal_or_leads_off_it(ask, verb):
    answers = {path: ask(verb, path) for path in PATHS}
    assert failures(answers.items()) == {}
    ways = {response.headers.get("Location", "/").partition("?")[0] for response in answers.values()}
    assert [way for way in ways if not re.match(r"/(?![/\\])", way)] == []


def test_no_name_of_a_file_breaks_a_form(ask, open_to):
    names = ["a\0b.png", "\u202egnp.exe", "../../x", "x" * 5_000 + ".png", ".", "CON", "a\r\nb"]
    head = 'Content-Disposition: form-data; name="{}"; filename="{}"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n'
    parts = [f"--x\r\n{head.format(field, name)}" for field in ("file", "photo", "files") for name in names]
    body = "".join([*parts, "--x--\r\n"]).encode("utf-8")
    kind = "multipart/form-data; boundary=x"
    assert failures((address, ask("POST", address, body, kind)) for address in open_to(PORTAL)) == {}
