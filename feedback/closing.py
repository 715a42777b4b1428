"""A closed community is an archive: what came of feedback can be read, and nothing is asked or said any more."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from members.models import Community

type View = Callable[..., HttpResponseBase]


def archive_page(request: HttpRequest) -> HttpResponse:
    """Returns a kind word, with 403."""
    return render(request, "feedback/archive.html", status=HTTPStatus.FORBIDDEN)


def while_open(view: View) -> View:
    """Decorates a view that writes; the decorator of rights stands above it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if Community.current().stage == Community.Stage.CLOSED:
            return archive_page(request)
        return view(request, *args, **kwargs)

    return guarded
