"""Rows for tests, made by factory-boy; each default is valid and unremarkable."""

from datetime import UTC, date, datetime, time

import factory
from django.core.files.uploadedfile import SimpleUploadedFile

from library.files import accept, attach
from library.indexing import index_material
from library.models import Insight, Link, Material, Principle, Tag
from library.tags import tag_key
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


class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tag

    name = factory.Sequence(lambda n: f"tag {n}")


class PrincipleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Principle

    title = factory.Sequence(lambda n: f"Principle {n}")
    statement = "We can say what should become different."
    looks_like = "A ticket opens with the situation."
    drift = "We celebrate the release."
    prompt = "Who noticed?"


class MaterialFactory(factory.django.DjangoModelFactory):
    """An article that every member may read; `tags=["a"]` attaches tags by name. It can be searched."""

    class Meta:
        model = Material
        skip_postgeneration_save = True

    kind = Material.Kind.ARTICLE
    title = factory.Sequence(lambda n: f"Material {n}")
    summary = "In short."
    owner = factory.SubFactory(MemberFactory)
    team = factory.SelfAttribute("owner.team")
    created_at = changed_at = published_at = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)

    @factory.post_generation
    def tags(self, create, names, **kwargs):
        if create and names:
            self.tags.set(
                Tag.objects.filter(key=tag_key(name)).first() or Tag.objects.create(name=name) for name in names
            )

    @factory.post_generation
    def principles(self, create, principles, **kwargs):
        if create and principles:
            self.principles.set(principles)

    @factory.post_generation
    def indexed(self, create, extracted, **kwargs):
        if create:
            index_material(self)


class LinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Link

    material = factory.SubFactory(MaterialFactory, kind=Material.Kind.LINK)
    address = normal_address = factory.Sequence(lambda n: f"https://reading.example/{n}")
    minutes = 8


class InsightFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Insight
        skip_postgeneration_save = True

    material = factory.SubFactory(MaterialFactory, kind=Material.Kind.INSIGHT)
    nature = Insight.Nature.EXPERIMENT
    answers = factory.LazyFunction(lambda: {"hypothesis": "Less is more.", "tried": "Six weeks.", "result": "It was."})
    outcome = Insight.Outcome.WORKED
    repeat = Insight.Repeat.YES

    @factory.post_generation
    def indexed(self, create, extracted, **kwargs):
        if create:
            index_material(self.material)


def stored_file(content: bytes = b"# Handout", name: str = "handout.md", **fields):
    """Returns an attachment whose bytes are stored; `fields` are those of its material."""
    material = MaterialFactory(kind=Material.Kind.FILE, **fields)
    file = accept(SimpleUploadedFile(name, content))
    attachment = attach(material, file, by=material.owner, now=material.created_at)
    index_material(material)
    return attachment
