"""The table of rights, for every address of the portal: an address missing from it fails."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from cop_portal.lib.markdown_field import MarkdownText
from cop_portal.tick import DONE
from feedback.actions import close_due_polls, open_poll
from feedback.evidence import Evidence
from feedback.models import Comment as FeedbackComment
from feedback.models import Poll
from feedback.proposals import RhythmProposal
from library.history import note_before
from library.models import Comment, FeedToken, Import
from library.principle_actions import suggest
from members.charter_actions import write_charter
from members.joining import invite
from members.models import Beat, Community
from members.photos import keep_photo
from members.report_actions import report
from members.unsubscribing import link_for
from sessions.guests import link_of, renew_link
from sessions.subscriptions import add_feed
from tests.factories import (
    ClosedDayFactory,
    InsightFactory,
    MaterialFactory,
    MemberFactory,
    PrincipleFactory,
    SeriesFactory,
    SessionFactory,
    TagFactory,
    TeamFactory,
    TopicFactory,
    stored_file,
)
from tests.practice.rows import intention_of, note_of, plan_of, reflection_of, round_of, shared_of

# Rights are decided in Python; the walk of nasty input reads every page on both databases.
pytestmark = pytest.mark.once

SOON = datetime.now(UTC) + timedelta(days=9)
LONG_AGO = datetime(2026, 1, 8, 9, 0, tzinfo=UTC)

CAST = ("visitor", "guest", "aspiring", "lead", "manager", "facilitator", "admin")

# What each right gives to each of the cast, in the order of CAST. "sign in": 302 to the sign-in page.
ANSWERS = {
    "public": (200, 200, 200, 200, 200, 200, 200),
    "signed_in": ("sign in", 200, 200, 200, 200, 200, 200),
    # What a guest sees only of a session they are invited to; the guest of this test is invited to none.
    "invited": ("sign in", 404, 200, 200, 200, 200, 200),
    "members_only": ("sign in", 404, 200, 200, 200, 200, 200),
    "facilitators_only": ("sign in", 404, 403, 403, 403, 200, 200),
    "admins_only": ("sign in", 404, 404, 404, 404, 404, 200),
}

# Every address by name: its right, and how to fill it. The views of other packages stand below.
ADDRESSES = {
    "home": "public",
    "waiting": "public",
    "welcome": "members_only",
    "charter:charter": "public",
    "charter:edit": "facilitators_only",
    "charter:seen": "own_post",
    "charter:history": "members_only",
    "charter:version": "members_only",
    "privacy": "public",
    "search": "members_only",
    "community": "members_only",
    "retro": "facilitators_only",
    "export": "signed_in",
    "delete_account": "proven",
    "styleguide": "styleguide",
    "healthz": "public",
    "readyz": "public",
    "sessions:index": "members_only",
    "sessions:past": "members_only",
    "sessions:session": "invited",
    "sessions:rsvp": "invited",
    "sessions:session_file": "invited",
    "sessions:attendance": "run",
    "sessions:new": "facilitators_only",
    "sessions:edit": "run",
    "sessions:publish": "run",
    "sessions:cancel": "run",
    "sessions:restore": "run",
    "sessions:delete": "run_draft",
    "sessions:notes": "run",
    "sessions:notes_history": "members_only",
    "sessions:lead": "members_only",
    "sessions:guests": "run",
    "sessions:join": "by_link",
    "sessions:closed_days": "facilitators_only",
    "sessions:closed_day": "facilitators_only",
    "sessions:edit_series": "facilitators_only",
    "sessions:series": "members_only",
    "sessions:standing": "post_only",
    "sessions:topics": "members_only",
    "sessions:new_topic": "members_only",
    "sessions:topic": "members_only",
    "sessions:vote": "members_only",
    "sessions:topic_state": "facilitators_only",
    "sessions:merge_topic": "facilitators_only",
    "library:index": "members_only",
    "library:new": "members_only",
    "library:new_article": "members_only",
    "library:preview": "post_only",
    "library:autosave_new": "post_only",
    "library:autosave": "post_only",
    "library:new_link": "members_only",
    "library:new_file": "members_only",
    "library:new_insight": "members_only",
    "library:mine": "members_only",
    "library:bin": "members_only",
    "library:feeds": "members_only",
    "library:feed_renew": "post_only",
    "library:feed_end": "post_only",
    "library:atom": "public",
    "library:imports": "members_only",
    "library:import": "private",
    "library:import_start": "post_only",
    "library:import_drop": "post_only",
    "library:export": "members_only",
    "library:export_csv": "members_only",
    "library:export_zip": "members_only",
    "library:reading_list": "members_only",
    "library:tags": "members_only",
    "library:tag_suggestions": "members_only",
    "library:tag": "members_only",
    "library:edit_tag": "facilitators_only",
    "library:material": "invited",
    "library:file": "invited",
    "library:file_version": "invited",
    "library:edit": "own",
    "library:history": "members_only",
    "library:version": "members_only",
    "library:delete": "own",
    "library:restore": "post_only",
    "library:still_true": "post_only",
    "library:became": "own",
    "library:clinic": "invited",
    "library:helped": "post_only",
    "library:reading": "post_only",
    "library:adapt": "members_only",
    "library:comment": "post_only",
    "library:comment_edit": "own",
    "library:comment_delete": "own",
    "principles:index": "signed_in",
    "principles:principle": "signed_in",
    "principles:new": "facilitators_only",
    "principles:edit": "facilitators_only",
    "principles:history": "members_only",
    "principles:suggest": "leads",
    "principles:suggestion": "members_only",
    "feedback:index": "members_only",
    "feedback:principles": "members_only",
    "feedback:proposal": "members_only",
    "feedback:form": "invited",
    "feedback:results": "members_only",
    "feedback:results_csv": "members_only",
    "feedback:changed": "led",
    "feedback:hide": "facilitators_only",
    "feedback:report": "post_only",
    "practice:index": "members_only",
    "practice:plans": "members_only",
    "practice:own_plans": "members_only",
    "practice:new_plan": "members_only",
    "practice:plan": "members_only",
    "practice:new_intention": "members_only",
    "practice:reflections": "members_only",
    "practice:new_reflection": "members_only",
    "practice:all_shared": "members_only",
    "practice:shared": "members_only",
    "practice:coaching": "members_only",
    "practice:preferences": "members_only",
    "practice:round": "members_only",
    "practice:edit_plan": "private",
    "practice:delete_plan": "private",
    "practice:end_plan": "private",
    "practice:reopen_plan": "private",
    "practice:plan_insight": "private",
    "practice:new_attempt": "private",
    "practice:attempt": "private",
    "practice:delete_attempt": "private",
    "practice:intention": "private",
    "practice:withdraw": "private",
    "practice:reflection": "private",
    "practice:edit_reflection": "private",
    "practice:delete_reflection": "private",
    "practice:share_reflection": "private",
    "practice:group": "private",
    "practice:check_in": "private",
    "practice:delete_note": "private",
    "practice:partner_note": "own",
    "practice:take_part": "post_only",
    "practice:goals": "post_only",
    "practice:note": "post_only",
    "practice:not_again": "post_only",
    "practice:new_round": "facilitators_only",
    "practice:publish": "facilitators_only",
    "practice:delete_round": "facilitators_only",
    "practice:draw": "facilitators_post",
    "practice:swap": "facilitators_post",
    "feeds:index": "members_only",
    "feeds:by_mail": "post_only",
    "feeds:revoke": "post_only",
    "calendar:all": "public",
    "calendar:mine": "public",
    "members:index": "members_only",
    "members:me": "signed_in",
    "members:notifications": "signed_in",
    "members:read_all": "own_post",
    "members:open_notification": "own_post",
    "members:invitations": "facilitators_only",
    "members:invitation_resend": "facilitators_post",
    "members:invitation_withdraw": "facilitators_only",
    "members:unsubscribe": "public",
    "members:reports": "facilitators_only",
    "members:report": "facilitators_only",
    "members:new_report": "members_only",
    "members:team": "members_only",
    "members:member": "members_only",
    "members:photo": "members_only",
}
# Answers that differ from ANSWERS: the styleguide is for admins here, since DEBUG is off in tests.
MARKS = {
    "styleguide": "public",
    "invited": "signed_in",
    "own": "members_only",
    "leads": "members_only",
    "private": "members_only",
    "run": "members_only",
    "run_draft": "members_only",
    "by_link": "public",
    "led": "members_only",
    "post_only": "members_only",
    "own_post": "signed_in",
    "proven": "signed_in",
    "facilitators_post": "facilitators_only",
}
# What is one's own is the lead's here; a form without a page of its own answers no GET.
SPECIAL = {
    "styleguide": (404, 404, 404, 404, 404, 404, 200),
    "own": ("sign in", 404, 403, 200, 403, 403, 403),
    "leads": ("sign in", 404, 403, 200, 200, 200, 200),
    # Somebody's own that nobody else learns of, superusers neither.
    "private": ("sign in", 404, 404, 200, 404, 404, 404),
    "run": ("sign in", 404, 403, 403, 403, 200, 200),
    "run_draft": ("sign in", 404, 404, 404, 404, 200, 200),
    # Members are shown in, all others are asked who they are.
    "by_link": (200, 200, 302, 302, 302, 302, 302),
    "led": ("sign in", 404, 403, 200, 403, 200, 200),
    "post_only": ("sign in", 404, 405, 405, 405, 405, 405),
    "proven": ("sign in", *["prove it"] * 6),
    "own_post": ("sign in", 405, 405, 405, 405, 405, 405),
    "facilitators_post": ("sign in", 404, 403, 403, 403, 405, 405),
}
# django-allauth's own pages: each guards itself; tests/members/test_accounts*.py hold what they do.
FOREIGN = ("admin/", "accounts/", "account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_", "admin:")


def walk(patterns, namespace="", path=""):
    """Yields (name, pattern) of every address; one without a name is called by its path."""
    for pattern in patterns:
        here = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, inner, here)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}" if pattern.name else here, pattern


ALL = dict(walk(get_resolver().url_patterns))
OWN = {name: pattern for name, pattern in ALL.items() if not name.startswith(FOREIGN)}


def test_every_address_is_in_the_table():
    assert set(OWN) == set(ADDRESSES)


def test_every_view_of_ours_carries_its_right():
    marked = {name: getattr(pattern.callback, "right", None) for name, pattern in OWN.items()}
    assert marked == {name: MARKS.get(right, right) for name, right in ADDRESSES.items()}


@pytest.fixture
def cast(db, request):
    return {name: None if name == "visitor" else request.getfixturevalue(name) for name in CAST}


@pytest.fixture
def fill(db, lead):
    """Arguments for addresses that name a row; the row exists and is visible to members."""
    Community.objects.create(stage=Community.Stage.OPEN)
    Beat.mark(DONE, timezone.now())  # readyz wants a tick once the process is five minutes old
    ended, closed = SessionFactory(starts_at=timezone.now() - timedelta(hours=3)), SessionFactory(starts_at=LONG_AGO)
    open_poll(closed)
    close_due_polls(timezone.now())
    topic = TopicFactory()
    charter = write_charter(MarkdownText("Be kind."), note="", onto=0, by=lead, now=timezone.now())
    invitation = invite(["nell@example.org"], role="manager", by=None, now=timezone.now())[0]
    return {
        "members:member": [lead.slug],
        "members:photo": [with_photo(lead).slug],
        "members:team": [TeamFactory().slug],
        "members:open_notification": [1],
        "members:unsubscribe": [link_for(lead.pk, "reminder").rstrip("/").rpartition("/")[2]],
        "charter:version": [charter.number],
        "members:report": [report(topic, reason="x", by=lead, now=timezone.now()).pk],
        "members:new_report": ["topic", topic.pk],
        "members:invitation_resend": [invitation.pk],
        "members:invitation_withdraw": [invitation.pk],
        **fill_planning(ended),
        "sessions:session": [ended.slug],
        "sessions:rsvp": [ended.slug],
        "sessions:session_file": [ended.slug],
        "sessions:attendance": [ended.slug],
        "sessions:series": [SeriesFactory().slug],
        "sessions:standing": [SeriesFactory().slug],
        "feeds:revoke": [1],
        "calendar:all": [add_feed(lead, "x", now=LONG_AGO)[1]],
        "calendar:mine": [add_feed(lead, "x", now=LONG_AGO)[1]],
        "sessions:topic": [topic.slug],
        "sessions:vote": [topic.slug],
        "sessions:topic_state": [topic.slug],
        "sessions:merge_topic": [topic.slug],
        "feedback:form": [ended.slug],
        **fill_feedback(closed, lead),
        **fill_library(lead),
        **fill_practice(lead),
    }


def fill_planning(ended):
    """Sessions in the states in which their pages of planning answer; a draft, one for guests by their link."""
    dated, gone, draft = (SessionFactory(state=state, starts_at=SOON) for state in ("dated", "cancelled", "draft"))
    themed = SessionFactory(audience="theme", starts_at=SOON)
    renew_link(themed)
    closed = ClosedDayFactory(first_day=SOON.date(), last_day=SOON.date())
    return {
        **{f"sessions:{page}": [dated.slug] for page in ("edit", "publish", "cancel", "lead")},
        "sessions:restore": [gone.slug],
        "sessions:delete": [draft.slug],
        "sessions:notes": [ended.slug],
        "sessions:notes_history": [ended.slug],
        "sessions:guests": [themed.slug],
        "sessions:join": [themed.slug, link_of(themed).rstrip("/").rpartition("/")[2]],
        "sessions:closed_day": [closed.pk],
        "sessions:edit_series": [SeriesFactory().slug],
    }


def fill_practice(lead):
    """Plans, reflections and a group of `lead`; a plan of their partner, which everyone may see."""
    partner = MemberFactory()
    group = round_of([lead, partner]).groups.get()
    plan, theirs = plan_of(lead, attempts=1), plan_of(partner, attempts=1, visibility="everyone")
    reflection, gathering = reflection_of(lead), round_of(state="gathering")
    attempt, shared = plan.attempts.get(), shared_of(reflection)
    of_plan = ("edit_plan", "delete_plan", "end_plan", "reopen_plan", "plan_insight", "new_attempt")
    return {
        **{f"practice:{name}": [plan.slug] for name in of_plan},
        **{f"practice:{name}": [plan.slug, attempt.pk] for name in ("attempt", "delete_attempt")},
        **{f"practice:{name}": [reflection.slug] for name in ("reflection", *_OF_REFLECTION)},
        **{f"practice:{name}": [shared.slug] for name in ("shared", "withdraw")},
        **{f"practice:{name}": [gathering.slug] for name in ("round", "take_part", "draw", "swap", "publish")},
        **{f"practice:{name}": [group.slug] for name in ("group", "goals", "note", "not_again")},
        "practice:plan": [theirs.slug],
        "practice:partner_note": [theirs.slug, theirs.attempts.get().pk],
        "practice:intention": [intention_of(lead).pk],
        "practice:delete_round": [gathering.slug],
        "practice:check_in": [group.slug, 1],
        "practice:delete_note": [group.slug, note_of(group, lead).pk],
    }


_OF_REFLECTION = ("edit_reflection", "delete_reflection", "share_reflection")


def fill_feedback(session, lead):
    """What came of a poll in which enough answered; `lead` led the session."""
    session.leads.add(lead)
    Poll.objects.filter(session=session).update(answered=5)
    comment = FeedbackComment.objects.create(poll=session.poll, question="topic", text="x")
    rhythm = RhythmProposal.objects.create(
        series=SeriesFactory(), verdict="LESS", weeks_from=2, weeks_to=3, made_at=timezone.now(),
        evidence=Evidence([[0, 0, 6, 3, 1]] * 3, 2, None, None, None).stored(),
    )  # fmt: skip
    return {
        "feedback:proposal": [rhythm.pk],
        "feedback:results": [session.slug],
        "feedback:results_csv": [session.slug],
        "feedback:changed": [session.slug],
        "feedback:hide": [session.slug, comment.pk],
        "feedback:report": [session.slug, comment.pk],
    }


def with_photo(member):
    keep_photo(member, b"a small picture")
    return member


def fill_library(lead):
    """Materials that members may read; what is changed belongs to `lead`, what is answered to somebody else."""
    own, file = MaterialFactory(owner=lead), stored_file()
    brought = Import.objects.create(member=lead, source="table", name="a.csv", created_at=timezone.now())
    comment = Comment.objects.create(material=own, by=lead, text="x", written_at=timezone.now())
    note_before(own)
    names = (
        "material",
        "edit",
        "autosave",
        "still_true",
        "history",
        "delete",
        "restore",
        "helped",
        "reading",
        "comment",
    )
    return {
        **{f"library:{name}": [own.slug] for name in names},
        "library:version": [own.slug, own.history.get().pk],
        "library:comment_edit": [own.slug, comment.pk],
        "library:comment_delete": [own.slug, comment.pk],
        "library:file": [file.material.slug],
        "library:atom": [FeedToken.objects.create(member=lead, created_at=timezone.now()).secret],
        **{f"library:import{name}": [brought.pk] for name in ("", "_start", "_drop")},
        "library:file_version": [file.material.slug, 1],
        "library:became": [InsightFactory(material__owner=lead).material.slug],
        "library:clinic": [InsightFactory(nature="case").material.slug],
        "library:adapt": [InsightFactory().material.slug],
        "library:tag": [TagFactory().slug],
        "library:edit_tag": [TagFactory().slug],
        **fill_principles(lead),
    }


def fill_principles(lead):
    principle = PrincipleFactory()
    suggestion = suggest(principle, principle.wording() | {"title": "Other"}, why="x", by=lead, now=timezone.now())
    names = ("principle", "edit", "history", "suggest")
    return {
        **{f"principles:{name}": [principle.slug] for name in names},
        "principles:suggestion": [principle.slug, suggestion.pk],
    }


def answer(client: Client, url: str, **headers: str):
    response = client.get(url, headers=headers)
    b"".join(response)  # what is served as a stream is closed at its end
    if response.status_code == 302 and response.headers["Location"].startswith("/accounts/login/?next="):
        return "sign in"
    if response.status_code == 401 and response.headers["HX-Redirect"].startswith("/accounts/login/?next="):
        return "sign in"
    if response.status_code == 302 and response.headers["Location"].startswith("/accounts/reauthenticate/?next="):
        return "prove it"
    return response.status_code


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_each_of_the_cast_gets_what_the_table_says(name, headers, cast, fill, sign_in):
    url = reverse(name, args=fill.get(name, []))
    answers = tuple(answer(sign_in(one) if one else Client(), url, **headers) for one in cast.values())
    assert answers == SPECIAL.get(ADDRESSES[name]) or answers == ANSWERS.get(ADDRESSES[name])


OF_ALL = sorted(
    name for name, right in ADDRESSES.items() if right not in {"public", "styleguide", "own", "led", "private"}
)


@pytest.mark.parametrize("name", OF_ALL)
def test_tech_lead_and_manager_are_equal(name, cast, fill, sign_in):
    url = reverse(name, args=fill.get(name, []))
    assert answer(sign_in(cast["lead"]), url) == answer(sign_in(cast["manager"]), url)


def test_the_admin_site_is_for_admins(cast, sign_in):
    def status(one):
        return answer(sign_in(one) if one else Client(), "/admin/")

    assert {name: status(one) for name, one in cast.items()} == {
        "visitor": "sign in",
        "guest": 404,
        "aspiring": 403,
        "lead": 403,
        "manager": 403,
        "facilitator": 403,
        "admin": 200,
    }


def test_what_is_denied_reads_like_what_is_missing(guest, lead, sign_in):
    client = sign_in(guest)
    denied = client.get(reverse("members:member", args=[lead.slug]))
    missing = client.get("/members/999999/")
    assert (denied.status_code, denied.content) == (missing.status_code, missing.content) == (404, missing.content)
