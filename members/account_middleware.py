"""What happens around the pages of django-allauth."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone

from members.account_mail import imitate_account_mail
from members.session_life import is_over, touch

type Handler = Callable[[HttpRequest], HttpResponseBase]

# Forms that mail somebody, if there is somebody; and pages where a button asks for one more code.
MAY_MAIL = {"account_request_login_code", "account_reset_password", "account_signup", "socialaccount_signup"}
MAY_MAIL_AGAIN = {"account_confirm_login_code", "account_email_verification_sent"}


def session_age(get_response: Handler) -> Handler:
    """Signs out whoever signed in too long ago, and notes visits once a day."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        if request.user.is_authenticated:
            if is_over(request.session, now=now):
                logout(request)
            else:
                touch(request.session, now=now)
        return get_response(request)

    return handle


def even_answers(get_response: Handler) -> Handler:
    """A form that mails a member takes as long when the address belongs to nobody.

    Both do the same work, and both answer no sooner than settings.DOOR_SECONDS: what is left of a difference
    (how deep the stack is, which page of the database is in memory) disappears in the wait.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response = get_response(request)
        if _should_have_mailed(request, response):
            if not getattr(request, "wrote_mail", False):
                imitate_account_mail(now=timezone.now())
            time.sleep(max(0, settings.DOOR_SECONDS - (time.monotonic() - began)))
        return response

    return handle


def _should_have_mailed(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether a valid form was sent whose answer may be a mail."""
    if request.method != "POST" or response.status_code != 302 or not request.resolver_match:  # noqa: PLR2004
        return False
    page = request.resolver_match.url_name
    return page in MAY_MAIL or (page in MAY_MAIL_AGAIN and request.POST.get("action") == "resend")


class UnprocessableForms:
    """Answers 422 where django-allauth shows a form again with errors and says 200."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Called by Django before a template response is rendered."""
        if request.method == "POST" and response.status_code == 200 and _is_of_allauth(request):  # noqa: PLR2004
            forms = [value for value in (response.context_data or {}).values() if isinstance(value, BaseForm)]
            if any(form.is_bound and form.errors for form in forms):
                response.status_code = 422
        return response


def _is_of_allauth(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and getattr(match.func, "view_class", match.func).__module__.startswith("allauth.")
