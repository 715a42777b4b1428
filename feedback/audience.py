"""Who may answer the poll of a session."""

from django.db.models import Q, QuerySet

from members.models import Community, Member
from sessions.models import Attendance, Session


def invited_to(session: Session) -> QuerySet[Member]:
    """Everyone who may answer: all the session was meant for, whether they came or not."""
    meant_for = Q(role__in=(Member.Role.TECH_LEAD, Member.Role.MANAGER))
    meant_for |= Q(role=Member.Role.GUEST, pk__in=Attendance.objects.filter(session=session).values("member"))
    if session.audience != Session.Audience.LEADS and Community.current().stage != Community.Stage.LEADS:
        meant_for |= Q(role=Member.Role.ASPIRING)
    return Member.objects.filter(meant_for, is_active=True)


def is_invited(member: Member, session: Session, community: Community) -> bool:
    """Whether `member`, to whom `session` is visible, is one of `invited_to`; asks the database nothing.

    A guest sees only sessions that they were invited to.
    """
    if member.role != Member.Role.ASPIRING:
        return True
    return session.audience != Session.Audience.LEADS and community.stage != Community.Stage.LEADS
