"""The pages of plans: starting one, its tries, what partners say, its end; and things to try."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page, wants_fragment
from members.once import once
from members.rights import MemberRequest, members_only
from practice import plan_actions
from practice.forms import (
    AttemptForm,
    EndForm,
    IntentionChangeForm,
    IntentionForm,
    PartnerNoteForm,
    PlanForm,
    StartForm,
)
from practice.getting import own_attempt, own_intention, own_plan, today_of, visible_plan
from practice.models import Attempt, Plan, Reflection
from practice.rows import plan_card

PER_PAGE = 20
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@members_only
def plans(request: MemberRequest) -> HttpResponse:
    """What others practise and let one see."""
    today = today_of(request.user)
    found = Plan.objects.visible_to(request.user, on=today).exclude(member=request.user).with_attempts()
    page = Paginator(found.order_by("ended_at", "-started_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    cards = [plan_card(plan, reader=request.user, today=today) for plan in page]
    return render_page(request, "practice/plans.html", {"page": page, "cards": cards})


@require_safe
@members_only
def own_plans(request: MemberRequest) -> HttpResponse:
    """All of one's own, those that ended too."""
    today = today_of(request.user)
    page = Paginator(Plan.objects.of(request.user).with_attempts(), PER_PAGE).get_page(request.GET.get("page"))
    cards = [plan_card(plan, reader=request.user, today=today) for plan in page]
    return render_page(request, "practice/own_plans.html", {"page": page, "cards": cards})


@write
@members_only
def new_plan(request: MemberRequest) -> HttpResponse:
    """A new plan, perhaps from an intention or after a plan that gets narrower."""
    today, now = today_of(request.user), timezone.now()
    if request.method != "POST":
        return _plan_page(request, PlanForm(today=today, initial=_start(request)))
    form = PlanForm(request.POST, today=today)
    if not form.is_valid():
        return _plan_page(request, form, UNPROCESSABLE)
    key = form.cleaned_data["key"]
    plan = form.save(commit=False)
    return redirect(
        once(request.user, key, create=lambda: plan_actions.start_plan(plan, by=request.user, now=now), now=now)
    )


def _start(request: MemberRequest) -> dict[str, Any]:
    """Returns what a new plan begins with."""
    form = StartForm(request.GET)
    if not form.is_valid():
        return {}
    before = Plan.objects.filter(member=request.user, pk=form.cleaned_data["after"] or 0).first()
    names = ("skill", "better", "drill", "attempts_planned", "visibility")
    return {name: getattr(before, name) for name in names} if before else {"skill": form.cleaned_data["skill"]}


def _plan_page(
    request: MemberRequest, form: PlanForm, status: int = HTTPStatus.OK, plan: Plan | None = None
) -> HttpResponse:
    return render_page(request, "practice/plan_form.html", {"form": form, "plan": plan}, status=status)


@require_safe
@members_only
def plan(request: MemberRequest, number: int) -> HttpResponse:
    """One plan with its tries."""
    found = visible_plan(request, number)
    return moved_to(request, found) or _show_plan(request, found)


def _show_plan(request: MemberRequest, plan: Plan, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    today = today_of(request.user)
    own = plan.member_id == request.user.pk
    card = plan_card(plan, reader=request.user, today=today)
    context = {
        "card": card,
        "form": AttemptForm(today=today) if own and card.takes_attempts else None,
        "reflections": Reflection.objects.filter(member=request.user, plan=plan).order_by("-written_at"),
        "may_say": plan_actions.is_partner(request.user, plan, on=today),
        **more,
    }
    return render_page(request, "practice/plan.html", context, status=status)


@write
@members_only
def edit_plan(request: MemberRequest, number: int) -> HttpResponse:
    found = own_plan(request, number)
    today = today_of(request.user)
    if request.method != "POST":
        return moved_to(request, found) or _plan_page(request, PlanForm(instance=found, today=today), plan=found)
    form = PlanForm(request.POST, instance=found, today=today)
    if not form.is_valid():
        return _plan_page(request, form, UNPROCESSABLE, found)
    form.save()
    messages.success(request, _("Saved."))
    return redirect(found)


@write
@members_only
def delete_plan(request: MemberRequest, number: int) -> HttpResponse:
    """Away with all its tries, after a question."""
    found = own_plan(request, number)
    if request.method != "POST":
        return moved_to(request, found) or render_page(request, "practice/plan_delete.html", {"plan": found})
    found.delete()
    messages.success(request, _("The plan and its tries are gone."))
    return redirect("practice:index")


@write
@members_only
def new_attempt(request: MemberRequest, number: int) -> HttpResponse:
    """One more try."""
    found = own_plan(request, number)
    if request.method != "POST":
        form = AttemptForm(today=today_of(request.user))
        return moved_to(request, found) or _attempt_page(request, form, found)
    form = AttemptForm(request.POST, today=today_of(request.user))
    if not form.is_valid():
        return _attempt_page(request, form, found, UNPROCESSABLE)
    try:
        return redirect(_log(request, form, found))
    except plan_actions.PlanEndedError:
        form.add_error(None, _("All tries of this plan are there, or it has ended. You can plan more of them."))
        return _attempt_page(request, form, found, UNPROCESSABLE)


def _log(request: MemberRequest, form: AttemptForm, plan: Plan) -> str:
    now, attempt = timezone.now(), form.save(commit=False)

    def create() -> str:
        plan_actions.log_attempt(plan, attempt, now=now)
        return plan.get_absolute_url()

    return once(request.user, form.cleaned_data["key"], create=create, now=now)


def _attempt_page(
    request: MemberRequest,
    form: AttemptForm,
    plan: Plan,
    status: int = HTTPStatus.OK,
    attempt: Attempt | None = None,
) -> HttpResponse:
    context = {"form": form, "plan": plan, "attempt": attempt}
    return render_page(request, "practice/attempt.html", context, status=status)


@write
@members_only
def attempt(request: MemberRequest, number: int, attempt: int) -> HttpResponse:
    """Changes a try."""
    found, today = own_attempt(request, number, attempt), today_of(request.user)
    if request.method != "POST":
        form = AttemptForm(instance=found, today=today)
        return moved_to(request, found.plan) or _attempt_page(request, form, found.plan, attempt=found)
    form = AttemptForm(request.POST, instance=found, today=today)
    if not form.is_valid():
        return _attempt_page(request, form, found.plan, UNPROCESSABLE, found)
    form.save()
    messages.success(request, _("Saved."))
    return redirect(found.plan)


@write
@members_only
def delete_attempt(request: MemberRequest, number: int, attempt: int) -> HttpResponse:
    found = own_attempt(request, number, attempt)
    if request.method != "POST":
        page = {"attempt": found, "plan": found.plan}
        return moved_to(request, found.plan) or render_page(request, "practice/attempt_delete.html", page)
    found.delete()
    messages.success(request, _("The try is gone."))
    return redirect(found.plan)


@write
@members_only
def partner_note(request: MemberRequest, number: int, attempt: int) -> HttpResponse:
    """What a partner says about a try."""
    plan = visible_plan(request, number)
    found = get_object_or_404(Attempt.objects.select_related("plan__member"), pk=attempt, plan=plan)
    if not plan_actions.is_partner(request.user, plan, on=today_of(request.user)):
        raise PermissionDenied
    context: dict[str, Any] = {"plan": plan, "attempt": found}
    if request.method != "POST":
        said = found.notes.filter(by=request.user).first()
        context["form"] = PartnerNoteForm(initial={"text": said.text if said else ""})
        return moved_to(request, plan) or render_page(request, "practice/partner_note.html", context)
    form = PartnerNoteForm(request.POST)
    if not form.is_valid():
        return render_page(request, "practice/partner_note.html", {**context, "form": form}, status=UNPROCESSABLE)
    text = form.cleaned_data["text"]
    plan_actions.say_about(found, text, by=request.user, now=timezone.now())
    messages.success(request, _("It stands below the try.") if text else _("It is taken back."))
    return redirect(plan)


@write
@members_only
def end_plan(request: MemberRequest, number: int) -> HttpResponse:
    """Keep, narrow or stop; a look back comes next."""
    found = own_plan(request, number)
    if request.method != "POST":
        context = {"plan": found, "form": EndForm()}
        return moved_to(request, found) or render_page(request, "practice/end.html", context)
    form = EndForm(request.POST)
    if not form.is_valid():
        return render_page(request, "practice/end.html", {"plan": found, "form": form}, status=UNPROCESSABLE)
    plan_actions.end_plan(found, form.cleaned_data["ending"], now=timezone.now())
    messages.success(request, _("The plan has ended. What do you take with you?"))
    return redirect(f"{reverse('practice:new_reflection')}?form=short&plan={found.pk}")


@write
@members_only
def reopen_plan(request: MemberRequest, number: int) -> HttpResponse:
    """Takes the end back."""
    found = own_plan(request, number)
    if request.method != "POST":
        return moved_to(request, found) or render_page(request, "practice/reopen.html", {"plan": found})
    plan_actions.reopen_plan(found)
    messages.success(request, _("It goes on."))
    return redirect(found)


@write
@members_only
def plan_insight(request: MemberRequest, number: int) -> HttpResponse:
    """Shows what goes into a draft insight, then makes it."""
    found = own_plan(request, number)
    if request.method != "POST":
        context = {"plan": found, "answers": plan_actions.insight_answers(found)}
        return moved_to(request, found) or render_page(request, "practice/insight.html", context)
    material = plan_actions.draft_insight(found, now=timezone.now())
    return redirect("library:edit" if material.is_draft else "library:material", material)


@write
@members_only
def new_intention(request: MemberRequest) -> HttpResponse:
    """One thing to try, from wherever it is offered."""
    if request.method != "POST":
        return _intention_page(request, IntentionForm())
    form = IntentionForm(request.POST)
    if not form.is_valid():
        return _intention_page(request, form, UNPROCESSABLE)
    now, intention = timezone.now(), form.save(commit=False)

    def create() -> str:
        plan_actions.note_intention(intention, by=request.user, now=now)
        return reverse("practice:index")

    url = once(request.user, form.cleaned_data["key"], create=create, now=now)
    if wants_fragment(request):
        return render_page(request, "practice/intention.html", {"noted": True}, fragment="form")
    messages.success(request, _("It is on your list."))
    return redirect(url)


def _intention_page(request: MemberRequest, form: IntentionForm, status: int = HTTPStatus.OK) -> HttpResponse:
    return render_page(request, "practice/intention.html", {"form": form}, fragment="form", status=status)


@write
@members_only
def intention(request: MemberRequest, number: int) -> HttpResponse:
    """Tried, not yet, or away with it."""
    found = own_intention(request, number)
    form = IntentionChangeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
        return render_page(request, "practice/intention_change.html", {"intention": found, "form": form}, status=status)
    plan_actions.change_intention(found, form.cleaned_data["change"], on=today_of(request.user))
    return redirect("practice:index")
