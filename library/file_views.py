"""The one way out for files: the right is checked, and a browser is told exactly what to make of it."""

import re
from datetime import datetime
from typing import IO

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header, parse_etags
from django.views.decorators.http import require_safe

from cop_portal.lib.addresses import moved_to
from library.history import files_open_to
from library.media import type_of
from library.models import Attachment, Material, files_alone
from members.models import Member
from members.rights import MemberRequest, signed_in

POLICY = "sandbox; default-src 'none'"
# Browsers show a PDF by an extension of their own, which a sandbox would stop.
PDF_POLICY = "default-src 'none'; object-src 'self'"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_BLOCK = 64 * 1024


@require_safe
@signed_in
def file(request: MemberRequest, number: int) -> HttpResponseBase:
    """The newest version of a material's file; `?download` saves instead of showing."""
    material = _material(request.user, number, timezone.now())
    attachment = material.newest_file
    if attachment is None:
        raise Http404
    return moved_to(request, material) or _served(request, attachment)


@require_safe
@signed_in
def file_version(request: MemberRequest, number: int, version: int) -> HttpResponseBase:
    """An earlier version, for who may read the material."""
    material = _material(request.user, number, timezone.now())
    attachment = next((one for one in files_open_to(material, request.user) if one.number == version), None)
    if attachment is None:
        raise Http404
    return moved_to(request, material) or _served(request, attachment)


def _material(reader: Member, number: int, now: datetime) -> Material:
    rows = Material.objects.readable_by(reader, now=now).prefetch_related(files_alone())
    found: Material = get_object_or_404(rows, pk=number, kind=Material.Kind.FILE)
    return found


def _served(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    if hasattr(default_storage, "signed_address"):
        return _sent_on(request, attachment)
    etag = f'"{attachment.sha256}-{attachment.pk}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _with_headers(HttpResponse(status=304), request, attachment, etag)
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response: HttpResponseBase = FileResponse(content)
    wanted = _range_of(request, attachment.size, etag)
    if wanted == "beyond":
        content.close()
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{attachment.size}"})
    elif isinstance(wanted, tuple):
        response = _part(content, *wanted, attachment.size)
    return _with_headers(response, request, attachment, etag)


def _sent_on(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    """To the bucket, by an address that is good for a minute; it is nobody else's, so nothing keeps it."""
    media_type, inline = _shown(request, attachment)
    address = default_storage.signed_address(  # type: ignore[attr-defined]
        attachment.file.name, shown_name=attachment.name, media_type=media_type, inline=inline
    )
    response = HttpResponseRedirect(address)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(request: HttpRequest, attachment: Attachment) -> tuple[str, bool]:
    """Returns the type from our table, and whether the browser may show it in itself."""
    found = type_of(attachment.name)
    inline = found is not None and found.is_inline and "download" not in request.GET
    return found.media_type if found else "application/octet-stream", inline


def _range_of(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | str | None:
    """Returns first and last byte of a single range, "beyond" for one outside the file, None for the whole."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or not (match[1] or match[2]) or request.headers.get("If-Range", etag) != etag:
        return None
    if not match[1]:
        first, last = max(size - int(match[2]), 0), size - 1
    else:
        first, last = int(match[1]), min(int(match[2] or size), size - 1)
    return (first, last) if first <= last else "beyond"


def _part(content: IO[bytes], first: int, last: int, size: int) -> HttpResponseBase:
    content.seek(first)
    part = content.read(last - first + 1) if last - first < _BLOCK else None
    if part is not None:
        content.close()
        response: HttpResponseBase = HttpResponse(part, status=206)
    else:
        response = FileResponse(_Slice(content, last - first + 1), status=206)
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last - first + 1)
    return response


class _Slice:
    """A file that ends after `left` bytes."""

    def __init__(self, content: IO[bytes], left: int) -> None:
        self.content, self.left = content, left

    def read(self, size: int = -1) -> bytes:
        chunk = self.content.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.content.close()


def _with_headers(
    response: HttpResponseBase, request: HttpRequest, attachment: Attachment, etag: str
) -> HttpResponseBase:
    """Nothing of it comes from the member but the name, which is quoted as RFC 6266 says."""
    media_type, inline = _shown(request, attachment)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = content_disposition_header(not inline, attachment.name) or "attachment"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = PDF_POLICY if media_type == "application/pdf" else POLICY
    return response
