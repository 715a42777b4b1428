"""Who may do what, in one place: the table of rights, as decorators for views.

|                | visitor        | guest | aspiring, tech lead, manager | facilitator | admin |
|----------------|----------------|-------|------------------------------|-------------|-------|
| public         | yes            | yes   | yes                          | yes         | yes   |
| signed_in      | to sign-in     | yes   | yes                          | yes         | yes   |
| members_only   | to sign-in     | 404   | yes                          | yes         | yes   |
| facilitators   | to sign-in     | 404   | 403                          | yes         | yes   |
| admin site     | to sign-in     | 404   | 403                          | 403         | yes   |

A guest is told 404, not 403: what lies beyond the invitation does not exist for them. A private
or invisible row is 404 for everyone else (the getters of each app do that). Each decorator leaves
its name on the view as `right`; a test walks every address and fails where it is missing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from cop_portal.lib.htmx import redirect_to_sign_in
from members.models import Member

type View = Callable[..., HttpResponseBase]


class MemberRequest(HttpRequest):
    """What a guarded view gets: the request of someone who is signed in."""

    user: Member


def public(view: View) -> View:
    """Open to everyone."""
    view.right = "public"  # type: ignore[attr-defined]
    return login_not_required(view)


def signed_in(view: View) -> View:
    """Open to everyone with an account, guests included; the view decides what a guest sees."""
    return _guarded(view, "signed_in", lambda member: None)


def members_only(view: View) -> View:
    """Open to members; a guest gets 404."""
    return _guarded(view, "members_only", require_member)


def facilitators_only(view: View) -> View:
    """Open to facilitators and admins; a member gets 403, a guest 404."""
    return _guarded(view, "facilitators_only", require_facilitator)


def require_member(member: Member) -> None:
    """Raises Http404 for a guest."""
    if not member.is_member:
        raise Http404


def require_facilitator(member: Member) -> None:
    """Raises Http404 for a guest and PermissionDenied for a member who does not facilitate."""
    require_member(member)
    if not member.may_facilitate:
        raise PermissionDenied


def require_admin(member: Member) -> None:
    """Raises Http404 for a guest and PermissionDenied for everyone else without the admin flag."""
    require_member(member)
    if not member.is_staff:
        raise PermissionDenied


def _guarded(view: View, right: str, check: Callable[[Member], None]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request)
        check(request.user)
        return view(request, *args, **kwargs)

    guarded.right = right  # type: ignore[attr-defined]
    return guarded
