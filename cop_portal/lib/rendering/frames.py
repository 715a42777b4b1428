"""Messages over a socket: four bytes of length, then so many bytes. A deadline is a moment of `time.monotonic`."""

import socket
import struct
from time import monotonic

DONE, LAST, REFUSED = b"d", b"l", b"r"
_LENGTH = struct.Struct("!I")


def send(to: socket.socket, message: bytes, *, deadline: float | None = None) -> None:
    """Sends one message. Raises TimeoutError at the deadline and OSError when the other side is gone."""
    _wait_until(deadline, to)
    to.sendall(_LENGTH.pack(len(message)) + message)


def receive(source: socket.socket, *, deadline: float | None = None) -> bytes:
    """Returns the next message, empty when the other side is gone. Raises as `send` does."""
    head = _exactly(source, _LENGTH.size, deadline)
    return _exactly(source, _LENGTH.unpack(head)[0], deadline) if head else b""


def _exactly(source: socket.socket, size: int, deadline: float | None) -> bytes:
    buffer = bytearray()
    while len(buffer) < size:
        _wait_until(deadline, source)
        part = source.recv(size - len(buffer))
        if not part:
            return b""
        buffer += part
    return bytes(buffer)


def _wait_until(deadline: float | None, for_socket: socket.socket) -> None:
    """Gives the next operation the time that is left: a socket's own limit starts anew with each."""
    if deadline is None:
        return
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    for_socket.settimeout(left)
