"""Looking at a page out there for a member: public addresses only, little, and not for long. Imports no model.

The address that is checked is the one that is connected to: a name is looked up once for each hop.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from urllib.parse import quote, urljoin, urlsplit

SECONDS, MAX_BYTES, MAX_REDIRECTS = 10.0, 1024 * 1024, 3
PORTS = frozenset({80, 443})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGENT = "Mozilla/5.0 (compatible; LeadershipCommons link check)"
# Addresses that carry another one inside, which may be anything.
_TUNNELS = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96")))

type Resolve = Callable[[str, int], list[str]]
type Connect = Callable[[str, int, float], socket.socket]


class BlockedError(Exception):
    """This address is not one to look at: not http, another port, not public. It says nothing about the page."""


class UnreachableError(Exception):
    """Nothing answered within the limits."""


@dataclass(frozen=True)
class Page:
    """What came in the end: the status, the type that was said, and the beginning of the body."""

    status: int
    content_type: str
    body: bytes


def looked_up(host: str, port: int) -> list[str]:
    """Returns all IP addresses of a host; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_kind, place in found))


def connected(ip: str, port: int, seconds: float) -> socket.socket:
    """Returns a connection to an IP address."""
    return socket.create_connection((ip, port), timeout=seconds)


def is_public(ip: str) -> bool:
    """Whether this is an address on the public internet, and none that hides another."""
    try:
        address: IPv4Address | IPv6Address = ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    hides = isinstance(address, IPv6Address) and any(address in tunnel for tunnel in _TUNNELS)
    return address.is_global and not address.is_multicast and not address.is_reserved and not hides


class Fetcher:
    """Fetches pages; the network is passed in, so that tests have their own."""

    def __init__(self, resolve: Resolve = looked_up, connect: Connect = connected, seconds: float = SECONDS) -> None:
        self.resolve, self.connect, self.seconds = resolve, connect, seconds

    def get(self, address: str) -> Page:
        """Returns the page at the end of at most MAX_REDIRECTS hops; raises BlockedError and UnreachableError."""
        deadline = monotonic() + self.seconds
        for _hop in range(MAX_REDIRECTS + 1):
            page, target = self._hop(address, deadline)
            if target is None:
                return page
            address = _joined(address, target)
        raise UnreachableError("too many redirects")

    def _hop(self, address: str, deadline: float) -> tuple[Page, str | None]:
        scheme, host, port, path = _parts(address)
        try:
            ip = self._checked(host, port, deadline)
            with self.connect(ip, port, _left(deadline)) as plain, _ended_at(deadline, plain):
                wrapped = _secured(plain, host, deadline) if scheme == "https" else plain
                found = _asked(wrapped, scheme, host, port, path)
                _left(deadline)  # cut off at the deadline, an answer looks as if it had ended there
                return found
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UnreachableError(type(error).__name__) from error

    def _checked(self, host: str, port: int, deadline: float) -> str:
        """Returns the address to connect to; one that is not public spoils all."""
        pool = ThreadPoolExecutor(1)
        try:
            found = pool.submit(self.resolve, host, port).result(_left(deadline))
        finally:
            pool.shutdown(wait=False)
        if not found:
            raise UnreachableError("no address")
        if not all(map(is_public, found)):
            raise BlockedError(host)
        return found[0]


def _parts(address: str) -> tuple[str, str, int, str]:
    """Returns scheme, host, port and path; raises BlockedError."""
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (
            (parts.hostname or "").encode("idna").decode()
            if parts.hostname and ":" not in parts.hostname
            else parts.hostname
        )
    except (ValueError, UnicodeError):
        raise BlockedError(address) from None
    if parts.scheme not in {"http", "https"} or not host or port not in PORTS or parts.username is not None:
        raise BlockedError(address)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return parts.scheme, host, port, f"{path}?{query}" if query else path


def _joined(address: str, target: str) -> str:
    """Returns where a redirect leads; raises BlockedError for what is no address."""
    try:
        return urljoin(address, target)
    except ValueError:
        raise BlockedError(target) from None


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _ended_at:  # noqa: N801 -- reads as what it does
    """Ends a connection at the deadline, also one that drips: a socket's own limit starts anew with each byte."""

    def __init__(self, deadline: float, connection: socket.socket) -> None:
        self.twin = connection.dup()  # encryption takes the socket itself over
        self.timer = threading.Timer(_left(deadline), _end, [self.twin])
        self.timer.daemon = True

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(self, *_error: object) -> None:
        self.timer.cancel()
        self.twin.close()


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _secured(plain: socket.socket, host: str, deadline: float) -> socket.socket:
    plain.settimeout(_left(deadline))
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _asked(connection: socket.socket, scheme: str, host: str, port: int, path: str) -> tuple[Page, str | None]:
    """Asks once; of a redirect only where it leads is read."""
    asking = http.client.HTTPConnection(host, port)
    asking.sock = connection
    asking.default_port = 443 if scheme == "https" else 80
    try:
        asking.request(
            "GET", path, headers={"User-Agent": AGENT, "Accept": "text/html,*/*;q=0.5", "Connection": "close"}
        )
        answer = asking.getresponse()
        target = answer.headers.get("Location") if answer.status in REDIRECTS else None
        body = b"" if target is not None else answer.read(MAX_BYTES)
        return Page(answer.status, answer.headers.get("Content-Type", ""), body), target
    finally:
        asking.close()
