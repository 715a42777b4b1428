"""How one mail reaches the mail server, step by step, so that we know at each moment what the server has.

A carrier connects, names sender and recipient, and only when the server asks for the text does it call `begin`,
which records that the hand-over begins. Whatever fails before that is certain: the server has nothing. What
breaks between there and the server's answer is in doubt.
"""

import re
import selectors
import smtplib
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from email import policy
from email.errors import MessageError
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

from cop_portal.lib.text import clean_name

type Begin = Callable[[], bool]

# A filter behind the server may take its time over the text, and who hangs up early never learns what
# became of it. All other answers have the timeout of settings.MAILERS.
PATIENCE = 120.0  # seconds
HURRIED_PATIENCE = 10.0  # seconds, once this process shall end
GLANCE = 0.5  # seconds

# Set when this process shall end: what is in the server's hands is finished, nothing new is begun.
closing = threading.Event()


class SevenBit(policy.EmailPolicy):
    """Long lines and all alphabets pass any server, and an address in a header stays one.

    Python's own policy encodes what does not fit on a line of 78 characters, also where it is an
    address that mail programs shall open.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """Returns one header as it goes over the wire."""
        if name == "List-Unsubscribe":
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


SEVEN_BIT = SevenBit(cte_type="7bit", linesep="\r\n")

DONE, GO_AHEAD = 2, 3  # first digits of answers
NO_FOR_GOOD = 5
COME_BACK_LATER, MAILBOX_BUSY, TOO_LARGE = 421, 450, 552


class AwayError(Exception):
    """There is no server to talk to, or it will have no mail from us: it concerns every mail."""


class LostError(Exception):
    """The connection broke, or the server asked to come back later; it does not have the mail."""


class RefusedError(Exception):
    """The server said no to this mail, `for_good` or for now; `personal` when it spoke of the recipient."""

    def __init__(self, reply: str, *, for_good: bool, personal: bool = False) -> None:
        super().__init__(reply)
        self.for_good = for_good
        self.personal = personal


class DoubtError(Exception):
    """Something broke while the text was on its way: the server may have the mail or not."""


class TakenError(Exception):
    """Another worker has taken the mail over; this one must not send it."""


class Carrier(Protocol):
    """Hands mails over, one after the other, on one connection."""

    def open(self) -> None:
        """Gets ready to talk; raises AwayError."""

    def hand_over(self, message: EmailMessage, begin: Begin) -> None:
        """Returns when the server has the message; raises one of the errors above where it does not."""

    def close(self) -> None:
        """Says goodbye."""


def carrier_for(backend: BaseEmailBackend) -> Carrier:
    """Returns the carrier that suits a mail backend of Django."""
    return SmtpCarrier(backend) if isinstance(backend, smtp.EmailBackend) else PlainCarrier(backend)


class PlainCarrier:
    """For backends that are no SMTP server (console, file, memory): they take a mail whole or not at all."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend

    def open(self) -> None:
        try:
            self.backend.open()
        except OSError as problem:
            raise AwayError(describe(problem)) from problem

    def hand_over(self, message: EmailMessage, begin: Begin) -> None:
        if not begin():
            raise TakenError
        try:
            self.backend.send_messages([message])
        except Exception as problem:  # whatever it is, nobody knows how far the backend came
            raise DoubtError(describe(problem)) from problem

    def close(self) -> None:
        self.backend.close()


class SmtpCarrier:
    """Speaks SMTP over the connection that Django's backend makes, TLS and login included."""

    def __init__(self, backend: smtp.EmailBackend, *, patience: float = PATIENCE) -> None:
        self.backend = backend
        self.patience = patience

    @property
    def smtp(self) -> smtplib.SMTP:
        """The connection; only after `open`."""
        assert self.backend.connection is not None  # noqa: S101 -- for the reader and mypy
        return self.backend.connection

    def open(self) -> None:
        try:
            self.sender = self.backend.prep_address(settings.DEFAULT_FROM_EMAIL)
            self.backend.open()
            self.smtp.ehlo_or_helo_if_needed()
        except (OSError, ValueError) as problem:  # smtplib's errors are OSErrors
            self.close()
            raise AwayError(describe(problem)) from problem

    def close(self) -> None:
        with suppress(OSError):
            self.backend.close()
        self._hang_up()

    def hand_over(self, message: EmailMessage, begin: Begin) -> None:
        recipient, text = self._wrap(message)
        self.open()
        size = [f"size={len(text)}"] if self.smtp.has_extn("size") else []
        self._ask(lambda: self.smtp.mail(self.sender, size), DONE, about_us=True)
        self._ask(lambda: self.smtp.rcpt(recipient), DONE)
        self._ask(lambda: self.smtp.docmd("data"), GO_AHEAD)
        self._begin(begin)
        self._judge(*self._give(text), DONE)

    def _wrap(self, message: EmailMessage) -> tuple[str, bytes]:
        """Returns recipient and text as they go over the wire: CRLF everywhere, leading dots doubled."""
        try:
            recipient = self.backend.prep_address(message.to[0])
            text = message.message(policy=SEVEN_BIT).as_bytes()
        except (ValueError, MessageError) as problem:
            raise RefusedError(describe(problem), for_good=True) from problem
        lines = re.split(rb"\r\n|\r|\n", text.rstrip(b"\r\n"))
        return recipient, b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)

    def _ask(self, question: Callable[[], tuple[int, bytes]], wanted: int, *, about_us: bool = False) -> None:
        """Puts one question; returns where the answer begins with the digit `wanted`, raises where not."""
        if closing.is_set():
            self._hang_up()
            raise LostError("this worker ends")
        try:
            code, words = question()
        except OSError as problem:
            self._hang_up()
            raise LostError(describe(problem)) from problem
        self._judge(code, words, wanted, about_us=about_us)

    def _judge(self, code: int, words: bytes, wanted: int, *, about_us: bool = False) -> None:
        if code // 100 == wanted:
            return
        reply = describe(smtplib.SMTPResponseException(code, words))
        if code == COME_BACK_LATER or code // 100 not in {4, 5}:
            self._hang_up()
            raise LostError(reply)
        self._start_over()
        for_good = code // 100 == NO_FOR_GOOD
        if about_us and for_good and code != TOO_LARGE:
            raise AwayError(reply)
        personal = code == MAILBOX_BUSY or re.match(rb"4\.[12]\.", words) is not None
        raise RefusedError(reply, for_good=for_good, personal=personal)

    def _begin(self, begin: Begin) -> None:
        """The server waits for the text now: whoever may not send it can only hang up."""
        begun = False
        try:
            begun = begin()
        finally:
            if not begun:
                self._hang_up()
        if not begun:
            raise TakenError

    def _give(self, text: bytes) -> tuple[int, bytes]:
        """Sends the text and returns the server's answer to it."""
        try:
            self.smtp.send(text + b".\r\n")
            self._await_answer()
            code, words = self.smtp.getreply()
        except OSError as problem:
            self._hang_up()
            raise DoubtError(describe(problem)) from problem
        if code // 100 not in {2, 4, 5}:
            self._hang_up()
            raise DoubtError("an answer that is none")
        return code, words

    def _await_answer(self) -> None:
        """Returns as soon as there is something to read; raises TimeoutError when patience ends."""
        deadline = time.monotonic() + self.patience
        while not _readable(self.smtp.sock):
            if closing.is_set():
                deadline = min(deadline, time.monotonic() + HURRIED_PATIENCE)
            if time.monotonic() > deadline:
                raise TimeoutError("no answer to the text")

    def _start_over(self) -> None:
        try:
            self.smtp.rset()
        except OSError:
            self._hang_up()

    def _hang_up(self) -> None:
        """Ends the connection without a word."""
        connection, self.backend.connection = self.backend.connection, None
        if connection is not None:
            connection.close()


def _readable(sock: object) -> bool:
    """Waits a moment for something to read."""
    if getattr(sock, "pending", lambda: 0)():  # TLS may have decrypted it already
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)  # type: ignore[arg-type]
        return bool(selector.select(GLANCE))


def describe(problem: Exception) -> str:
    """Returns what went wrong, on one line, for the ledger."""
    if isinstance(problem, smtplib.SMTPResponseException):
        words = problem.smtp_error
        return clean_name(
            f"{problem.smtp_code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
        )
    return clean_name(f"{type(problem).__name__}: {problem}")
