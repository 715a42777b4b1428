"""What a member finds on their home, gathered from all apps."""

from datetime import datetime

from cop_portal.lib.greeting import greeting
from members.models import Member
from members.welcome import could_help, first_steps

HELPERS, NEWCOMERS = 3, 6


def home_of(member: Member, *, now: datetime) -> dict[str, object]:
    """Returns the context of `member`'s home at the aware instant `now`."""
    local = member.local_time(now)
    return {
        "today": local.date(),
        "greeting": greeting(local),
        "steps": first_steps(member),
        "helpers": could_help(member).for_cards()[:HELPERS],
        "newcomers": Member.objects.in_directory()
        .exclude(pk=member.pk)
        .select_related("team")
        .order_by("-joined_at")[:NEWCOMERS],
        "now": now,
    }
