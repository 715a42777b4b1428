"""The pages of the sessions app."""

from django.http import HttpRequest, HttpResponse

from cop_portal.lib.htmx import render_page
from members.rights import members_only


@members_only
def index(request: HttpRequest) -> HttpResponse:
    """The entrance of the sessions part."""
    return render_page(request, "sessions/index.html")
