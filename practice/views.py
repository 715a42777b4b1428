"""The entrance of the practice part: a notebook that opens where one left it."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cop_portal.lib.htmx import render_page
from members.rights import MemberRequest, members_only
from practice.forms import IntentionForm
from practice.getting import today_of
from practice.group_page import current_group, group_page
from practice.models import CoachingRound, Intention, OptIn, Plan, Reflection
from practice.reflection_forms import ReflectionForm
from practice.rows import plan_card

SHOWN_PLANS, SHOWN_INTENTIONS = 3, 5


@require_safe
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """What one practises, a place to look back, and one's coaching group."""
    me, today, now = request.user, today_of(request.user), timezone.now()
    running = Plan.objects.of(me).running().with_attempts()[: SHOWN_PLANS + 1]
    group = current_group(me, on=today)
    context = {
        "cards": [plan_card(plan, reader=me, today=today) for plan in running][:SHOWN_PLANS],
        "has_more": len(running) > SHOWN_PLANS,
        "form": ReflectionForm(member=me, now=now, form=Reflection.Form.SHORT, links=False),
        "ways": [choice for choice in Reflection.Form.choices if choice[0] != Reflection.Form.SHORT],
        "intentions": Intention.objects.filter(member=me, done_on=None)[:SHOWN_INTENTIONS],
        "intention_form": IntentionForm(),
        "group": group_page(group, me, today=today) if group else None,
        "open_round": None if group else CoachingRound.objects.gathering().first(),
        "joined": set(OptIn.objects.filter(member=me).values_list("round", flat=True)) if not group else set(),
        "now": now,
    }
    return render_page(request, "practice/index.html", context)
