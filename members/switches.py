"""What members chose about being told: a row for each choice that differs from the defaults of `members.kinds`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction

from members.kinds import CHOOSABLE, DEFAULT_CHANNELS, NOT_IN_DIGEST, Channel, Kind
from members.outbox import Mail

if TYPE_CHECKING:
    from members.models import Member


class Switch(models.Model):
    """A channel of one kind of news, on or off for a member, against the default."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="switches")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=6)
    is_on = models.BooleanField()

    class Meta:
        app_label = "members"
        constraints = (models.UniqueConstraint(fields=["member", "kind", "channel"], name="switch_once"),)

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {'on' if self.is_on else 'off'}"


def channels_of(members: Iterable["Member"], kind: Kind) -> dict[int, frozenset[Channel]]:
    """Returns, by the member's primary key, how each wants to hear of `kind`; one query.

    Whoever chose the weekly digest has DIGEST where others have MAIL.
    """
    pks = [member.pk for member in members]
    chosen = _chosen(pks, (kind, Kind.DIGEST))
    return {pk: _channels(chosen.get(pk, {}), kind) for pk in pks}


def choices_of(member: "Member") -> tuple[dict[Kind, frozenset[Channel]], bool]:
    """Returns by which of BELL and MAIL `member` hears of each kind, and whether mail comes as a weekly digest."""
    chosen = _chosen([member.pk], Kind).get(member.pk, {})
    return {kind: _switched(chosen, kind) for kind in CHOOSABLE}, _has_digest(chosen)


@transaction.atomic
def choose(member: "Member", channels: dict[Kind, frozenset[Channel]], *, weekly: bool) -> None:
    """Stores how `member` wants to hear of each kind; what equals the default needs no row, and follows it."""
    ways = (Channel.BELL, Channel.MAIL)
    wanted = {(kind, channel): channel in chosen for kind, chosen in channels.items() for channel in ways}
    wanted[Kind.DIGEST, Channel.MAIL] = weekly
    rows = [
        Switch(member=member, kind=kind, channel=channel.value, is_on=is_on)
        for (kind, channel), is_on in wanted.items()
        if is_on != (channel in DEFAULT_CHANNELS[kind])
    ]
    Switch.objects.filter(member=member, kind__in={kind for kind, _channel in wanted}).delete()
    _store(rows)


@transaction.atomic
def stop_mail(member: "Member", kind: Kind) -> None:
    """Sends `member` no more mail of this kind. Without the digest, what it would have told is not mailed either.

    What is gathered for their next digest is forgotten with it.
    """
    gathered = Mail.objects.gathered().filter(member=member)
    (gathered if kind == Kind.DIGEST else gathered.filter(kind=kind)).delete()
    stopped: tuple[Kind, ...] = (kind,)
    if kind == Kind.DIGEST:
        channels, _weekly = choices_of(member)
        stopped = (Kind.DIGEST, *(one for one, by in channels.items() if Channel.MAIL in by))
    _store([Switch(member=member, kind=one, channel=Channel.MAIL.value, is_on=False) for one in stopped])


def _store(rows: list[Switch]) -> None:
    Switch.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["member", "kind", "channel"], update_fields=["is_on"]
    )


type _Chosen = dict[tuple[str, str], bool]


def _chosen(members: list[int], kinds: Iterable[Kind]) -> dict[int, _Chosen]:
    found: dict[int, _Chosen] = {}
    for switch in Switch.objects.filter(member__in=members, kind__in=list(kinds)):
        found.setdefault(switch.member_id, {})[switch.kind, switch.channel] = switch.is_on
    return found


def _channels(chosen: _Chosen, kind: Kind) -> frozenset[Channel]:
    switched = _switched(chosen, kind)
    if Channel.MAIL not in switched or kind not in CHOOSABLE or not _has_digest(chosen):
        return switched
    return switched - {Channel.MAIL} | (frozenset() if kind in NOT_IN_DIGEST else {Channel.DIGEST})


def _switched(chosen: _Chosen, kind: Kind) -> frozenset[Channel]:
    defaults = DEFAULT_CHANNELS[kind]
    channels = (Channel.BELL, Channel.MAIL)
    return frozenset(one for one in channels if chosen.get((kind, one.value), one in defaults))


def _has_digest(chosen: _Chosen) -> bool:
    return Channel.MAIL in _switched(chosen, Kind.DIGEST)
