"""How a mail reads: plain text, one clean subject line, links to this portal only.

What members wrote may stand in a mail, but it never becomes a header or a link.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cop_portal.lib.text import clean_name
from members.unsubscribing import can_be_stopped, headers_for, link_for

if TYPE_CHECKING:
    from members.outbox import Mail

SUBJECT_LENGTH = 200
# What mail programs turn into links by themselves; our own addresses are left alone below.
_LINK = re.compile(r"\b(?:[a-z][a-z0-9+.-]*:(?=//)|www\.|mailto:)", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """The words of a mail; a link to what it tells of is added below them."""

    subject: str
    body: str


def address_of(path: str) -> str:
    """Returns the full address of a page: the Host header of a request never gets into a mail.

    Raises ValueError for anything but a path of this portal.
    """
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable() or " " in path:
        raise ValueError("A link in a mail or a notification leads to a page of the portal.")
    return f"{settings.SITE_URL}{path}"


def clean_subject(subject: str) -> str:
    """Returns one line without control characters, at most 200 characters long."""
    return shorten(clean_name(subject), SUBJECT_LENGTH)


def shorten(line: str, length: int) -> str:
    """Returns `line`, cut to `length` characters with an ellipsis at the end."""
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def clean_body(body: str) -> str:
    """Returns the text without control characters (line breaks and tabs stay) and without foreign links."""
    lines = "\n".join(body.splitlines())
    text = "".join(char for char in lines if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})
    return _LINK.sub(_defused, text)


def _defused(match: re.Match[str]) -> str:
    """Puts a space where a foreign address would begin, so that mail programs make no link of it."""
    rest = match.string[match.start() :]
    if re.match(re.escape(settings.SITE_URL) + r"(?=[/?#\s]|$)", rest):
        return match.group()
    return match.group() + " "


def message_for(mail: "Mail", *, now: datetime) -> EmailMessage:
    """Returns the message for a row of the ledger; its Message-ID is the same at every try."""
    message = EmailMultiAlternatives(
        mail.subject,
        body_of(mail),
        settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        headers={
            "Message-ID": f"<{mail.message_id}@{urlsplit(settings.SITE_URL).hostname}>",
            "Date": format_datetime(now),
            "Auto-Submitted": "auto-generated",
            **unsubscribing(mail),
        },
    )
    if mail.calendar:
        message.attach_alternative(mail.calendar, f"text/calendar; method={_method_of(mail.calendar)}")
    return message


def _method_of(calendar: str) -> str:
    """Returns what an invitation asks for; mail programs want it in the header, equal to the one in the body."""
    found = re.search(r"^METHOD:([A-Z]+)\r?$", calendar, re.MULTILINE)
    return found.group(1) if found else "PUBLISH"


def unsubscribing(mail: "Mail") -> dict[str, str]:
    """Returns the headers of RFC 8058 for mail to a member of a kind that can be stopped."""
    if mail.member_id is None or not can_be_stopped(mail.kind):
        return {}
    return headers_for(mail.member_id, mail.kind)


def body_of(mail: "Mail") -> str:
    """Returns the text, with a way to stop such mails at its end where there is one, in the reader's language."""
    if mail.member is None or not can_be_stopped(mail.kind):
        return mail.body
    with translation.override(mail.member.language or settings.LANGUAGE_CODE):
        stop = _("No more mails of this kind: %(address)s") % {"address": link_for(mail.member.pk, mail.kind)}
        choices = _("All your choices: %(address)s") % {"address": address_of(reverse("members:notifications"))}
    return f"{mail.body.rstrip()}\n\n-- \n{stop}\n{choices}\n"
