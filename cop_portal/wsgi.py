"""The WSGI entry point; it refuses to start without a secret key."""

import os
import re
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cop_portal.settings")

_django = get_wsgi_application()

_UTF_8 = re.compile(r"\s*;\s*charset\s*=\s*[\"']?utf-?8[\"']?\s*(?=;|$)", re.IGNORECASE)
_LONGEST_TYPE = 300


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django, told only of content types that it can read."""
    environ["CONTENT_TYPE"] = readable_type(environ.get("CONTENT_TYPE", ""))
    return _django(environ, start_response)


def readable_type(content_type: str) -> str:
    """Returns the content type without `charset=utf-8`, which goes without saying.

    Of others Django reads the query string anew, or fails to, before it has begun to catch
    errors; they become one that our middleware refuses where a form is sent.
    """
    content_type = _UTF_8.sub("", content_type)
    is_odd = "*" in content_type or "charset" in content_type.lower() or len(content_type) > _LONGEST_TYPE
    return "application/octet-stream" if is_odd else content_type


from django.conf import settings  # noqa: E402

settings.SECRET_KEY  # noqa: B018 -- an empty key raises here, not at the first visitor
