"""The lists of the library: what stands on the page, read in a fixed number of queries."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from cop_portal.lib.htmx import wants_fragment
from library.facets import Facets, total_words
from library.filters import FilterForm
from library.finding import Found, find, in_order, suggested
from library.models import Tag
from library.rows import rows_of
from members.models import Member

PER_PAGE = 20


def shelf_of(request: HttpRequest, member: Member, *, tag: Tag | None = None) -> dict[str, Any]:
    """Returns the context of a list: that of all, or of what carries `tag`. An invalid form shows nothing."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return {
            "form": form,
            "rows": [],
            "page": Paginator([], PER_PAGE).get_page(1),
            "total": "0",
            "filtered": True,
            "is_fragment": wants_fragment(request),
        }
    filters, query, order = form.filters(also=tag), form.query(), form.order()
    empty_words = bool(form.cleaned_data["q"].strip()) and not query
    number = page_number(request.GET.get("page"))
    found = Found() if empty_words else _page_of(member, form, tag, number)
    page = Paginator(range(found.total), PER_PAGE).get_page(number)
    facets = Facets(request.path, request.GET, filters, found)
    return {
        "form": form,
        "rows": rows_of(in_order(found.pks), query.marked),
        "page": page,
        "total": total_words(found),
        "has_more": found.has_more,
        "facets": facets.all(),
        "sorts": facets.sorts(order),
        "words": form.cleaned_data["q"].strip(),
        "near": [] if found.pks or filters else suggested(member, form.cleaned_data["q"]),
        "filtered": bool(filters) or bool(query) or empty_words,
        "kept": kept_fields(request),
        "is_fragment": wants_fragment(request),
    }


def _page_of(member: Member, form: FilterForm, tag: Tag | None, number: int) -> Found:
    """A page behind the last shows the last one."""
    found = _find(member, form, tag, number)
    if not found.pks and found.total:
        found = _find(member, form, tag, -(-found.total // PER_PAGE))
    return found


def _find(member: Member, form: FilterForm, tag: Tag | None, number: int) -> Found:
    return find(
        member,
        form.query(),
        form.filters(also=tag),
        sort=form.order(),
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
    )


def page_number(text: str | None) -> int:
    """Returns the page asked for, 1 for what is no page; far ones are cut to what can exist."""
    if not text or not text.isascii() or not text.isdigit():
        return 1
    return min(max(int(text[:6]), 1), 10_000)


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Returns what the search form carries along unseen: all filters that are in the address."""
    names = ("kind", "nature", "tag", "principle", "team", "sort")
    return [(name, value) for name in names for value in request.GET.getlist(name)]
