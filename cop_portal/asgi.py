"""The ASGI entry point; it refuses to start without a secret key."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cop_portal.settings")

application = get_asgi_application()

from django.conf import settings  # noqa: E402

settings.SECRET_KEY  # noqa: B018 -- an empty key raises here, not at the first visitor
