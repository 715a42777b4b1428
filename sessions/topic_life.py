"""What becomes of topics: opened, covered, not reached, set aside, merged. Votes have `sessions.votes`."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from sessions.models import Session
from sessions.topics import Topic, Vote

State = Topic.State


class ReasonMissingError(Exception):
    """A topic is set aside with a reason."""


class NotMergeableError(Exception):
    """A topic cannot be merged into itself, nor where one of the two is part of another already."""


@transaction.atomic
def change_topic(topic: Topic, wanted: str, reason: str = "", *, now: datetime) -> None:
    """Puts a topic back on the list with its votes, or takes it off: covered, or set aside with a reason.

    A topic that has a session ahead is scheduled again instead of open. Its votes stay with it; while it is off the
    list they are free to be given elsewhere. Raises ReasonMissingError.
    """
    if wanted not in {State.OPEN, State.COVERED, State.SET_ASIDE}:
        raise ValueError(wanted)
    if wanted == State.SET_ASIDE and not reason.strip():
        raise ReasonMissingError
    locked = Topic.objects.select_for_update(no_key=True).get(pk=topic.pk)
    locked.state = wanted
    if wanted == State.OPEN and locked.sessions.filter(state=Session.State.PUBLISHED, ends_at__gt=now).exists():
        locked.state = State.SCHEDULED
    locked.set_aside_reason = reason.strip() if wanted == State.SET_ASIDE else ""
    locked.save(update_fields=["state", "set_aside_reason"])


def cover_topics(now: datetime) -> None:
    """Topics whose last session is over are covered; for `tick`. What was not reached is put back by a person."""
    held = Session.objects.filter(topic=OuterRef("pk"), state=Session.State.PUBLISHED)
    over = Topic.objects.filter(Exists(held.filter(ends_at__lte=now)), ~Exists(held.filter(ends_at__gt=now)))
    over.filter(state=State.SCHEDULED).update(state=State.COVERED)


@transaction.atomic
def merge_topics(topic: Topic, into: Topic) -> None:
    """Makes `topic` a part of `into`: votes are united, sessions and materials go along, its address leads there.

    Whoever voted for both has one vote back. Raises NotMergeableError.
    """
    pair = Topic.objects.select_for_update(no_key=True).filter(pk__in=[topic.pk, into.pk]).order_by("pk")
    found = {one.pk: one for one in pair}
    if len(found) != len({topic, into}) or topic == into or any(one.merged_into_id for one in found.values()):
        raise NotMergeableError
    _move_votes(topic, into)
    _move_rest(topic, into)
    if found[topic.pk].state == State.SCHEDULED and found[into.pk].is_votable:
        Topic.objects.filter(pk=into.pk).update(state=State.SCHEDULED)
    Topic.objects.filter(merged_into=topic).update(merged_into=into)
    Topic.objects.filter(pk=topic.pk).update(merged_into=into)


def _move_votes(topic: Topic, into: Topic) -> None:
    both = Vote.objects.filter(topic=into).values_list("member", flat=True)
    topic.votes.exclude(member__in=list(both)).update(topic=into)
    Vote.objects.filter(topic=topic).delete()


def _move_rest(topic: Topic, into: Topic) -> None:
    topic.sessions.update(topic=into)
    for name in ("principles", "tags", "materials"):
        getattr(into, name).add(*getattr(topic, name).all())
