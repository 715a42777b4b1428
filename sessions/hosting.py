"""Who leads: taking turns, offering oneself, being asked, and what is said where nobody leads yet."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from members.models import Community, Member
from sessions import actions, news
from sessions.models import LeadOffer, Session, may_come

WANTED_FROM = timedelta(days=7)
RUNNING = 3  # the same lead so many times in a row is worth a word
State = Session.State
HELD = (State.PUBLISHED, State.DATED)


class NotWantedError(Exception):
    """The session is over, cancelled, or not meant for this member: nobody offers to lead it."""


# --- Taking turns ----------------------------------------------------------------------------


def least_recent_leads(session: Session, members: Iterable[Member], *, now: datetime) -> list[Member]:
    """Returns those of `members` who could lead `session`, whoever led least recently first, by name among equals.

    Who never led comes first. Whoever leads it already, leads another session that is still to come, or cannot
    come is not suggested.
    """
    through: Any = Session.leads.through
    led = through.objects.filter(session__state=State.PUBLISHED, session__starts_at__lte=now)
    last = dict(led.values_list("member").annotate(Max("session__starts_at")))
    busy = set(
        through.objects.filter(session__state__in=HELD, session__starts_at__gt=now).values_list("member", flat=True)
    )
    community = Community.current()
    if session.pk:
        busy |= set(session.attendances.filter(answer="no").values_list("member", flat=True))
    free = [one for one in members if one.is_active and one.pk not in busy and may_come(one, session, community)]
    return sorted(free, key=lambda one: (last.get(one.pk, datetime.min.replace(tzinfo=now.tzinfo)), one.name, one.pk))


def leads_running(session: Session) -> list[Member]:
    """Returns the leads of `session` who also led the two before it: perhaps somebody else would like to."""
    rows = Session.objects.filter(state__in=HELD, starts_at__lt=session.starts_at)
    rows = rows.filter(series=session.series_id) if session.series_id else rows
    before = list(rows.order_by("-starts_at").prefetch_related("leads")[: RUNNING - 1])
    if len(before) < RUNNING - 1:
        return []
    return [one for one in session.leads.all() if all(one in other.leads.all() for other in before)]


def without_lead(sessions: Iterable[Session], member: Member, community: Community, *, now: datetime) -> list[Session]:
    """Returns those of `sessions` (with their leads) of the next seven days that nobody leads and `member` could."""
    soon = [one for one in sessions if one.state in HELD and now < one.starts_at <= now + WANTED_FROM]
    return [one for one in soon if not one.leads.all() and may_come(member, one, community)]


# --- Offering and asking ---------------------------------------------------------------------


@transaction.atomic
def offer_to_lead(session: Session, member: Member, *, now: datetime) -> None:
    """Notes that `member` would like to lead, and tells those who plan. Raises NotWantedError."""
    _require(session, member, now)
    _offer, is_new = LeadOffer.objects.get_or_create(session=session, member=member, defaults={"at": now})
    if is_new:
        news.tell_offers_to_lead(session, member, _planners(session, member), now=now)


@transaction.atomic
def ask_to_lead(session: Session, member: Member, *, by: Member, now: datetime) -> None:
    """Asks `member` whether they would lead; saying yes is theirs. Raises NotWantedError."""
    _require(session, member, now)
    defaults = {"at": now, "asked_by": by, "was_asked": True}
    _offer, is_new = LeadOffer.objects.get_or_create(session=session, member=member, defaults=defaults)
    if is_new:
        news.tell_asked_to_lead(session, member, by, now=now)


@transaction.atomic
def accept_lead(session: Session, offer: LeadOffer, *, now: datetime) -> None:
    """Makes whoever offered, or said yes when asked, a lead, and tells the other side. Raises NotWantedError."""
    _require(session, offer.member, now)
    session.leads.add(offer.member)
    actions.refill(session, now=now)
    offer.delete()
    if offer.was_asked:
        told = [offer.asked_by] if offer.asked_by else _planners(session, offer.member)
        news.tell_leads_now(session, offer.member, told, now=now)
    else:
        news.tell_leads_now(session, offer.member, [offer.member], now=now)


@transaction.atomic
def decline_lead(offer: LeadOffer, *, now: datetime) -> None:
    """Takes an offer back, or says no when asked; whoever asked is told so."""
    session = offer.session
    offer.delete()
    if offer.was_asked and offer.asked_by:
        news.tell_declined_lead(session, offer.member, [offer.asked_by], now=now)


def _require(session: Session, member: Member, now: datetime) -> None:
    is_on = session.state in {*HELD, State.DRAFT} and not session.has_ended(now)
    if not is_on or not member.is_member or not may_come(member, session, Community.current()):
        raise NotWantedError


def _planners(session: Session, member: Member) -> list[Member]:
    """Facilitators and the leads there are, without `member`."""
    leads = set(session.leads.values_list("pk", flat=True))
    active = Member.objects.filter(is_active=True)
    return [one for one in active if one != member and (one.may_facilitate or one.pk in leads)]
