"""What is missing before a portal should face the world, in words: `manage.py check_setup`."""

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from cop_portal.health import OK, readiness
from members.models import Community, Member

ENOUGH_DISK = 2 * 1024**3  # bytes
SAFE_KEY = 50  # characters
PATIENCE = 5  # seconds that the mail server has to answer


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` says what to do, "" where all is well. `must`: it has to be done."""

    subject: str
    advice: str = ""
    must: bool = True

    @property
    def is_well(self) -> bool:
        return not self.advice


def findings(now: datetime) -> Iterator[Finding]:
    """Yields what was found, the most important first. Only the last ones ask the network and the disk."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (_secrets, _addresses, _processes, _people, _mail, _files)
    for name, state in readiness(now).items():
        yield Finding(name, "" if state == OK else state)
    for check in checks:
        yield from check()


def _secrets() -> Iterator[Finding]:
    yield Finding("DEBUG", "Switch it off (DEBUG=0): it shows tracebacks to everyone." if settings.DEBUG else "")
    too_short = len(settings.SECRET_KEY) < SAFE_KEY
    yield Finding("SECRET_KEY", f"Set {SAFE_KEY} random characters or more." if too_short else "")


def _addresses() -> Iterator[Finding]:
    site = urlsplit(settings.SITE_URL)
    advice = (
        ""
        if site.scheme == "https"
        else "Set it to the https:// address that members use; cookies are safe only there."
    )
    yield Finding("SITE_URL", advice)
    local = site.hostname in {"localhost", "127.0.0.1"}
    yield Finding("links in mails", "They lead to this machine only. Set SITE_URL." if local else "")
    behind = (
        ""
        if settings.TRUSTED_PROXIES
        else "If a proxy stands in front, set TRUSTED_PROXIES=1, or limits count it as one visitor."
    )
    yield Finding("TRUSTED_PROXIES", behind, must=False)


def _processes() -> Iterator[Finding]:
    own_memory = "locmem" in settings.CACHES["default"]["BACKEND"].lower()
    advice = "Fine for one web process. With more, set CACHE_URL to a Redis." if own_memory else ""
    yield Finding("cache", advice, must=False)
    on_file = (
        "Fine for one machine. For several, set DATABASE_URL to a PostgreSQL." if connection.vendor == "sqlite" else ""
    )
    yield Finding("database server", on_file, must=False)


def _people() -> Iterator[Finding]:
    admin = Member.objects.filter(is_staff=True, is_active=True).exists()
    yield Finding("admin", "" if admin else "Nobody can enter the admin site. Run `manage.py createsuperuser`.")
    demo = Member.objects.filter(email__endswith="@cop.example").exists()
    yield Finding("demo accounts", "Their password is public. Start with an empty database." if demo else "")
    named = Community.objects.exists()
    yield Finding("community", "" if named else "Name it and choose who may join, in the admin site.", must=False)


def _mail() -> Iterator[Finding]:
    try:
        with socket.create_connection(_mail_server(), timeout=PATIENCE):
            yield Finding("mail server")
    except OSError as error:
        yield Finding("mail server", f"It does not answer ({type(error).__name__}). Set EMAIL_URL.")
    except LookupError:
        yield Finding("mail server", "Mail is not sent by SMTP here. Set EMAIL_URL.")


def _mail_server() -> tuple[str, int]:
    """Returns host and port of the default mailer; raises LookupError where mail goes elsewhere."""
    sender = mail.mailers["default"]
    host, port = getattr(sender, "host", None), getattr(sender, "port", None)
    if not host or not port:
        raise LookupError
    return str(host), int(port)


def _files() -> Iterator[Finding]:
    try:
        name = default_storage.save("check_setup", ContentFile(b"may be deleted"))
        default_storage.delete(name)
        yield Finding("files")
    except OSError as error:
        yield Finding("files", f"They cannot be stored ({type(error).__name__}). See VAR_DIR in docs/operations.md.")
    folder = Path(settings.VAR_DIR)
    free = shutil.disk_usage(folder if folder.exists() else Path.cwd()).free
    yield Finding("disk", "" if free > ENOUGH_DISK else f"Only {free // 1024**2} MB are free.", must=False)
