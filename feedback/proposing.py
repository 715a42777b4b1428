"""The writes around proposals of a rhythm: making one, talking about it, confirming or declining it in the open."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from feedback.evidence import evidence_of
from feedback.proposals import ProposalComment, RhythmProposal
from feedback.rhythm import LESS, MORE
from members.kinds import Kind
from members.models import Community, Member
from members.telling import notify_many
from sessions.actions import change_rhythm, today_in
from sessions.models import Session
from sessions.series import Series

State = RhythmProposal.State


class NotNowError(Exception):
    """The proposal takes no comment or no decision at this moment."""


def propose_rhythms(now: datetime) -> None:
    """Makes a proposal for each running series whose answers ask for one; nothing where one is open."""
    if Community.current().stage == Community.Stage.CLOSED:
        return
    for series in Series.objects.running(on=now.date()):
        if not RhythmProposal.objects.open().filter(series=series).exists():
            _propose(series, now)


def _propose(series: Series, now: datetime) -> None:
    evidence = evidence_of(series)
    found = evidence.proposal()
    if found.verdict not in {LESS, MORE}:
        return
    proposal = RhythmProposal(
        series=series,
        verdict=found.verdict,
        weeks_from=series.every_weeks,
        weeks_to=found.weeks,
        evidence=evidence.stored(),
        made_at=now,
    )
    with transaction.atomic():
        # Two processes may be at it: the constraint lets one of them have it.
        made = RhythmProposal.objects.bulk_create([proposal], ignore_conflicts=True)
        stored = RhythmProposal.objects.open().filter(series=series, made_at=now).first()
        if made and stored:
            _tell(stored, now)


def _tell(proposal: RhythmProposal, now: datetime) -> None:
    less = _("Our feedback suggests to meet less often. Read why, and say what you think.")
    more = _("Our feedback suggests to meet more often. Read why, and say what you think.")
    everyone = Member.objects.in_directory()
    notify_many(
        everyone,
        kind=Kind.FEEDBACK_OPEN,
        about=f"rhythm:{proposal.pk}",
        version="made",
        text=lambda _member: str(less if proposal.verdict == LESS else more),
        url=proposal.get_absolute_url(),
        now=now,
    )


def comment_on(proposal: RhythmProposal, text: str, *, by: Member, now: datetime) -> ProposalComment:
    """Adds a word to a proposal in its first seven days; raises NotNowError afterwards."""
    if not proposal.takes_comments(now):
        raise NotNowError
    return ProposalComment.objects.create(proposal=proposal, by=by, text=text, written_at=now)


@transaction.atomic
def confirm(proposal: RhythmProposal, reason: str, *, by: Member, now: datetime) -> None:
    """Changes the rhythm for the sessions that are not announced yet; raises NotNowError."""
    locked = _locked(proposal, now)
    _decide(locked, State.CONFIRMED, reason, by=by, now=now)
    series = locked.series
    change_rhythm(series, locked.weeks_to, _first_free_day(series, now), by=by, now=now)


@transaction.atomic
def decline(proposal: RhythmProposal, reason: str, *, by: Member, now: datetime) -> None:
    """Leaves the rhythm as it is; raises NotNowError."""
    _decide(_locked(proposal, now), State.DECLINED, reason, by=by, now=now)


def run_out(now: datetime) -> None:
    """Ends proposals that nobody decided about within two weeks, or whose series has changed meanwhile."""
    RhythmProposal.objects.to_run_out(now).update(state=State.RAN_OUT, decided_at=now)
    for proposal in RhythmProposal.objects.open().select_related("series"):
        if proposal.series.every_weeks != proposal.weeks_from:
            RhythmProposal.objects.open().filter(pk=proposal.pk).update(state=State.RAN_OUT, decided_at=now)


def _locked(proposal: RhythmProposal, now: datetime) -> RhythmProposal:
    locked = RhythmProposal.objects.select_for_update(of=("self",)).select_related("series").get(pk=proposal.pk)
    if not locked.takes_decision(now) or locked.series.every_weeks != locked.weeks_from:
        raise NotNowError
    return locked


def _decide(proposal: RhythmProposal, state: str, reason: str, *, by: Member, now: datetime) -> None:
    proposal.state, proposal.reason, proposal.decided_by, proposal.decided_at = state, reason, by, now
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])


def _first_free_day(series: Series, now: datetime) -> date:
    """The day after the last session that is announced, where the series is held: calendars stay as they are."""
    announced = Session.objects.filter(series=series, state=Session.State.PUBLISHED, starts_at__gt=now)
    last = announced.aggregate(last=Max("starts_at"))["last"]
    return today_in(series, last or now) + timedelta(days=1)
