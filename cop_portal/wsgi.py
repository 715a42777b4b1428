"""The WSGI entry point; it refuses to start without a secret key."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cop_portal.settings")

_django = get_wsgi_application()

LONGEST_CONTENT_TYPE = 300


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django, which cannot parse some content types and fails on them before it can answer.

    Those become one that it can parse and that our middleware refuses.
    """
    content_type = environ.get("CONTENT_TYPE", "")
    if "*" in content_type or len(content_type) > LONGEST_CONTENT_TYPE:
        environ["CONTENT_TYPE"] = "application/octet-stream"
    return _django(environ, start_response)


from django.conf import settings  # noqa: E402

settings.SECRET_KEY  # noqa: B018 -- an empty key raises here, not at the first visitor
