"""Mail servers to test against: one that works (aiosmtpd), made to refuse or to be slow, and one that misbehaves."""

import random
import socket
import socketserver
import threading
import time
from contextlib import suppress
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def mailers(port: int, **options) -> dict:
    """The setting MAILERS for a server on this machine."""
    options = {"host": "127.0.0.1", "port": port, "timeout": 1, **options}
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


class MailServer:
    """Keeps what arrives. `answers` gives the reply to MAIL, RCPT or DATA for an address, or None for yes."""

    def __init__(self, port: int | None = None, *, slowness: float = 0.0):
        self.port = port or free_port()
        self.slowness = slowness
        self.messages = []
        self.asked = []
        self.answers = {"MAIL": lambda address: None, "RCPT": lambda address: None, "DATA": lambda address: None}
        self._controller = None

    @property
    def arrived(self) -> list[str]:
        """The Message-IDs, in the order of arrival."""
        return [message["Message-ID"] for message in self.messages]

    @property
    def recipients(self) -> list[str]:
        return [message["To"] for message in self.messages]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.stop()

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self.answers["MAIL"](address) or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.asked.append(address)
        envelope.rcpt_tos.append(address)
        return self.answers["RCPT"](address) or "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        time.sleep(random.random() * self.slowness)
        refusal = self.answers["DATA"](envelope.rcpt_tos[0])
        if not refusal:
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        time.sleep(random.random() * self.slowness)
        return refusal or "250 OK"


HANG, CUT = "hang", "cut"


class _BadConversation(socketserver.StreamRequestHandler):
    def handle(self):
        manners = self.server.manners
        with suppress(OSError):
            if not self._say(manners.get("greeting", "220 here")):
                return
            for line in self.rfile:
                verb = line.split()[0].decode().lower()
                words = manners.get(verb, "354 go on" if verb == "data" else "250 OK")
                if not self._say(words):
                    return
                if words.startswith("354"):
                    while self.rfile.readline() not in {b".\r\n", b""}:
                        pass
                    self.server.texts += 1
                    if not self._say(manners.get("text", "250 OK")):
                        return

    def _say(self, words: str) -> bool:
        if words == HANG:
            self.server.released.wait(20)
            return False
        if words == CUT:
            return False
        self.wfile.write(words.encode() + b"\r\n")
        return True


class BadServer(socketserver.ThreadingTCPServer):
    """Says at each step what it is told to: `BadServer(text=CUT)` hangs up after the text; `.texts` counts them."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int | None = None, **manners: str):
        super().__init__(("127.0.0.1", port or 0), _BadConversation)
        self.port = self.server_address[1]
        self.manners = manners
        self.texts = 0
        self.released = threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.released.set()
        self.shutdown()
        self.server_close()
