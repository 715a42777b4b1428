"""What a member finds on their home, gathered from all apps."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cop_portal.lib.greeting import greeting
from feedback.models import Poll
from feedback.reports import latest_rhythm
from library.models import Material
from library.rows import rows_of
from members.models import Community, Member
from members.welcome import Step, could_help, first_steps
from sessions.hosting import without_lead
from sessions.models import Attendance, Session, SessionMaterial, may_take_part
from sessions.rows import Row, row_of
from sessions.series import Series
from sessions.topics import Topic, Vote

SESSIONS, INSIGHTS, TOPICS, HELPERS, STEPS = 4, 3, 3, 3, 5


def home_of(member: Member, *, now: datetime) -> dict[str, Any]:
    """Returns the context of `member`'s home at the aware instant `now`."""
    zone = ZoneInfo(member.time_zone)
    today = now.astimezone(zone)
    community = Community.current()
    votes_left = Vote.left_for(member)
    topics = list(Topic.objects.votable().with_votes(member)[:TOPICS])
    coming, starts = coming_sessions(member, now=now), first_steps(member)
    row = next_row(coming, member, community, zone=zone, now=now)
    return {
        "today": today.date(),
        "greeting": greeting(today),
        "row": row,
        "leads_it": row is not None and member in row.session.leads.all(),
        "steps": [
            *_leads_wanted(without_lead(coming, member, community, now=now)),
            *for_you(member, community, row, topics, votes_left, now=now),
            *starts,
        ][:STEPS],
        "is_new": bool(starts),
        "insights": fresh_insights(member),
        "helpers": could_help(member).for_cards()[:HELPERS] if row is None else (),
        "topics": topics,
        "votes_left": votes_left,
        "may_take_part": may_take_part(member, community),
        "community": community,
        "rhythm": rhythm(today.date()),
        "now": now,
    }


def guest_home(guest: Member, *, now: datetime) -> dict[str, Any]:
    """Returns the context of the welcome page for a guest: the sessions they are invited to."""
    zone = ZoneInfo(guest.time_zone)
    invited = Session.objects.visible_to(guest, now=now).for_rows().with_answer_of(guest).order_by("starts_at")
    return {"rows": [row_of(session, zone=zone, now=now, may_answer=True) for session in invited], "now": now}


def coming_sessions(member: Member, *, now: datetime) -> list[Session]:
    """Returns the next few sessions that take place for `member`, fit for rows."""
    coming = Session.objects.visible_to(member, now=now).upcoming(now=now).exclude(state=Session.State.CANCELLED)
    return list(coming.for_rows().with_answer_of(member)[:SESSIONS])


def next_row(
    coming: list[Session], member: Member, community: Community, *, zone: ZoneInfo, now: datetime
) -> Row | None:
    """Returns the first of `coming`, with the buttons to answer; None without one."""
    if not coming:
        return None
    return row_of(coming[0], zone=zone, now=now, may_answer=may_take_part(member, community))


def _leads_wanted(sessions: list[Session]) -> list[Step]:
    """A session within a week that nobody leads yet."""
    words = _("Lead wanted: “%(title)s”")
    return [
        Step(words % {"title": one.shown_title}, _("I would like to"), reverse("sessions:lead", args=[one]), "mic")
        for one in sessions
    ]


def fresh_insights(member: Member) -> list[Any]:
    """Returns rows of the newest insights of other teams, with what was answered to them."""
    return rows_of(Material.objects.fresh_insights(member)[:INSIGHTS])


def for_you(
    member: Member, community: Community, row: Row | None, topics: list[Topic], votes_left: int, *, now: datetime
) -> list[Step]:
    """Returns what waits for `member`: feedback, reading, votes."""
    return [
        *_feedback_to_give(member, community, now),
        *(_reading_before(row, member) if row else ()),
        *_votes_to_use(topics, votes_left),
    ]


def _feedback_to_give(member: Member, community: Community, now: datetime) -> list[Step]:
    return [
        Step(
            _("A minute, anonymous: how was “%(title)s”?") % {"title": poll.session.shown_title},
            _("Answer"),
            reverse("feedback:form", args=[poll.session]),
            "clipboard-check",
        )
        for poll in Poll.objects.to_answer(member, now=now, community=community)
    ]


def _reading_before(row: Row, member: Member) -> list[Step]:
    """What to read before the next session, for those who may come to it."""
    if row.session.my_answer not in {Attendance.Answer.GOING, Attendance.Answer.MAYBE}:  # type: ignore[attr-defined]
        return []
    before = SessionMaterial.objects.filter(session=row.session, when=SessionMaterial.When.BEFORE)
    readable = before.filter(material__in=Material.objects.visible_to(member)).select_related("material")
    words = _("Read before %(day)s: %(title)s")
    return [
        Step(
            words % {"day": row.when.weekday, "title": one.material.title},
            _("Read"),
            one.material.get_absolute_url(),
            "book-open",
        )
        for one in readable
    ]


def _votes_to_use(topics: list[Topic], votes_left: int) -> list[Step]:
    if not topics or not votes_left:
        return []
    words = ngettext("You have %(n)d vote left for topics.", "You have %(n)d votes left for topics.", votes_left)
    return [Step(words % {"n": votes_left}, _("Vote"), reverse("sessions:topics"), "thumbs-up")]


def rhythm(today: Any) -> str:
    """Returns our rhythm in a sentence or two, "" before there is any."""
    series = Series.objects.running(on=today).first()
    if series is None:
        return ""
    said = latest_rhythm()
    ours = _("We meet %(rhythm)s.") % {"rhythm": series.get_every_weeks_display()}
    return f"{ours} " + _("Last time %(said)s.") % {"said": said} if said else ours
