"""The pages of accounts that are not django-allauth's."""

from http import HTTPStatus
from typing import cast

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.htmx import render_page
from members.account_forms import EndSignInsForm
from members.models import Member
from members.rights import public, signed_in
from members.sign_ins import end_sign_ins, sign_ins_of


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Where one is signed in: all of it seen, each of it ended."""
    found = sign_ins_of(cast(Member, request.user), current_key=request.session.session_key, now=timezone.now())
    form = EndSignInsForm(request.POST if request.method == "POST" else None, sign_ins=found)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render_page(
            request, "usersessions/usersession_list.html", {"form": form, "sign_ins": found}, status=status
        )
    end_sign_ins(form.chosen())
    if form.cleaned_data["end"] == EndSignInsForm.EVERYWHERE:
        logout(request)
        return redirect("account_login")
    get_adapter(request).add_message(request, messages.INFO, "usersessions/messages/sessions_logged_out.txt")
    return redirect("usersessions_list")


@require_safe
@public
def waiting(request: HttpRequest) -> HttpResponse:
    """What somebody reads whose request is kept until the community opens."""
    return render_page(request, "account/waiting.html")
