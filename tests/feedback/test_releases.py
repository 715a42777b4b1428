"""Small polls wait for each other within one rhythm; what is released never changes."""

from datetime import timedelta

import pytest

from feedback.actions import close_due_polls, open_poll, submit
from feedback.ballots import Answers
from feedback.models import Poll
from sessions.series import Series
from tests.factories import MemberFactory, SeriesFactory, SessionFactory


@pytest.fixture
def closed(now):
    """Call it with pairs (answers, weeks): a closed poll of one series for each, one a week; returns their ids."""
    series = SeriesFactory()

    def close(*polls):
        made = []
        for number, (answers, weeks) in enumerate(polls):
            if weeks:
                series.every_weeks = weeks
                series.save()
            start = now - timedelta(days=700 - 7 * number)
            poll = open_poll(SessionFactory(starts_at=start, series=series if weeks else None))
            for member in MemberFactory.create_batch(answers):
                submit(poll, member, Answers({"rhythm": "3"}), now=poll.opens_at)
            made.append(poll.pk)
            close_due_polls(poll.closes_at)
        return made

    return close


def units():
    found = {}
    for poll in Poll.objects.exclude(unit=None).order_by("closes_at"):
        found.setdefault(poll.unit_id, []).append(poll.pk)
    return sorted(found.values())


def test_the_example(closed):
    first, second, third, fourth, fifth = closed((6, 2), (3, 2), (7, 2), (2, 2), (4, 2))
    assert units() == [[first], [second, fourth], [third]]
    assert Poll.objects.get(pk=fifth).unit is None
    assert Poll.objects.get(pk=second).unit_id == fourth


def test_never_over_a_change_of_rhythm(closed):
    closed((3, 2), (3, 3), (3, 2))
    assert units() == []


def test_two_series_wait_each_for_itself(now):
    """Sums over both would lie beside sums of one, and their difference would be one small poll."""
    polls = []
    for number, (series, answers) in enumerate((("a", 2), ("b", 3), ("a", 3), ("c", 6), ("b", 2))):
        weeks = 3 if series == "c" else 2
        start = now - timedelta(days=700 - 7 * number)
        made = Series.objects.filter(name=series).first() or SeriesFactory(name=series, every_weeks=weeks)
        polls.append(open_poll(SessionFactory(starts_at=start, series=made)))
        for member in MemberFactory.create_batch(answers):
            submit(polls[-1], member, Answers({"rhythm": "3"}), now=polls[-1].opens_at)
        close_due_polls(polls[-1].closes_at)
    a, b, more_of_a, c, more_of_b = (poll.pk for poll in polls)
    assert units() == [[a, more_of_a], [b, more_of_b], [c]]


def test_a_session_apart_from_the_series_is_no_change_of_rhythm(closed):
    first, _other, third = closed((3, 2), (3, None), (3, 2))
    assert units() == [[first, third]]


def test_a_late_tick_closes_in_order(closed, now):
    polls = [open_poll(SessionFactory(starts_at=now - timedelta(days=40 - number))) for number in range(3)]
    for poll, answers in zip(polls, (3, 2, 4), strict=True):
        for member in MemberFactory.create_batch(answers):
            submit(poll, member, Answers({"rhythm": "3"}), now=poll.opens_at)
    close_due_polls(now)
    assert units() == [[polls[0].pk, polls[1].pk]]


def test_a_poll_keeps_the_k_it_opened_with(closed, settings):
    settings.FEEDBACK_SHOWN_FROM = 3
    [one] = closed((3, 2))
    assert units() == [[one]]
    assert Poll.objects.get().k == 3
