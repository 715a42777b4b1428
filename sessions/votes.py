"""The writes about topics: proposing one, and giving one of one's three votes."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from library.models import Principle
from members.models import Community, Member
from sessions.models import may_take_part
from sessions.topics import Topic, Vote


class TopicClosedError(Exception):
    """The topic takes no votes: it is scheduled, covered, set aside or part of another one."""


class NoVotesLeftError(Exception):
    """All three votes are given."""


class NotTakingPartError(Exception):
    """Who aspires to lead takes part once the community is open to them; nobody does once it is an archive."""


@transaction.atomic
def propose_topic(topic: Topic, *, by: Member, principles: Iterable[Principle] = (), now: datetime) -> Topic:
    """Stores a new topic for all to vote on and returns it. Raises NotTakingPartError."""
    _require_part(by)
    topic.state, topic.proposed_by, topic.proposed_at = Topic.State.PROPOSED, by, now
    topic.save()
    topic.principles.set(principles)
    return topic


@transaction.atomic
def vote(topic: Topic, member: Member, *, now: datetime) -> None:
    """Gives `topic` a vote of `member`, once. Raises TopicClosedError, NoVotesLeftError, NotTakingPartError.

    The member's row is locked meanwhile, so that votes sent at once cannot become more than three.
    """
    _require_part(member)
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    if Vote.objects.filter(topic=topic, member=member).exists():
        return
    if not Topic.objects.select_for_update(no_key=True).get(pk=topic.pk).is_votable:
        raise TopicClosedError
    if not Vote.left_for(member):
        raise NoVotesLeftError
    Vote.objects.create(topic=topic, member=member, at=now)


def unvote(topic: Topic, member: Member) -> None:
    """Takes the vote back, if there is one. Raises NotTakingPartError."""
    _require_part(member)
    Vote.objects.filter(topic=topic, member=member).delete()


def _require_part(member: Member) -> None:
    if not may_take_part(member, Community.current()):
        raise NotTakingPartError
