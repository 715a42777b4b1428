"""The page behind the link at the end of a mail."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cop_portal.lib.htmx import render_page
from members.models import Member
from members.rights import public
from members.switches import stop_mail
from members.unsubscribing import wish_in


@csrf_exempt  # mail programs send the form by themselves (RFC 8058); the signed link is the right to it
@require_http_methods(["GET", "HEAD", "POST"])
@public
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Shows a button; the button, or a mail program in its place, stops mails of this kind."""
    wish = wish_in(token)
    if wish is None:
        raise Http404
    member = get_object_or_404(Member, pk=wish.member)
    if request.method == "POST":
        stop_mail(member, wish.kind)
    context = {"kind": wish.kind.label, "done": request.method == "POST"}
    return render_page(request, "members/unsubscribe.html", context)
