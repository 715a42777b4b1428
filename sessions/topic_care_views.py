"""What facilitators do with topics: put them back, set them aside, merge them."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.rights import MemberRequest, facilitators_only
from sessions.forms import MergeForm, TopicStateForm
from sessions.topic_life import NotMergeableError, change_topic, merge_topics
from sessions.topics import Topic


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def state(request: MemberRequest, number: int) -> HttpResponse:
    """Covered, not reached, or set aside with a reason."""
    found = get_object_or_404(Topic.objects.listed(), pk=number)
    known = {"state": found.state, "reason": found.set_aside_reason}
    form = TopicStateForm(request.POST if request.method == "POST" else None, initial=known)
    if not form.is_bound:
        return moved_to(request, found) or render_page(request, "sessions/topic_state.html", _context(found, form))
    if not form.is_valid():
        context, status = _context(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
        return render_page(request, "sessions/topic_state.html", context, status=status)
    change_topic(found, form.cleaned_data["state"], form.cleaned_data["reason"], now=timezone.now())
    messages.success(request, _("Noted. Members see it on the page of the topic."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def merge(request: MemberRequest, number: int) -> HttpResponse:
    """Makes a topic a part of another one, with its votes."""
    found = get_object_or_404(Topic.objects.listed(), pk=number)
    form = MergeForm(found, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        context = _context(found, form) | {"similar": _others_like(found)}
        return moved_to(request, found) or render_page(request, "sessions/merge_topic.html", context)
    if form.is_valid():
        try:
            merge_topics(found, form.cleaned_data["into"])
        except NotMergeableError:
            form.add_error("into", _("Somebody merged one of the two meanwhile. Please look again."))
        else:
            messages.success(request, _("“%(title)s” is a part of this topic now.") % {"title": found})
            return redirect(form.cleaned_data["into"])
    context, status = _context(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    return render_page(request, "sessions/merge_topic.html", context, status=status)


def _context(topic: Topic, form: TopicStateForm | MergeForm) -> dict[str, object]:
    return {"topic": topic, "form": form}


def _others_like(topic: Topic) -> list[Topic]:
    return [one for one in Topic.objects.similar_to(topic.title) if one != topic]
