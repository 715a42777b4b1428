"""Letting people in: inviting them, keeping their request, letting those in who waited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation

from members.invitations import COUNTS_FOR, Invitation, JoinRequest, digest_of, new_token
from members.models import Community, Member
from members.telling import write_mail

SUBJECT, MESSAGE = "members/mail/invitation_subject.txt", "members/mail/invitation_message.txt"


@dataclass(frozen=True)
class Sorted:
    """A pasted list of addresses: whom to invite, who is invited already, who is here already."""

    fresh: list[str]
    invited: list[str]
    here: list[str]


def sorted_addresses(addresses: Iterable[str], *, now: datetime) -> Sorted:
    """Sorts addresses, in lower case, by what is to be done; two queries."""
    wanted = list(addresses)
    here = set(Member.objects.filter(email__in=wanted).values_list("email", flat=True))
    invited = set(Invitation.objects.usable(now=now).filter(email__in=wanted).values_list("email", flat=True))
    return Sorted(
        [one for one in wanted if one not in here | invited],
        [one for one in wanted if one in invited - here],
        [one for one in wanted if one in here],
    )


@transaction.atomic
def invite(addresses: Iterable[str], *, role: str, by: Member | None, now: datetime) -> list[Invitation]:
    """Invites each address and returns their invitations; one that ran out counts anew, with its new role.

    Whom somebody else invites at this moment is left to them.
    """
    return [one for email in addresses if (one := _invite(email, role, by, now))]


def _invite(email: str, role: str, by: Member | None, now: datetime) -> Invitation | None:
    found = Invitation.objects.open().select_for_update().filter(email=email).first()
    if found is None:
        found = Invitation(email=email, created_at=now)
    elif found.is_usable(now):
        return None
    found.role, found.invited_by = role, by
    try:
        with transaction.atomic():
            return _send(found, now)
    except IntegrityError:
        return None


@transaction.atomic
def send_again(invitation: Invitation, *, now: datetime) -> None:
    """Mails a new link, which counts for 14 days; the old one counts no more."""
    _send(invitation, now)


def withdraw(invitation: Invitation, *, now: datetime) -> None:
    """Makes the link of an open invitation worthless."""
    Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=now)


def accept_invitations(member: Member, *, now: datetime) -> None:
    """Uses up what was open for the address of a new member, whichever way they came in."""
    Invitation.objects.open().filter(email=member.email).update(accepted_at=now, accepted_by=member)
    JoinRequest.objects.filter(email=member.email).delete()


def keep_request(*, email: str, name: str, now: datetime) -> None:
    """Keeps the request of somebody who aspires to lead, until the community opens; the first one counts."""
    words = {"name": name, "language": translation.get_language() or "", "asked_at": now}
    JoinRequest.objects.get_or_create(email=email, defaults=words)


def admit_waiting(now: datetime) -> int:
    """Invites those who asked to join, once the community is open to them; returns how many."""
    if Community.current().stage != Community.Stage.OPEN:
        return 0
    return sum(_admit(request, now) for request in JoinRequest.objects.all())


@transaction.atomic
def _admit(request: JoinRequest, now: datetime) -> bool:
    """Whoever deletes the row lets its person in, so two at once write one mail.

    An invitation they had already gives way: its mail is old news, and told them to wait.
    """
    if not JoinRequest.objects.filter(pk=request.pk).delete()[0]:
        return False
    if Member.objects.filter(email=request.email).exists():
        return False
    Invitation.objects.open().filter(email=request.email).update(withdrawn_at=now)
    with translation.override(request.language or settings.LANGUAGE_CODE):
        return bool(invite([request.email], role=Member.Role.ASPIRING, by=None, now=now))


def _send(invitation: Invitation, now: datetime) -> Invitation:
    token = new_token()
    invitation.digest, invitation.sent_at, invitation.expires_at = digest_of(token), now, now + COUNTS_FOR
    invitation.save()
    words = _words(invitation, token)
    write_mail(
        invitation.email,
        key=f"invitation:{invitation.digest}",
        kind="invitation",
        subject=" ".join(render_to_string(SUBJECT, words).split()),
        body=render_to_string(MESSAGE, words).strip(),
        now=now,
    )
    return invitation


def _words(invitation: Invitation, token: str) -> dict[str, Any]:
    return {
        "invitation": invitation,
        "is_guest": invitation.role == Invitation.Role.GUEST,
        "community": Community.current(),
        "site_url": settings.SITE_URL,
        "token": token,
        "days": COUNTS_FOR.days,
    }
