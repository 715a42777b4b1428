"""What pages show of plans and groups, ready for the templates."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Member
from practice.models import Attempt, Plan

ICONS = {Plan.Visibility.ME: "lock", Plan.Visibility.GROUP: "users", Plan.Visibility.EVERYONE: "globe"}


@dataclass(frozen=True)
class PlanCard:
    """A plan with its tries, newest first."""

    plan: Plan
    attempts: list[Attempt]
    is_own: bool
    shown_to: str
    icon: str
    until: str
    steps: list[bool]
    takes_attempts: bool

    @property
    def done(self) -> int:
        return len(self.attempts)

    @property
    def latest(self) -> list[Attempt]:
        return self.attempts[:2]


def plan_card(plan: Plan, *, reader: Member, today: date) -> PlanCard:
    """Returns the card of a plan whose attempts are prefetched."""
    attempts = list(plan.attempts.all())
    return PlanCard(
        plan=plan,
        attempts=attempts,
        is_own=plan.member_id == reader.pk,
        shown_to=_shown_to(plan),
        icon=ICONS[Plan.Visibility(plan.visibility)],
        until=_until(plan, today),
        steps=[number < len(attempts) for number in range(plan.attempts_planned)],
        takes_attempts=plan.is_open and len(attempts) < plan.attempts_planned,
    )


def _shown_to(plan: Plan) -> str:
    return {
        Plan.Visibility.ME: _("Only you"),
        Plan.Visibility.GROUP: _("You and your coaching group"),
        Plan.Visibility.EVERYONE: _("Everyone here"),
    }[Plan.Visibility(plan.visibility)]


def _until(plan: Plan, today: date) -> str:
    if not plan.is_open:
        return str(Plan.Ending(plan.ending).label) if plan.ending else ""
    if plan.until is None:
        return ""
    far = plan.until.year != today.year
    return _("until %(day)s") % {"day": date_format(plan.until, _("j F Y") if far else _("j F"))}
