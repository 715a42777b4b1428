"""First steps: what a member may still want to do, and who could help them."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Community, Member, MemberQuerySet


@dataclass(frozen=True)
class Step:
    """One line of what waits for a member."""

    text: str
    action: str
    url: str
    icon: str


def first_steps(member: Member) -> list[Step]:
    """Returns the steps that `member` has not done yet, in order; one query."""
    profile = reverse("members:me")
    steps = []
    if not (member.team_id and member.about):
        steps.append(Step(_("Say who you are: your team and a few words."), _("Write"), profile, "user"))
    offers = Exists(Member.offers.through.objects.filter(member=OuterRef("pk")))
    seeks = Exists(Member.seeks.through.objects.filter(member=OuterRef("pk")))
    named = Member.objects.filter(pk=member.pk).values_list(offers, seeks).get()
    if not named[0]:
        steps.append(
            Step(_("Name one skill you can help with."), _("Offer"), f"{profile}#id_offers", "heart-handshake")
        )
    if not named[1]:
        steps.append(Step(_("Name one skill to practise."), _("Choose"), f"{profile}#id_seeks", "target"))
    return steps


@dataclass(frozen=True)
class Tick:
    """One of the first steps, done or not."""

    text: str
    why: str
    action: str
    url: str
    is_done: bool


def ticks_of(member: Member, community: Community) -> list[Tick]:
    """Returns the first steps that belong to this app, in order: profile, charter, skills; one query."""
    profile = reverse("members:me")
    through = [Member.offers.through, Member.seeks.through]
    both = [Exists(skills._default_manager.filter(member=OuterRef("pk"))) for skills in through]
    has_skills = all(Member.objects.filter(pk=member.pk).values_list(*both).get())
    return [
        Tick(
            _("Say who you are"),
            _("Your team and a few words about you, so that others know whom they meet."),
            _("Write"),
            profile,
            bool(member.team_id and member.about),
        ),
        Tick(
            _("Read the charter"),
            _("How we treat each other here. It takes two minutes."),
            _("Read"),
            reverse("charter:charter"),
            member.charter_seen >= community.charter_version,
        ),
        Tick(
            _("Name one skill you offer and one you seek"),
            _("People find each other by them: for a question, or to practise together."),
            _("Choose"),
            f"{profile}#id_offers",
            has_skills,
        ),
    ]


def could_help(member: Member) -> MemberQuerySet:
    """Others who offer a skill that `member` would like to practise."""
    sought = Member.seeks.through.objects.filter(member=member).values("skill")
    offering = Member.offers.through.objects.filter(skill__in=sought).values("member")
    return Member.objects.in_directory().exclude(pk=member.pk).filter(pk__in=offering)
