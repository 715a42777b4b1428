"""A closed community is an archive: its library is read, and nothing in it changes any more."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render

from members.models import Community
from members.rights import MemberRequest

type View = Callable[..., HttpResponseBase]


def while_open(view: View) -> View:
    """Decorates a view that leads to a change of the library; an archive answers with a kind word and 403.

    The decorator of rights stands above it: what somebody may not see stays unseen.
    """

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if Community.current().stage == Community.Stage.CLOSED:
            return render(request, "library/closed.html", status=HTTPStatus.FORBIDDEN)
        return view(request, *args, **kwargs)

    return guarded
