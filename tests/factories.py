"""Rows for tests, made by factory-boy; each default is valid and unremarkable."""

import factory

from members.models import Member, Skill, Team


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
