"""Telling members something: a line under the bell and, where the kind goes by mail, a mail.

Both are rows, written in the transaction that causes them; a worker sends the mail afterwards.
Told is told: the same (member, kind, about, version) writes nothing a second time.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from cop_portal.lib.text import clean_name
from members.kinds import Channel, Kind
from members.letters import Letter, address_of, clean_body, clean_subject, shorten
from members.models import Mail, Member, Notification
from members.switches import channels_of
from members.tasks import ask_postman

__all__ = ["ForEach", "Kind", "Letter", "notify", "notify_many", "their_way", "write_mail"]

_BY_MAIL = frozenset({Channel.MAIL, Channel.DIGEST})
TEXT_LENGTH, URL_LENGTH = 200, 300
ABOUT_LENGTH, VERSION_LENGTH = 80, 40

# The same for everybody, or made for each member in their own language and time zone.
type ForEach[T] = T | Callable[[Member], T]


def notify(
    member: Member,
    *,
    kind: Kind,
    about: str,
    version: str | int,
    text: ForEach[str],
    url: str,
    mail: ForEach[Letter] | None = None,
    now: datetime,
) -> None:
    """Tells one member; see `notify_many`."""
    notify_many([member], kind=kind, about=about, version=version, text=text, url=url, mail=mail, now=now)


def notify_many(
    members: Iterable[Member],
    *,
    kind: Kind,
    about: str,
    version: str | int,
    text: ForEach[str],
    url: str,
    mail: ForEach[Letter] | None = None,
    now: datetime,
) -> None:
    """Tells each active member once, with a fixed number of queries.

    `about` names the row told of (`session:12`), `version` what of it is new (a revision, a date): both
    are part of the key. `url` is a path of the portal. `text` and `mail` may be lazy translations or
    functions of the member. Without `mail` the text alone is the letter, for those who want this kind by mail.
    Raises ValueError for a `url` that leaves the portal and for an `about` or `version` that is too long.
    """
    news = _News(kind, about, str(version), text, url, mail, now)
    active = [member for member in members if member.is_active]
    channels = channels_of(active, kind)
    with transaction.atomic(savepoint=False):
        _ring([member for member in active if Channel.BELL in channels[member.pk]], news)
        _post([member for member in active if _BY_MAIL & channels[member.pk]], channels, news)


def write_mail(
    to: str,
    *,
    key: str,
    kind: str,
    subject: str,
    body: str,
    calendar: str = "",
    member: Member | None = None,
    now: datetime,
) -> Mail | None:
    """Writes a mail to an address into the ledger, in the caller's transaction; `calendar` is an invitation with it.

    Returns the new row, or None when one with this `key` was written before.
    """
    words = {"subject": clean_subject(subject), "body": clean_body(body), "calendar": calendar}
    times = {"due_at": now, "created_at": now, "changed_at": now}
    mail, is_new = Mail.objects.get_or_create(
        key=key, defaults={"to": to, "kind": kind, "member": member, **words, **times}
    )
    _send_after_commit()
    return mail if is_new else None


@dataclass(frozen=True)
class _News:
    """What is told, and how it reads for each member."""

    kind: Kind
    about: str
    version: str
    text: ForEach[str]
    url: str
    letter: ForEach[Letter] | None
    now: datetime

    def __post_init__(self) -> None:
        address_of(self.url)
        if len(self.about) > ABOUT_LENGTH or len(self.version) > VERSION_LENGTH or len(self.url) > URL_LENGTH:
            raise ValueError("What is told of needs a short name and a short address.")

    def mail_key(self, member: Member) -> str:
        """The unique key (member, kind, about, version), as the ledger has it."""
        return f"{self.kind}/{self.about}/{self.version}/{member.pk}"

    def line_for(self, member: Member) -> Notification:
        with their_way(member):
            return Notification(
                member=member,
                kind=self.kind,
                about=self.about,
                version=self.version,
                text=shorten(clean_name(self._text_for(member)), TEXT_LENGTH),
                url=self.url,
                created_at=self.now,
            )

    def mail_for(self, member: Member, *, gathered: bool) -> Mail:
        """The letter's words with the link below them; a line of a digest needs the link alone."""
        with their_way(member):
            letter = self._letter_for(member)
            words = clean_body(str(letter.body)).rstrip()
            link = address_of(self.url)
            return Mail(
                member=member,
                to=member.email,
                key=self.mail_key(member),
                kind=self.kind,
                subject=clean_subject(str(letter.subject)),
                body=link if gathered else f"{words}\n\n{link}\n".lstrip(),
                state=Mail.State.GATHERED if gathered else Mail.State.WAITING,
                due_at=self.now,
                created_at=self.now,
                changed_at=self.now,
            )

    def _text_for(self, member: Member) -> str:
        return str(self.text(member) if callable(self.text) else self.text)

    def _letter_for(self, member: Member) -> Letter:
        if self.letter is None:
            return Letter(self._text_for(member), "")
        return self.letter(member) if callable(self.letter) else self.letter


@contextmanager
def their_way(member: Member) -> Iterator[None]:
    """Words in the member's language, times on their clock."""
    with translation.override(member.language or settings.LANGUAGE_CODE), timezone.override(ZoneInfo(member.time_zone)):
        yield


def _ring(members: list[Member], news: _News) -> None:
    """Writes the lines that are not there yet."""
    same = Notification.objects.filter(kind=news.kind, about=news.about, version=news.version)
    told = set(same.filter(member__in=[member.pk for member in members]).values_list("member", flat=True))
    # Somebody else may be telling the same at this moment: the unique key settles it.
    Notification.objects.bulk_create(
        [news.line_for(member) for member in members if member.pk not in told], ignore_conflicts=True
    )


def _post(members: list[Member], channels: dict[int, frozenset[Channel]], news: _News) -> None:
    """Writes the mails that are not in the ledger yet; those for a digest wait there for their day."""
    keys = {news.mail_key(member): member for member in members}
    written = set(Mail.objects.filter(key__in=keys).values_list("key", flat=True))
    mails = [
        news.mail_for(member, gathered=Channel.DIGEST in channels[member.pk])
        for key, member in keys.items()
        if key not in written
    ]
    if mails:
        Mail.objects.bulk_create(mails, ignore_conflicts=True)
    if any(mail.state == Mail.State.WAITING for mail in mails):
        _send_after_commit()


def _send_after_commit() -> None:
    """Wakes the worker; should that fail, the mail is in the ledger all the same and `tick` finds it."""
    transaction.on_commit(ask_postman, robust=True)
