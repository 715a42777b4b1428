"""Where a request comes from."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """Returns the address a request comes from, "" where there is none (a Unix socket).

    Each of our settings.TRUSTED_PROXIES proxies adds whom it saw to the right of X-Forwarded-For;
    what stands further left, the client may have made up.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if 0 < settings.TRUSTED_PROXIES <= len(hops):
        seen = plain_address(hops[-settings.TRUSTED_PROXIES])
        if seen:
            return seen
    return plain_address(request.META.get("REMOTE_ADDR", ""))


def network_of(ip: str) -> str:
    """Returns what one office or household shares: the address itself, of IPv6 the first 64 bits."""
    return str(IPv6Network((ip, 64), strict=False)) if ":" in ip else ip


def plain_address(text: str) -> str:
    """Returns the address as it is usually written, without port or zone; "" where `text` is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
