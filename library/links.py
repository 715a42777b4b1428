"""Addresses of links: when two of them mean the same page. Imports no Django."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}


def normal_address(address: str) -> str:
    """Returns what decides "already in the library"; never raises.

    Scheme and host in small letters, no default port, no fragment, no `utm_*`, the query sorted, no
    empty path. What is no address is returned without its outer spaces.
    """
    address = address.strip()
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return address
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower().rstrip(".")
    if not host:
        return address
    place = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS.get(scheme):
        place = f"{place}:{port}"
    if parts.username is not None:
        place = f"{parts.netloc.rpartition('@')[0]}@{place}"
    return urlunsplit((scheme, place, parts.path or "/", _query(parts.query), ""))


def _query(query: str) -> str:
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _is_campaign(name)]
    return urlencode(sorted(kept))


def _is_campaign(name: str) -> bool:
    return name.lower().startswith("utm_")
