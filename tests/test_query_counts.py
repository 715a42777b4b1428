"""Every page that lists something asks the database as often for fifty rows as for five."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from feedback.actions import open_poll
from feedback.models import Poll
from library.models import Comment
from library.traces import ReadingItem
from members.joining import invite
from members.kinds import Kind
from members.models import Community
from members.telling import notify
from sessions.models import SessionMaterial
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    InsightFactory,
    MaterialFactory,
    MemberFactory,
    PrincipleFactory,
    SessionFactory,
    TagFactory,
    TeamFactory,
    TopicFactory,
    VoteFactory,
)
from tests.practice.rows import attempt_of, plan_of, reflection_of, shared_of

NOW = timezone.now()
FEW, MANY = 5, 50
MOST_OPEN_POLLS = 3  # there are never many at once


class Portal:
    """A community that grows: each round adds one of everything, on the same session, material and plan."""

    def __init__(self, lead) -> None:
        self.lead, self.size = lead, 0
        self.principle = PrincipleFactory()
        self.tag = TagFactory(name="planning")
        self.topic = TopicFactory(title="Planning")
        self.session = SessionFactory(title="Planning together", starts_at=NOW + timedelta(days=2))
        self.material = InsightFactory(material__title="Planning by feel").material
        self.plan = plan_of(lead)

    def grow(self, size: int) -> None:
        for number in range(self.size, size):
            member = MemberFactory(name=f"Planner {number}", team=TeamFactory())
            self._sessions(number, member)
            self._library(number, member)
            self._own(number)
            notify(self.lead, kind=Kind.REPLY, about=f"row:{number}", version=1, text="Hello", url="/", now=NOW)
            invite([f"someone{number}@cop.example"], role="tech_lead", by=self.lead, now=NOW)
        self.size = size

    def _sessions(self, number, member) -> None:
        coming = SessionFactory(title=f"Planning {number}", starts_at=NOW + timedelta(days=3 + number))
        past = SessionFactory(title=f"Planning {number}", starts_at=NOW - timedelta(days=30 + number))
        for session in (coming, past, self.session):
            session.leads.add(member)
            session.principles.add(self.principle)
        AttendanceFactory(session=self.session, member=member)
        AgendaItemFactory(session=self.session, lead=member, position=number)
        VoteFactory(topic=TopicFactory(title=f"Planning topic {number}"), member=member)
        poll = open_poll(past)
        if number >= MOST_OPEN_POLLS:
            Poll.objects.filter(pk=poll.pk).update(closed_at=poll.closes_at, answered=6, unit=poll.pk)

    def _library(self, number, member) -> None:
        insight = InsightFactory(material__owner=member, material__title=f"Planning {number}").material
        mine = MaterialFactory(owner=self.lead, title=f"Planning by me {number}")
        for material in (insight, mine):
            material.tags.add(self.tag, TagFactory(name=f"tag {number} {material.pk}"))
            material.principles.add(self.principle)
        MaterialFactory(owner=self.lead, binned_at=NOW)
        ReadingItem.objects.create(material=insight, member=self.lead, changed_at=NOW)
        SessionMaterial.objects.create(session=self.session, material=insight, position=number)
        Comment.objects.create(material=self.material, by=member, text="So do we.", written_at=NOW)
        self.material.adaptations.create(team=member.team, by=member, choice="adapt", written_at=NOW)

    def _own(self, number) -> None:
        attempt_of(self.plan, tried=f"Try {number}")
        plan_of(self.lead, ended_at=NOW, attempts=1)
        shared_of(reflection_of(self.lead, text=f"Thought {number}"))

    def addresses(self) -> list[str]:
        """Lists, and pages that show lists."""
        names = (
            "home", "community", "sessions:index", "sessions:past", "sessions:topics", "library:index", "library:mine",
            "library:bin", "library:reading_list", "library:tags", "library:imports", "principles:index",
            "feedback:index",
            "feedback:principles", "members:index", "members:notifications", "members:invitations", "practice:index",
            "practice:plans", "practice:own_plans", "practice:reflections", "practice:all_shared", "practice:coaching",
        )  # fmt: skip
        pages = (
            self.principle,
            self.tag,
            self.topic,
            self.session,
            self.material,
            self.plan,
            self.lead,
            self.lead.team,
        )
        month = f"{reverse('sessions:index')}?view=month"
        searches = [f"{reverse('search')}?q=planning", f"{reverse('library:index')}?q=planning&tag={self.tag.slug}"]
        return [*map(reverse, names), *(page.get_absolute_url() for page in pages), month, *searches]


@pytest.fixture
def portal(lead, settings):
    settings.RATE_LIMITS = False
    Community.objects.create(stage=Community.Stage.OPEN)
    lead.is_facilitator = True
    lead.save()
    return Portal(lead)


def counts(client, addresses):
    found = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200, address
        found[address] = len(queries)
    return found


def test_fifty_rows_cost_as_many_queries_as_five(portal, sign_in):
    client = sign_in(portal.lead)
    portal.grow(FEW)
    few = counts(client, portal.addresses())
    portal.grow(MANY)
    many = counts(client, portal.addresses())
    assert {address: (few[address], many[address]) for address in few if few[address] != many[address]} == {}
