"""The getters of the practice app: a row that the reader may see, or 404 as for one that is missing."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from members.models import Member
from members.rights import MemberRequest
from practice.models import Attempt, CoachingGroup, Intention, Plan, Reflection, SharedReflection


def today_of(member: Member) -> date:
    """Returns the day on the member's own calendar."""
    return member.local_time(timezone.now()).date()


def visible_plan(request: MemberRequest, number: int) -> Plan:
    plans = Plan.objects.visible_to(request.user, on=today_of(request.user))
    return get_object_or_404(plans.with_attempts(), pk=number)


def own_plan(request: MemberRequest, number: int) -> Plan:
    """Whoever may only read it gets 404 as well: writing addresses say nothing about other people's plans."""
    return get_object_or_404(Plan.objects.filter(member=request.user).select_related("member", "insight"), pk=number)


def own_attempt(request: MemberRequest, number: int, attempt: int) -> Attempt:
    rows = Attempt.objects.filter(plan=number, plan__member=request.user).select_related("plan")
    return get_object_or_404(rows, pk=attempt)


def own_intention(request: MemberRequest, number: int) -> Intention:
    return get_object_or_404(Intention.objects.filter(member=request.user), pk=number)


def own_reflection(request: MemberRequest, number: int) -> Reflection:
    """Its author's alone: nobody else, whatever their flags, learns that it is there."""
    rows = Reflection.objects.filter(member=request.user).select_related("session", "plan", "insight", "principle")
    return get_object_or_404(rows.prefetch_related("shared"), pk=number)


def visible_shared(request: MemberRequest, number: int) -> SharedReflection:
    rows: Any = SharedReflection.objects.visible_to(request.user).select_related("reflection__member", "session")
    found: SharedReflection = get_object_or_404(rows, pk=number)
    return found


def own_group(request: MemberRequest, number: int) -> CoachingGroup:
    """Of a published round, for its members alone; facilitators are no exception."""
    mine = CoachingGroup.objects.filter(pk__in=request.user.coaching_groups.published().values("group"))
    return get_object_or_404(mine.select_related("round"), pk=number)
