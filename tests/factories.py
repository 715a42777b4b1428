"""Rows for tests, made by factory-boy; each default is valid and unremarkable."""

from datetime import UTC, date, datetime, time

import factory

from members.models import Member, Skill, Team
from sessions.models import AgendaItem, Attendance, ClosedDay, Series, Session, Topic, Vote


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class SkillFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Skill

    name = factory.Sequence(lambda n: f"skill {n}")


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Member Number{n}")
    email = factory.Sequence(lambda n: f"member{n}@example.org")
    role = Member.Role.TECH_LEAD
    team = factory.SubFactory(TeamFactory)
    time_zone = "Europe/Berlin"
    password = factory.django.Password("learn-together")


class SessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Session
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Session {n}")
    doing = "Try it in threes."
    state = Session.State.PUBLISHED
    starts_at = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
    changed_at = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


class SeriesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Series

    name = "Leadership sessions"
    every_weeks = 2
    weekday = 1
    local_time = time(9, 30)
    minutes = 75
    zone = "Europe/Berlin"
    anchor = date(2026, 10, 6)


class ClosedDayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ClosedDay

    first_day = date(2026, 12, 21)
    last_day = date(2027, 1, 3)
    reason = "Winter break"


class AgendaItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AgendaItem

    session = factory.SubFactory(SessionFactory)
    position = factory.Sequence(int)
    minutes = 15
    title = factory.Sequence(lambda n: f"Block {n}")


class AttendanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attendance

    session = factory.SubFactory(SessionFactory)
    member = factory.SubFactory(MemberFactory)
    answer = Attendance.Answer.GOING
    answered_at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic

    title = factory.Sequence(lambda n: f"Topic {n}")
    why = "It keeps coming up."
    state = Topic.State.OPEN
    proposed_at = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


class VoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Vote

    topic = factory.SubFactory(TopicFactory)
    member = factory.SubFactory(MemberFactory)
    at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
