"""The people of the demo community."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from cop_portal.lib.markdown_field import MarkdownField
from members.charter_actions import write_charter
from members.charter_forms import PREFIX
from members.invitations import COUNTS_FOR, digest_of, new_token
from members.models import CharterVersion, Community, Invitation, Member, Skill, Team

PASSWORD = "learn-together"  # noqa: S105 -- printed by `make run`; the command refuses without DEBUG
DOMAIN = "cop.example"
NEW, SETTLED = timedelta(days=6), timedelta(days=300)  # since when people are here
ADMIN = {"id": "admin", "name": "Robin Admin", "role": "em", "band": 3, "tz": "Europe/Berlin", "facilitator": True}
ROLES = {"em": Member.Role.MANAGER, "tech_lead": Member.Role.TECH_LEAD, "aspiring": Member.Role.ASPIRING}


def load_members(content: dict[str, Any], *, now: datetime) -> dict[str, Member]:
    """Creates teams, skills and members of the demo content; returns the members by their id there."""
    Community.objects.update_or_create(pk=1, defaults={"stage": Community.Stage.OPEN, "allowed_domains": DOMAIN})
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in content["teams"]}
    skills = {name: Skill.objects.get_or_create(name=name)[0] for name in content["skills"]}
    people = {entry["id"]: _load_member(entry, teams, skills, now) for entry in [*content["members"], ADMIN]}
    Member.objects.filter(pk=people["admin"].pk).update(is_staff=True, is_superuser=True)
    _load_charter(people["admin"], now)
    _load_invitations(people["admin"], now)
    return people


def _load_charter(admin: Member, now: datetime) -> None:
    """A charter, which those who have been here for long have read."""
    if not CharterVersion.objects.exists():
        text = MarkdownField(prefix=PREFIX).clean((Path(__file__).parent / "demo_charter.md").read_text())
        write_charter(text, note="", onto=0, by=admin, now=now)
        Member.objects.exclude(role=Member.Role.ASPIRING).update(charter_seen=1)


def _load_invitations(admin: Member, now: datetime) -> None:
    """One that is under way, one that ran out; the ledger tells nobody, since nobody is there."""
    if Invitation.objects.exists():
        return
    for name, role, days in (("noor", Member.Role.MANAGER, 2), ("pavel", Member.Role.GUEST, 20)):
        sent = now - timedelta(days=days)
        Invitation.objects.create(
            email=f"{name}@invited.example",
            role=role,
            digest=digest_of(new_token()),
            invited_by=admin,
            created_at=sent,
            sent_at=sent,
            expires_at=sent + COUNTS_FOR,
        )


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
        joined_at=now - (NEW if ROLES[entry["role"]] == Member.Role.ASPIRING else SETTLED),
    )
    member.offers.set(skills[name] for name in entry.get("offers", ()))
    member.seeks.set(skills[name] for name in entry.get("seeks", ()))
    EmailAddress.objects.create(user=member, email=email, verified=True, primary=True)
    return member
