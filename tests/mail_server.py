"""Mail servers to test against: one that works (aiosmtpd), made to refuse or to be slow, and one that misbehaves."""

import random
import socket
import socketserver
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


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

    def __init__(self, port: int | None = None, *, slowness: float = 0.0, tls: ssl.SSLContext | None = None):
        self.tls = tls
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
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ssl_context=self.tls)
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


def certificate(folder: Path) -> Path:
    """Returns a file with a key and a certificate for 127.0.0.1 that nobody trusts unless told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


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
