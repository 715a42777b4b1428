"""Guests of single sessions: who is invited, the invitation link, and what they may read."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F, Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from library.models import Grant, Material
from members.account_actions import note_address
from members.models import Community, Member
from members.telling import write_mail
from sessions import news
from sessions.answers import fill_seats
from sessions.coming import Coming
from sessions.models import GUEST_ACCESS, Attendance, Session, SessionMaterial


class NoGuestsError(Exception):
    """The session takes no guests: it is not for guests by theme, still a draft, over, or the community is closed."""


def takes_guests(session: Session, community: Community, *, now: datetime) -> bool:
    """Whether somebody can be invited to `session` at `now`."""
    is_open = session.state in {Session.State.PUBLISHED, Session.State.DATED} and not session.has_ended(now)
    by_theme = session.audience == Session.Audience.THEME
    return is_open and by_theme and community.stage != Community.Stage.CLOSED


# --- The invitation link ---------------------------------------------------------------------


def _signer() -> Signer:
    return Signer(salt="sessions.guests")


def link_of(session: Session) -> str:
    """Returns the path of the link with which anyone may come to this session; "" where it has none."""
    if session.guest_key is None:
        return ""
    return reverse("sessions:join", args=[session, _signer().sign(session.guest_key.hex)])


def fits(session: Session, token: str) -> bool:
    """Whether `token` is the one of the present link."""
    try:
        return session.guest_key is not None and _signer().unsign(token) == session.guest_key.hex
    except BadSignature:
        return False


def renew_link(session: Session) -> None:
    """Makes a new link; one that was given away before leads nowhere from now on."""
    session.guest_key = uuid.uuid4()
    Session.objects.filter(pk=session.pk).update(guest_key=session.guest_key)


def close_link(session: Session) -> None:
    """Takes the link away; whoever came by it stays invited."""
    session.guest_key = None
    Session.objects.filter(pk=session.pk).update(guest_key=None)


# --- People ----------------------------------------------------------------------------------


@transaction.atomic
def invite_guest(session: Session, *, name: str, email: str, by: Member | None, now: datetime) -> None:
    """Invites one person to this session alone; with `by` they get a mail, by the link they know already.

    Somebody without an account gets one as a guest: they sign in with a code sent to their address. Members need
    no invitation, and nothing tells whoever invites them that they are members. Again it changes nothing.
    Raises NoGuestsError.
    """
    if not takes_guests(session, Community.current(), now=now):
        raise NoGuestsError
    guest, is_new = Member.objects.get_or_create(
        email=email.strip().lower(),
        defaults={
            "name": name,
            "role": Member.Role.GUEST,
            "time_zone": session.zone,
            "password": make_password(None),
        },
    )
    if is_new:
        note_address(guest)
    if guest.is_member or not guest.is_active:
        return
    Attendance.objects.get_or_create(
        session=session, member=guest, defaults={"answer": Attendance.Answer.INVITED, "answered_at": now}
    )
    write_grants(session)
    if by is not None:
        _write_invitation(session, guest, by, now=now)


@transaction.atomic
def uninvite_guest(session: Session, guest: Member, *, now: datetime) -> None:
    """Takes an invitation back, and what it let the guest read; a seat they had goes to who waits longest."""
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    session.attendances.filter(member=guest, member__role=Member.Role.GUEST).delete()
    _write_grants_of([guest.pk])
    fill_seats(session, Coming.to(session), now=now)


def guests_of(session: Session) -> list[Attendance]:
    """Returns the invitations of guests, by name."""
    rows = session.attendances.filter(member__role=Member.Role.GUEST, member__is_active=True)
    return list(rows.select_related("member").order_by("member__name", "pk"))


def _write_invitation(session: Session, guest: Member, by: Member, *, now: datetime) -> None:
    letter = news.guest_letter(session, guest, by)
    key = f"guest/session:{session.pk}/{guest.pk}"
    write_mail(guest.email, key=key, kind="account", subject=letter.subject, body=letter.body, member=guest, now=now)


# --- What they may read ----------------------------------------------------------------------


def write_grants(session: Session) -> None:
    """Lets the guests of `session` read what is to be read before it, until two weeks after; in step with both."""
    guests = session.attendances.filter(member__role=Member.Role.GUEST)
    _write_grants_of(list(guests.values_list("member", flat=True)))


def _write_grants_of(guests: list[int]) -> None:
    if not guests:
        return
    wanted = _wanted(guests)
    for grant in Grant.objects.filter(member__in=guests):
        if (grant.member_id, grant.material_id) not in wanted:
            grant.delete()
    Grant.objects.bulk_create(
        [Grant(member_id=guest, material_id=material, until=until) for (guest, material), until in wanted.items()],
        update_conflicts=True,
        unique_fields=["member", "material"],
        update_fields=["until"],
    )


def _wanted(guests: list[int]) -> dict[tuple[int, int], datetime]:
    """By guest and material, until when: where several sessions grant the same, the longest."""
    rows: Any = (
        SessionMaterial.objects.filter(when=SessionMaterial.When.BEFORE, session__attendances__member__in=guests)
        .exclude(session__state=Session.State.DRAFT)
        .filter(material__in=Material.objects.shared())
        .values("material", guest=F("session__attendances__member"))
        .annotate(last=Max("session__ends_at"))
    )
    return {(row["guest"], row["material"]): row["last"] + GUEST_ACCESS for row in rows if row["guest"] in set(guests)}


CANNOT = _("This session takes no guests at the moment.")
