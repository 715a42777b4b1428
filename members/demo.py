"""The people of the demo community."""

from datetime import datetime
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from members.models import Community, Member, Skill, Team

PASSWORD = "learn-together"  # noqa: S105 -- printed by `make run`; the command refuses without DEBUG
DOMAIN = "cop.example"
ADMIN = {"id": "admin", "name": "Robin Admin", "role": "em", "band": 3, "tz": "Europe/Berlin", "facilitator": True}
ROLES = {"em": Member.Role.MANAGER, "tech_lead": Member.Role.TECH_LEAD, "aspiring": Member.Role.ASPIRING}


def load_members(content: dict[str, Any], *, now: datetime) -> dict[str, Member]:
    """Creates teams, skills and members of the demo content; returns the members by their id there."""
    Community.objects.update_or_create(pk=1, defaults={"stage": Community.Stage.OPEN, "allowed_domains": DOMAIN})
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in content["teams"]}
    skills = {name: Skill.objects.get_or_create(name=name)[0] for name in content["skills"]}
    people = {entry["id"]: _load_member(entry, teams, skills, now) for entry in [*content["members"], ADMIN]}
    Member.objects.filter(pk=people["admin"].pk).update(is_staff=True, is_superuser=True)
    return people


def demo_address(key: str) -> str:
    """Returns the e-mail address of the demo member `key`."""
    return f"{key}@{DOMAIN}"


@cache
def _hashed() -> str:
    """Hashed once for all of them: hashing takes long on purpose."""
    return make_password(PASSWORD)


def _load_member(entry: dict[str, Any], teams: dict[str, Team], skills: dict[str, Skill], now: datetime) -> Member:
    email = demo_address(entry["id"])
    member = Member.objects.filter(email=email).first()
    if member:
        return member
    member = Member.objects.create(
        email=email,
        password=_hashed(),
        name=entry["name"],
        role=ROLES[entry["role"]],
        band=entry["band"],
        team=teams.get(entry.get("team", "")),
        time_zone=entry["tz"],
        is_facilitator=entry.get("facilitator", False),
        joined_at=now,
    )
    member.offers.set(skills[name] for name in entry.get("offers", ()))
    member.seeks.set(skills[name] for name in entry.get("seeks", ()))
    EmailAddress.objects.create(user=member, email=email, verified=True, primary=True)
    return member
