"""The pages of topics: what people want, proposing, voting, what was covered."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page, wants_fragment
from library.models import Material
from members.models import Community, Member
from members.once import once
from members.rights import MemberRequest, members_only
from sessions import votes
from sessions.forms import SimilarForm, TopicForm, TopicsForm, VoteForm
from sessions.models import Session, may_take_part
from sessions.rows import row_of
from sessions.topics import Topic, TopicQuerySet, Vote
from sessions.views import reader_zone

PER_PAGE = 30


@require_safe
@members_only
def topics(request: MemberRequest) -> HttpResponse:
    """What people want most, or what became of topics."""
    form, community = TopicsForm(request.GET), Community.current()
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.UNPROCESSABLE_ENTITY
    found = Topic.objects.in_list(**form.wanted()).with_votes(request.user).select_related("proposed_by")
    page = Paginator(found.prefetch_related(_shown_sessions(request.user)), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, **form.ways(), **_voting(request.user, community)}
    return render_page(request, "sessions/topics.html", context, fragment="list", status=status)


@require_safe
@members_only
def topic(request: MemberRequest, number: int) -> HttpResponse:
    """One topic: why, who wants it, and what the community made of it."""
    found = get_object_or_404(_topics_for(request.user), pk=number)
    if found.merged_into:
        return HttpResponsePermanentRedirect(found.merged_into.get_absolute_url())
    if found.is_hidden and found.proposed_by_id != request.user.pk:
        return render_page(request, "sessions/hidden_topic.html", {"topic": found})
    if moved := moved_to(request, found):
        return moved
    now, zone = timezone.now(), reader_zone()
    held = Session.objects.visible_to(request.user, now=now).filter(topic=found).order_by("-starts_at")
    context = {
        "topic": found,
        "rows": [row_of(one, zone=zone, now=now) for one in held.for_rows().with_answer_of(request.user)],
        "materials": Material.objects.visible_to(request.user).filter(topics=found).select_related("link", "insight"),
        **_voting(request.user, Community.current()),
    }
    return render_page(request, "sessions/topic.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def new_topic(request: MemberRequest) -> HttpResponse:
    """Proposes a topic; shows what was proposed before, while one types and once more before it is stored."""
    community = Community.current()
    if not may_take_part(request.user, community):
        raise PermissionDenied
    if request.method != "POST":
        asked = SimilarForm(request.GET)
        title = asked.cleaned_data["title"] if asked.is_valid() else ""
        context = {"form": TopicForm(initial={"title": title}), "similar": Topic.objects.similar_to(title)}
        return render_page(request, "sessions/new_topic.html", context, fragment="similar")
    form = TopicForm(request.POST)
    if not form.is_valid():
        return render_page(request, "sessions/new_topic.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return redirect(_propose(request.user, form, ask="seen" not in request.POST))
    except _SimilarError as error:
        context = {"form": form, "similar": error.topics, "asks": True}
        return render_page(request, "sessions/new_topic.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


class _SimilarError(Exception):
    """Something like it was proposed before, and the proposer has not seen it."""

    def __init__(self, topics: list[Topic]) -> None:
        super().__init__(topics)
        self.topics = topics


def _propose(member: Member, form: TopicForm, *, ask: bool) -> str:
    """Stores the topic, once however often the form is sent; returns its address."""
    now = timezone.now()

    def create() -> Topic:
        similar = Topic.objects.similar_to(form.cleaned_data["title"]) if ask else []
        if similar:
            raise _SimilarError(similar)
        principles = form.cleaned_data["principles"]
        return votes.propose_topic(form.save(commit=False), by=member, principles=principles, now=now)

    return once(member, form.cleaned_data["key"], create=create, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def vote(request: MemberRequest, number: int) -> HttpResponse:
    """Gives a vote or takes it back; opened as a page it has a button."""
    found = get_object_or_404(_topics_for(request.user).filter(hidden_at=None), pk=number)
    form = VoteForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return moved_to(request, found) or _vote_page(request, found)
    if not form.is_valid():
        return _voted(request, found, form, error=_("Please choose one of the two."))
    return _voted(request, found, form, error=_try_vote(request.user, found, form.cleaned_data["vote"]))


def _try_vote(member: Member, topic: Topic, wanted: str) -> str:
    """Does what is wanted; returns what stands in the way, in words."""
    try:
        if wanted == "take_back":
            votes.unvote(topic, member)
        else:
            votes.vote(topic, member, now=timezone.now())
    except votes.NoVotesLeftError:
        return _("Your three votes are given. Take one back to vote for this.")
    except votes.TopicClosedError:
        return _("This topic takes no votes at the moment.")
    except votes.NotTakingPartError:
        raise PermissionDenied from None
    return ""


def _voted(request: MemberRequest, topic: Topic, form: VoteForm, *, error: str) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    if wants_fragment(request):
        topic = _topics_for(request.user).get(pk=topic.pk)
        context = {
            "topic": topic,
            "shown": form.data.get("shown"),
            "error": error,
            "announce": error or _vote_words(form),
            "oob": True,
            "may_take_part": True,
            "votes_left": Vote.left_for(request.user),
        }
        return render(request, "sessions/_voted.html", context, status=status)
    if error:
        return _vote_page(request, topic, error, status)
    messages.success(request, _vote_words(form))
    return redirect(form.way_back(topic))


def _vote_words(form: VoteForm) -> str:
    return _("Your vote is given.") if form.gives else _("Your vote is back with you.")


def _vote_page(request: MemberRequest, topic: Topic, error: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"topic": topic, "error": error, **_voting(request.user, Community.current())}
    return render_page(request, "sessions/vote.html", context, status=status)


def _voting(member: Member, community: Community) -> dict[str, object]:
    """What pages with votes show of the reader's own."""
    return {
        "votes_left": Vote.left_for(member),
        "may_take_part": may_take_part(member, community),
        "community": community,
    }


def _topics_for(member: Member) -> TopicQuerySet:
    return Topic.objects.with_votes(member).select_related("proposed_by", "merged_into").prefetch_related("principles")


def _shown_sessions(member: Member) -> Prefetch[str]:
    visible = Session.objects.visible_to(member, now=timezone.now()).only("title", "starts_at", "state", "topic")
    return Prefetch("sessions", visible.order_by("starts_at"), to_attr="shown_sessions")
