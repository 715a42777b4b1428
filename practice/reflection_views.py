"""The pages of reflections: writing, reading one's own, sharing a copy and taking it back."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.once import once
from members.rights import MemberRequest, members_only
from practice import sharing
from practice.getting import own_reflection, today_of, visible_shared
from practice.models import Reflection, SharedReflection
from practice.prompts import shown
from practice.reflection_forms import ChosenForm, ReflectionForm, ShareForm

PER_PAGE = 20
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@members_only
def reflections(request: MemberRequest) -> HttpResponse:
    """One's own, newest first."""
    mine = Reflection.objects.filter(member=request.user).select_related("session", "plan", "insight", "principle")
    ordered = mine.prefetch_related("shared").order_by("-written_at", "-pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    return render_page(request, "practice/reflections.html", {"page": page, "forms": Reflection.Form.choices})


@write
@members_only
def new_reflection(request: MemberRequest) -> HttpResponse:
    """A calm page to write."""
    asked = ChosenForm(request.POST if request.method == "POST" else request.GET)
    chosen, links = asked.chosen()
    now = timezone.now()
    if request.method != "POST":
        form = ReflectionForm(member=request.user, now=now, form=chosen, wanted=links)
        return _write_page(request, form)
    form = ReflectionForm(request.POST, member=request.user, now=now, form=chosen)
    if not form.is_valid():
        return _write_page(request, form, UNPROCESSABLE)
    return _kept(request, _keep(request, form), f"new-{chosen}")


def _keep(request: MemberRequest, form: ReflectionForm) -> str:
    now = timezone.now()

    def create() -> Reflection:
        words = form.answers(), form.links()
        return sharing.write_reflection(*words, by=request.user, form=form.prompt_form, now=now)

    return once(request.user, form.cleaned_data["key"], create=create, now=now)


def _kept(request: MemberRequest, url: str, draft: str) -> HttpResponse:
    """The fragment tells the script which draft on this device is no longer needed."""
    messages.success(request, _("Kept, for you alone."))
    return redirect(f"{url}#kept-{draft}")


def _write_page(
    request: MemberRequest, form: ReflectionForm, status: int = HTTPStatus.OK, reflection: Reflection | None = None
) -> HttpResponse:
    ways = [(value, label, value == form.prompt_form) for value, label in Reflection.Form.choices]
    draft = f"edit-{reflection.pk}" if reflection else f"new-{form.prompt_form}"
    context = {"form": form, "ways": ways, "reflection": reflection, "draft": draft}
    return render_page(request, "practice/reflect.html", context, status=status)


@require_safe
@members_only
def reflection(request: MemberRequest, number: int) -> HttpResponse:
    found = own_reflection(request, number)
    context = {"reflection": found, "answers": _shown(found.answers), "about": found.about}
    return moved_to(request, found) or render_page(request, "practice/reflection.html", context)


def _shown(answers: list[dict[str, str]]) -> list[dict[str, str]]:
    """The answers that say something, below their prompts in the reader's language."""
    return [{"prompt": shown(one["prompt"]), "text": one["text"]} for one in answers if one["text"]]


@write
@members_only
def edit_reflection(request: MemberRequest, number: int) -> HttpResponse:
    found, now = own_reflection(request, number), timezone.now()
    data = request.POST if request.method == "POST" else None
    form = ReflectionForm(data, member=request.user, now=now, form=found.form, reflection=found)
    if data is None:
        return moved_to(request, found) or _write_page(request, form, reflection=found)
    if not form.is_valid():
        return _write_page(request, form, UNPROCESSABLE, found)
    sharing.change_reflection(found, form.answers(), form.links(), now=now)
    return _kept(request, found.get_absolute_url(), f"edit-{found.pk}")


@write
@members_only
def delete_reflection(request: MemberRequest, number: int) -> HttpResponse:
    """Away with it and with what was shared of it, after a question."""
    found = own_reflection(request, number)
    if request.method != "POST":
        page = {"reflection": found}
        return moved_to(request, found) or render_page(request, "practice/reflection_delete.html", page)
    found.delete()
    messages.success(request, _("It is gone, and so is what you shared of it."))
    return redirect("practice:reflections")


@write
@members_only
def share_reflection(request: MemberRequest, number: int) -> HttpResponse:
    """Copies the answers that are ticked."""
    found, today = own_reflection(request, number), today_of(request.user)
    audiences = sharing.audiences_of(found, on=today)
    form = ShareForm(request.POST if request.method == "POST" else None, reflection=found, audiences=audiences)
    if not form.is_bound:
        return moved_to(request, found) or _share_page(request, found, form)
    if not form.is_valid():
        return _share_page(request, found, form, UNPROCESSABLE)
    audience = form.cleaned_data["audience"]
    try:
        sharing.share(found, form.chosen_answers(), audience, on=today, now=timezone.now())
    except sharing.NoSuchAudienceError:
        form.add_error("audience", _("That is no longer possible."))
        return _share_page(request, found, form, UNPROCESSABLE)
    messages.success(request, _("A copy of what you ticked is shared. You can take it back at any time."))
    return redirect(found)


def _share_page(
    request: MemberRequest, reflection: Reflection, form: ShareForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"reflection": reflection, "form": form}
    return render_page(request, "practice/share.html", context, status=status)


@require_safe
@members_only
def all_shared(request: MemberRequest) -> HttpResponse:
    """What others shared with one."""
    found = SharedReflection.objects.visible_to(request.user).select_related("reflection__member", "session", "group")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"shared": one, "answers": _shown(one.answers)} for one in page]
    return render_page(request, "practice/all_shared.html", {"page": page, "rows": rows})


@require_safe
@members_only
def shared(request: MemberRequest, number: int) -> HttpResponse:
    found = visible_shared(request, number)
    context = {"shared": found, "answers": _shown(found.answers)}
    return moved_to(request, found) or render_page(request, "practice/shared.html", context)


@write
@members_only
def withdraw(request: MemberRequest, number: int) -> HttpResponse:
    """Takes a copy back, after a question."""
    mine = SharedReflection.objects.filter(reflection__member=request.user).select_related("reflection")
    found = get_object_or_404(mine, pk=number)
    if request.method != "POST":
        return moved_to(request, found) or render_page(request, "practice/withdraw.html", {"shared": found})
    sharing.withdraw(found)
    messages.success(request, _("It is yours alone again."))
    return redirect(reverse("practice:reflection", args=[found.reflection]))
