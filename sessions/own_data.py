"""What the sessions app has of one member, for their export."""

from collections.abc import Iterator

from cop_portal.lib.own_data import Piece, as_json
from members.models import Member
from sessions.feeds import MailCalendar
from sessions.hosts import LeadOffer
from sessions.models import Attendance, Session
from sessions.series import StandingYes
from sessions.topics import Topic, Vote


def own_data(member: Member) -> Iterator[Piece]:
    """Yields what the member answered, led, offered, subscribed to, proposed and voted for."""
    answers = Attendance.objects.filter(member=member).order_by("session__starts_at")
    fields = ("session__title", "session__starts_at", "answer", "wish", "came", "answered_at")
    yield as_json("answers.json", list(answers.values(*fields)))
    led = Session.objects.filter(leads=member).order_by("starts_at")
    yield as_json("led.json", list(led.values("title", "starts_at", "format", "state")))
    offers = LeadOffer.objects.filter(member=member).order_by("at")
    yield as_json("offers-to-lead.json", list(offers.values("session__title", "session__starts_at", "was_asked", "at")))
    standing = StandingYes.objects.filter(member=member)
    yield as_json("standing-yes.json", list(standing.values("series__name", "since")))
    addresses = list(member.calendar_feeds.values("name", "created_at"))
    by_mail = list(MailCalendar.objects.filter(member=member).values_list("since", flat=True))
    yield as_json("calendars.json", {"addresses": addresses, "invitations_by_mail_since": by_mail})
    topics = Topic.objects.filter(proposed_by=member).order_by("proposed_at")
    yield as_json("topics.json", list(topics.values("title", "why", "format", "state", "proposed_at")))
    votes = Vote.objects.filter(member=member).order_by("at")
    yield as_json("votes.json", list(votes.values("topic__title", "at")))
