"""The demo community's sessions: a past, a session this week, a future, whatever day it is."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.apps import apps

from cop_portal.lib.content import shipped_content
from members.demo import load_members
from members.models import Mail, Notification
from sessions.demo import load_sessions
from sessions.models import AgendaTemplate, Session
from sessions.topics import Topic, Vote

State = Session.State
pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 24, 9, 42, tzinfo=UTC)


def load(now):
    return load_sessions(shipped_content(), load_members(shipped_content(), now=now), now=now)


def rows():
    """How many rows each model of the app has."""
    return {model: model.objects.count() for model in apps.get_app_config("cop_sessions").get_models()}


@pytest.mark.parametrize("days", range(7))
@pytest.mark.parametrize("hour", [0, 23])
def test_every_day_has_a_session_just_over_and_one_soon(days, hour):
    now = (TODAY + timedelta(days=days)).replace(hour=hour, minute=59)
    loaded = load(now)
    last, coming = loaded["past"][0], loaded["next"]
    assert timedelta(0) < now - last.ends_at < timedelta(days=5)
    assert timedelta(0) < coming.starts_at - now < timedelta(days=5)
    assert (last.state, coming.state) == (State.PUBLISHED, State.PUBLISHED)
    assert 6 <= coming.attendances.filter(answer="going").exclude(member__in=coming.leads.all()).count() <= 8
    assert coming.agenda.count() > 0


def test_again_it_changes_nothing():
    first = load(TODAY)
    before = rows()
    second = load(TODAY + timedelta(days=9))
    assert rows() == before
    assert (second["series"], second["topics"]) == (first["series"], first["topics"])


def test_there_is_a_past_to_look_back_on():
    past = load(TODAY)["past"]
    held = [session for session in past if session.state == State.PUBLISHED]
    assert (len(held), len(past)) == (9, 10)
    assert all(session.takeaways and session.notes and session.leads.exists() for session in held)
    assert all(session.agenda.exists() and session.attendances.filter(came=True).exists() for session in held)
    assert all(session.html["notes"].startswith("<p>") for session in held)
    assert [session.cancel_reason != "" for session in past if session.is_cancelled] == [True]


def test_there_is_a_future_with_plans_dates_and_a_break():
    load(TODAY)
    ahead = Session.objects.upcoming(now=TODAY)
    states = Counter(ahead.values_list("state", flat=True))
    assert (states[State.PUBLISHED], states[State.DATED] > 5) == (4, True)
    days = list(ahead.filter(series__isnull=False).values_list("series_day", flat=True))
    assert {(later - day).days for day, later in pairwise(days)} == {14, 28}


def test_agendas_take_the_time_of_their_sessions():
    load(TODAY)
    for session in Session.objects.exclude(state=State.DATED).prefetch_related("agenda"):
        assert sum(item.minutes for item in session.agenda.all()) == session.minutes


def test_every_format_has_its_template():
    load(TODAY)
    assert AgendaTemplate.objects.count() == 7
    for template in AgendaTemplate.objects.prefetch_related("steps"):
        assert sum(step.minutes for step in template.steps.all()) == template.minutes


def test_nobody_has_more_than_three_votes_and_topics_stand_in_every_state():
    topics = load(TODAY)["topics"]
    assert len(topics) == 24
    assert {topic.state for topic in topics.values()} == set(Topic.State.values)
    voters = Counter(Vote.objects.filter(topic__state__in=Topic.HOLDS_VOTES).values_list("member", flat=True))
    assert max(voters.values()) == 3


def test_seats_are_not_given_twice_and_somebody_waits():
    load(TODAY)
    for session in Session.objects.filter(capacity__isnull=False).for_rows():
        assert session.going_count <= session.capacity
    assert Session.objects.filter(attendances__answer="waitlisted").distinct().count() == 1


def test_nobody_is_told_of_it():
    load(TODAY)
    assert (Mail.objects.count(), Notification.objects.count()) == (0, 0)
