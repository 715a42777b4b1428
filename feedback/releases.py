"""Which closed polls are shown together: small ones of a series wait for each other, within one rhythm."""

from feedback.models import Poll
from feedback.results import release_units


def release(poll: Poll) -> None:
    """Releases what is complete now that `poll` has closed; what was released before stays as it is."""
    waiting = list(waiting_with(poll))
    for unit in release_units([one.answered for one in waiting], k=poll.k):
        members = [waiting[index].pk for index in unit]
        Poll.objects.filter(pk__in=members).update(unit=members[-1])


def waiting_with(poll: Poll) -> list[Poll]:
    """Returns closed polls that no unit has yet, in the order of their closing: of one rhythm, none across a change.

    A rhythm is a series's own: two series never wait for each other, nor does one end the other's waiting.
    """
    closed = Poll.objects.closed().filter(session__series=poll.session.series_id).order_by("closes_at", "pk")
    waiting = closed.filter(unit=None, weeks=poll.weeks, k=poll.k)
    other = closed.exclude(weeks=None).exclude(weeks=poll.weeks).filter(closes_at__lt=poll.closes_at).last()
    if other is not None and poll.weeks is not None:
        waiting = waiting.filter(closes_at__gt=other.closes_at)
    return list(waiting)
