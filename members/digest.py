"""The weekly digest: one mail in place of many, on Monday morning, for those who chose it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from members.kinds import Kind, label_of
from members.letters import Letter, address_of
from members.models import Community, Mail, Member
from members.telling import their_way, write_mail

HOUR = 7  # on the member's own clock


def send_digests(now: datetime) -> None:
    """Writes each digest whose Monday has come; for `tick`. Late or twice, each piece of news is told once."""
    waiting = Member.objects.filter(pk__in=Mail.objects.gathered().values("member"), is_active=True)
    for member in waiting.order_by("pk"):
        send_digest(member, now=now)


@transaction.atomic
def send_digest(member: Member, *, now: datetime) -> None:
    """Turns what was gathered for `member` until their last Monday morning into one mail."""
    gathered = Mail.objects.gathered().filter(member=member, created_at__lt=last_monday(member, now))
    lines = list(gathered.select_for_update())
    if not lines:
        return
    with their_way(member):
        letter = digest_of(lines)
    write_mail(
        member.email,
        key=f"{Kind.DIGEST}/{lines[0].pk}/{member.pk}",
        kind=Kind.DIGEST,
        subject=letter.subject,
        body=letter.body,
        member=member,
        now=now,
    )
    Mail.objects.filter(pk__in=[line.pk for line in lines]).update(
        state=Mail.State.SENT, subject="", body="", changed_at=now
    )


def last_monday(member: Member, now: datetime) -> datetime:
    """Returns the last Monday, 7 o'clock, at or before `now` (aware) where `member` is."""
    local = now.astimezone(ZoneInfo(member.time_zone))
    monday = local.replace(hour=HOUR, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    return monday if monday <= now else monday - timedelta(days=7)


def digest_of(lines: Iterable[Mail]) -> Letter:
    """Returns what happened, kind by kind, in the language that is active."""
    order = list(Kind)
    by_kind = groupby(sorted(lines, key=lambda line: (order.index(Kind(line.kind)), line.pk)), lambda line: line.kind)
    parts = [_part(kind, list(news)) for kind, news in by_kind]
    name = Community.current().name
    subject = _("Your week at %(community)s") % {"community": name}
    more = _("More at %(address)s") % {"address": address_of("/")}
    return Letter(subject, "\n\n".join([*parts, more]))


def _part(kind: str, news: list[Mail]) -> str:
    title = label_of(kind)
    lines = [f"- {line.subject}\n  {line.body}" for line in news]
    return "\n".join([title, "-" * len(title), *lines])
