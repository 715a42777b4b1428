"""Uploads that are too large: stopped while they come in, not after they were stored."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

type Handler = Callable[[HttpRequest], HttpResponseBase]

MEGABYTE = 1024 * 1024
FLOOD = 4  # times the limit: of a request as large as this nothing is read at all


class MeasuredUpload(FileUploadHandler):
    """Counts the bytes of each file and lets go of one that grows beyond settings.UPLOAD_MAX_MB.

    The form's other fields are still read, so that nothing typed is lost; `too_large(request)` names
    the file.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_MB * MEGABYTE:
            self.request.META["library.too_large"] = self.file_name or ""  # type: ignore[union-attr]
            raise SkipFile
        return raw_data  # for the handlers behind this one, which store it

    def file_complete(self, file_size: int) -> None:
        return None


def too_large(request: HttpRequest) -> str | None:
    """Returns the name of a file that was stopped, None where all came in."""
    request.POST  # noqa: B018 -- reading the form is what measures its files
    name: str | None = request.META.get("library.too_large")
    return name


def refuse_floods(get_response: Handler) -> Handler:
    """Answers 413 to a request that is absurdly large, before a byte of it is read."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > FLOOD * settings.UPLOAD_MAX_MB * MEGABYTE:
            return render(request, "errors/413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return get_response(request)

    return handle
