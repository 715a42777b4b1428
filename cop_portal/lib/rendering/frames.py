"""Messages over a socket: four bytes of length, then so many bytes."""

import socket
import struct

DONE, LAST, REFUSED = b"d", b"l", b"r"
_LENGTH = struct.Struct("!I")


def send(to: socket.socket, message: bytes) -> None:
    """Sends one message. Raises OSError when the other side is gone or the socket's time is up."""
    to.sendall(_LENGTH.pack(len(message)) + message)


def receive(source: socket.socket) -> bytes:
    """Returns the next message, empty when the other side is gone. Raises OSError as `send` does."""
    head = _exactly(source, _LENGTH.size)
    return _exactly(source, _LENGTH.unpack(head)[0]) if head else b""


def _exactly(source: socket.socket, size: int) -> bytes:
    buffer = bytearray()
    while len(buffer) < size:
        part = source.recv(size - len(buffer))
        if not part:
            return b""
        buffer += part
    return bytes(buffer)
