"""First steps: what a member may still want to do, and who could help them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Member, MemberQuerySet


@dataclass(frozen=True)
class Step:
    """One tick of the welcome list; `done` steps are not shown."""

    text: str
    action: str
    url: str
    icon: str
    done: bool


def first_steps(member: Member) -> list[Step]:
    """Returns the steps that `member` has not done yet, in order; two queries."""
    profile = reverse("members:me")
    steps = [
        Step(_("Say who you are: your team and a few words."), _("Write"), profile, "user", _introduced(member)),
        Step(
            _("Name one skill you can help with."),
            _("Offer"),
            f"{profile}#id_offers",
            "heart-handshake",
            member.offers.exists(),
        ),
        Step(
            _("Name one skill you would like to practise."),
            _("Choose"),
            f"{profile}#id_seeks",
            "target",
            member.seeks.exists(),
        ),
    ]
    return [step for step in steps if not step.done]


def _introduced(member: Member) -> bool:
    return bool(member.team_id and member.about)


def could_help(member: Member) -> MemberQuerySet:
    """Others who offer a skill that `member` would like to practise."""
    sought = Member.seeks.through.objects.filter(member=member).values("skill")
    offering = Member.offers.through.objects.filter(skill__in=sought).values("member")
    return Member.objects.in_directory().exclude(pk=member.pk).filter(pk__in=offering)
