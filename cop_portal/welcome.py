"""The first steps of a new member, gathered from all apps."""

from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Community, Member
from members.welcome import Tick, ticks_of
from sessions.models import Attendance


def first_ticks(member: Member, community: Community) -> list[Tick]:
    """Returns the four of them, in order; two queries."""
    answered = Tick(
        _("Say whether you come"),
        _("Open a session and answer once. A “no” counts as well."),
        _("See the sessions"),
        reverse("sessions:index"),
        Attendance.objects.filter(member=member).exists(),
    )
    return [*ticks_of(member, community), answered]
