"""Addresses `<number>-<words>`: the number finds the row, the words are for people.

So nothing shadows `new/` or `past/`, and a title in any script, or an emoji, has an address.
"""

from typing import Protocol

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.encoding import escape_uri_path
from django.utils.text import slugify

MAX_WORDS = 60
MAX_NUMBER = 2**63 - 1  # what both databases hold; a larger one is no address


class Addressed(Protocol):
    """A row with an address of its own."""

    @property
    def slug(self) -> str: ...


class NumberedSlug:
    """A path converter: `12-some-words` or `12` gives the number 12; `to_url` takes a row, a slug or a number.

    The words stay out of the view: `moved_to` compares them with the present ones.
    """

    regex = r"[0-9]{1,19}(?:-[^/]*)?"

    def to_python(self, value: str) -> int:
        number = int(value.partition("-")[0])
        if number > MAX_NUMBER:
            raise ValueError(value)
        return number

    def to_url(self, value: Addressed | str | int) -> str:
        return str(value) if isinstance(value, (str, int)) else value.slug


def slug_of(number: int, words: str) -> str:
    """Returns `12-some-words`, or `12` where the words have no Latin letters or digits."""
    tail = slugify(words)[:MAX_WORDS].strip("-_")
    return f"{number}-{tail}" if tail else str(number)


def moved_to(request: HttpRequest, row: Addressed, name: str = "number") -> HttpResponsePermanentRedirect | None:
    """Returns a 301 to the same page under the present words when it was asked for with others, else None.

    `name` is what the route calls the number of `row`. Call it after the right to see `row` is
    checked: the redirect tells the title. Not kept by browsers, for a title can change back.
    """
    match = request.resolver_match
    if request.method not in {"GET", "HEAD"} or match is None:
        return None
    path = reverse(match.view_name, kwargs={**match.kwargs, name: row})
    if path == escape_uri_path(request.path):
        return None
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
    patch_cache_control(response, private=True, no_store=True)
    return response
