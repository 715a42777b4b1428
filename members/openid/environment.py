"""Which identity providers there are, read from the environment. Imports no app: the settings use it."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_ID = re.compile(r"[a-z][a-z0-9-]{0,30}")


def providers_from(env: Any, names: list[str]) -> list[dict[str, Any]]:
    """Returns the providers of these names, as django-allauth takes them.

    Each `id` among them has `OIDC_<ID>_SERVER` (the issuer's address), `_CLIENT_ID`, `_SECRET` and, if it is called
    otherwise, `_NAME`. Raises ImproperlyConfigured where one of them is missing.
    """
    return [_provider(env, name.strip()) for name in names if name.strip()]


def origins_of(providers: list[dict[str, Any]]) -> list[str]:
    """Returns where forms may lead: the origins of the providers' addresses."""
    parts = [urlsplit(one["settings"]["server_url"]) for one in providers]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


def _provider(env: Any, name: str) -> dict[str, Any]:
    if not _ID.fullmatch(name):
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: “{name}” must consist of small letters, digits and hyphens.")
    prefix = f"OIDC_{name.upper().replace('-', '_')}"
    server = env.str(f"{prefix}_SERVER")
    if urlsplit(server).scheme not in {"http", "https"} or not urlsplit(server).hostname:
        raise ImproperlyConfigured(f"{prefix}_SERVER must look like https://accounts.example.")
    return {
        "provider_id": name,
        "name": env.str(f"{prefix}_NAME", name.replace("-", " ").title()),
        "client_id": env.str(f"{prefix}_CLIENT_ID"),
        "secret": env.str(f"{prefix}_SECRET"),
        "settings": {"server_url": server.rstrip("/"), "oauth_pkce_enabled": True},
    }
