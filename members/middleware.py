"""Shows each member dates and words their own way."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

type Handler = Callable[[HttpRequest], HttpResponseBase]


def local_settings(get_response: Handler) -> Handler:
    """Activates the member's time zone and, where chosen, language for the length of the request."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        member = request.user
        if not member.is_authenticated:
            return get_response(request)
        if member.language:
            translation.activate(member.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(ZoneInfo(member.time_zone)):
            return get_response(request)

    return handle
