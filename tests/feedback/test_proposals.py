"""A proposal of a rhythm: made from closed polls, talked about for a week, decided in the open, carried out."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from feedback.actions import open_poll
from feedback.evidence import evidence_of
from feedback.models import Poll, Tally
from feedback.proposals import RhythmProposal
from feedback.proposing import NotNowError, comment_on, confirm, decline, propose_rhythms, run_out
from feedback.releases import release
from members.models import Community, Notification
from sessions.models import Session
from sessions.series import Series
from tests.factories import AttendanceFactory, MemberFactory, SeriesFactory, SessionFactory
from tests.threads import at_once

NOW = timezone.now()
TOO_OFTEN, RIGHT, TOO_RARE = (0, 0, 6, 3, 1), (0, 0, 8, 1, 0), (3, 4, 3, 0, 0)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def community(db):
    return Community.objects.create(stage=Community.Stage.OPEN)


@pytest.fixture
def series():
    return SeriesFactory(every_weeks=2)


def said(series, *units, weeks=2, until=NOW - DAY, k=5):
    """Closed polls of `series` with these answers, two weeks apart, the last closed at `until`."""
    polls = []
    for number, unit in enumerate(units):
        closed = until - timedelta(weeks=2) * (len(units) - 1 - number)
        session = SessionFactory(series=series, starts_at=closed - timedelta(days=7, hours=2))
        poll = open_poll(session)
        Poll.objects.filter(pk=poll.pk).update(
            closes_at=closed, closed_at=closed, weeks=weeks, answered=sum(unit), invited=14, k=k
        )
        Tally.objects.bulk_create(
            Tally(poll=poll, question="rhythm", value=str(step), count=count)
            for step, count in enumerate(unit, 1)
            if count
        )
        poll.refresh_from_db()
        release(poll)
        polls.append(poll)
    return polls


def proposed(series, *, at=NOW):
    said(series, TOO_OFTEN, RIGHT, TOO_OFTEN)
    propose_rhythms(at)
    return RhythmProposal.objects.get()


def test_agreeing_answers_make_one_proposal_and_tell_everyone_once(series, lead):
    proposal = proposed(series)
    propose_rhythms(NOW + DAY)
    assert [(one.verdict, one.weeks_from, one.weeks_to) for one in RhythmProposal.objects.all()] == [("LESS", 2, 3)]
    assert list(Notification.objects.values_list("member", "url")) == [(lead.pk, f"/feedback/rhythm/{proposal.pk}/")]


@pytest.mark.parametrize("units", [[TOO_OFTEN, TOO_OFTEN], [RIGHT, RIGHT, TOO_OFTEN], [TOO_OFTEN, RIGHT, TOO_RARE]])
def test_too_little_makes_none(series, units):
    said(series, *units)
    propose_rhythms(NOW)
    assert not RhythmProposal.objects.exists()


def test_small_polls_count_together(series):
    said(series, TOO_OFTEN, (0, 0, 1, 1, 0), (0, 0, 1, 2, 0), TOO_OFTEN)
    assert evidence_of(series).units == [[0, 0, 6, 3, 1], [0, 0, 2, 3, 0], [0, 0, 6, 3, 1]]


def test_what_still_waits_is_in_no_evidence(series):
    """Released with the small ones of another k, it could be told from them by a difference."""
    said(series, (0, 0, 1, 2, 0), k=3, until=NOW - timedelta(days=30))
    said(series, (0, 0, 0, 0, 2), k=5)
    assert evidence_of(series).units == [[0, 0, 1, 2, 0]]


def test_nothing_counts_from_before_a_change(series):
    said(series, TOO_OFTEN, TOO_OFTEN, weeks=1, until=NOW - timedelta(days=60))
    said(series, TOO_OFTEN)
    evidence = evidence_of(series)
    assert (evidence.units, evidence.last_change) == ([list(TOO_OFTEN)], "LESS")


def test_lost_attendance_is_part_of_the_evidence(series):
    for poll, came in zip(said(series, *[RIGHT] * 6), (10, 10, 10, 7, 7, 7), strict=True):
        AttendanceFactory.create_batch(came, session=poll.session, came=True)
    assert evidence_of(series).attendance == [[30, 42], [21, 42]]


def test_two_processes_make_one(series, transactional_db):
    Community.objects.create(stage=Community.Stage.OPEN)
    said(series, TOO_OFTEN, RIGHT, TOO_OFTEN)
    at_once(2, lambda number: propose_rhythms(NOW + timedelta(seconds=number)))
    assert RhythmProposal.objects.count() == 1


def test_everyone_reads_reasons_and_numbers(series, lead, sign_in):
    page = sign_in(lead).get(proposed(series).get_absolute_url()).content.decode()
    assert "Shall we meet less often?" in page
    assert "We meet every two weeks. What you said in your feedback suggests every three weeks." in page
    assert "4 of 10" in page


def test_members_comment_for_seven_days(series, lead, sign_in):
    proposal = proposed(series, at=timezone.now())
    client, address = sign_in(lead), proposal.get_absolute_url()
    key = client.get(address).context["comment_form"]["key"].value()
    for _ in range(2):
        client.post(address, {"do": "comment", "text": "I would miss it.", "key": key})
    assert [comment.text for comment in proposal.comments.all()] == ["I would miss it."]
    with pytest.raises(NotNowError):
        comment_on(proposal, "Late", by=lead, now=proposal.decided_from)


def test_an_empty_comment_is_an_error_beside_the_field(series, lead, sign_in):
    proposal = proposed(series, at=timezone.now())
    assert sign_in(lead).post(proposal.get_absolute_url(), {"do": "comment", "text": " "}).status_code == 422


def test_confirming_changes_what_is_not_announced(series, facilitator):
    announced = SessionFactory(series=series, starts_at=NOW + timedelta(days=10))
    proposal = proposed(series)
    confirm(proposal, "You said so.", by=facilitator, now=NOW + timedelta(days=8))
    series.refresh_from_db()
    announced.refresh_from_db()
    proposal.refresh_from_db()
    assert (series.every_weeks, announced.state) == (3, Session.State.PUBLISHED)
    assert (proposal.state, proposal.reason, proposal.decided_by) == ("confirmed", "You said so.", facilitator)


def test_the_new_rhythm_begins_after_the_day_of_the_last_announced_session(series, facilitator):
    """In Tokyo that session begins on the day after already: on Tuesday, 1 December."""
    Series.objects.filter(pk=series.pk).update(zone="Asia/Tokyo", local_time=time(8))
    now, begins = datetime(2026, 11, 26, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)
    announced = SessionFactory(series=series, starts_at=begins, series_day=date(2026, 12, 1))
    said(series, TOO_OFTEN, RIGHT, TOO_OFTEN, until=now - 9 * DAY)
    propose_rhythms(now - 8 * DAY)
    confirm(RhythmProposal.objects.get(), "You said so.", by=facilitator, now=now)
    series.refresh_from_db()
    announced.refresh_from_db()
    assert (series.every_weeks, series.anchor, announced.state) == (3, date(2026, 12, 15), Session.State.PUBLISHED)


def test_declining_leaves_the_rhythm_and_rests_for_two_rounds(series, facilitator):
    decline(proposed(series), "Summer was special.", by=facilitator, now=NOW + timedelta(days=8))
    said(series, TOO_OFTEN, until=NOW + timedelta(days=10))
    propose_rhythms(NOW + timedelta(days=11))
    assert evidence_of(series).units_since_stop == 1
    said(series, TOO_OFTEN, until=NOW + timedelta(days=24))
    propose_rhythms(NOW + timedelta(days=25))
    series.refresh_from_db()
    assert (series.every_weeks, RhythmProposal.objects.count()) == (2, 2)


@pytest.mark.parametrize("days", [0, 6, 14, 30])
def test_decisions_have_their_time(series, facilitator, days):
    proposal = proposed(series)
    with pytest.raises(NotNowError):
        confirm(proposal, "Now", by=facilitator, now=NOW + timedelta(days=days))


def test_after_two_weeks_it_runs_out(series):
    proposal = proposed(series)
    run_out(NOW + timedelta(days=13))
    assert RhythmProposal.objects.open().exists()
    run_out(NOW + timedelta(days=14))
    proposal.refresh_from_db()
    assert proposal.state == RhythmProposal.State.RAN_OUT


def test_a_series_changed_by_hand_ends_it(series):
    proposal = proposed(series)
    series.every_weeks = 4
    series.save()
    run_out(NOW + DAY)
    proposal.refresh_from_db()
    assert proposal.state == RhythmProposal.State.RAN_OUT


def test_a_facilitator_decides_on_the_page(series, facilitator, sign_in):
    proposal = proposed(series, at=timezone.now() - timedelta(days=8))
    client, address = sign_in(facilitator), proposal.get_absolute_url()
    assert client.post(address, {"do": "confirm", "reason": ""}).status_code == 422
    assert client.post(address, {"do": "delete", "reason": "x"}).status_code == 422
    page = client.post(address, {"do": "confirm", "reason": "Agreed."}, follow=True).content.decode()
    series.refresh_from_db()
    assert series.every_weeks == 3
    assert "The rhythm is changed." in page
    assert "Agreed." in page


def test_a_member_decides_nothing(series, lead, sign_in):
    proposal = proposed(series, at=timezone.now() - timedelta(days=8))
    assert sign_in(lead).post(proposal.get_absolute_url(), {"do": "confirm", "reason": "Me"}).status_code == 403
    series.refresh_from_db()
    assert series.every_weeks == 2


def test_an_archive_takes_nothing(series, facilitator, sign_in):
    proposal = proposed(series, at=timezone.now() - timedelta(days=8))
    Community.objects.update(stage=Community.Stage.CLOSED)
    sign_in(facilitator).post(proposal.get_absolute_url(), {"do": "confirm", "reason": "x"})
    assert RhythmProposal.objects.open().count() == 1


def test_guests_and_wrong_numbers_find_nothing(series, guest, lead, sign_in):
    address = proposed(series).get_absolute_url()
    assert sign_in(guest).get(address).status_code == 404
    assert sign_in(lead).get("/feedback/rhythm/999/").status_code == 404
    assert sign_in(lead).put(address).status_code == 405


def test_the_pulse_leads_to_it(series, lead, sign_in):
    address = proposed(series).get_absolute_url()
    assert address in sign_in(lead).get("/feedback/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(series, lead, sign_in, count, django_assert_num_queries):
    proposal = proposed(series)
    for _ in range(count):
        comment_on(proposal, "I think so.", by=MemberFactory(), now=NOW + DAY)
    client = sign_in(lead)
    with django_assert_num_queries(5):
        client.get(proposal.get_absolute_url())
