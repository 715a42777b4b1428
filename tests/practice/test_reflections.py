"""Reflections: written privately, shared as a copy, withdrawn at once; and what somebody takes along or leaves."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cop_portal.lib.content import shipped_content
from practice.leaving import let_go
from practice.models import (
    CoachingPreferences,
    GroupNote,
    Intention,
    PartnerNote,
    Plan,
    Reflection,
    SharedReflection,
)
from practice.own_data import own_data
from practice.prompts import PROMPTS
from tests.factories import AttendanceFactory, InsightFactory, MemberFactory, PrincipleFactory, SessionFactory
from tests.practice.rows import intention_of, note_of, plan_of, reflection_of, round_of, shared_of

WORDS = {"form": "short", "answer_0": "I spoke too soon.", "answer_1": "", "answer_2": "Wait."}


def url_of(name, *args):
    return reverse(f"practice:{name}", args=args)


def test_the_prompts_are_those_that_ship():
    assert {name: list(prompts) for name, prompts in PROMPTS.items()} == shipped_content()["reflection_prompts"]


@pytest.mark.parametrize("form", sorted(PROMPTS))
def test_each_form_asks_its_prompts(form, lead, sign_in):
    page = sign_in(lead).get(f"{url_of('new_reflection')}?form={form}")
    assert [field.label for field in page.context["form"].text_fields()] == list(PROMPTS[form])
    assert "Only you can read this. Not admins either." in page.content.decode()
    assert "Whoever runs the database could read it" in page.content.decode()
    assert f'data-draft="new-{form}"' in page.content.decode()


def test_a_reflection_is_kept_once_and_privately(lead, sign_in):
    client = sign_in(lead)
    key = client.get(url_of("new_reflection")).context["form"]["key"].value()
    urls = {client.post(url_of("new_reflection"), {**WORDS, "key": key}).headers["Location"] for _ in range(2)}
    found = Reflection.objects.get()
    assert urls == {f"{found.get_absolute_url()}#kept-new-short"}
    assert [one["text"] for one in found.answers] == ["I spoke too soon.", "", "Wait."]
    assert (found.member, found.shared.count()) == (lead, 0)


def test_an_empty_page_is_not_kept(lead, sign_in):
    response = sign_in(lead).post(url_of("new_reflection"), {"form": "short", "answer_0": " ", "answer_2": "\n"})
    assert (response.status_code, Reflection.objects.count()) == (422, 0)


@pytest.mark.parametrize("bad", ["\0", "x" * 10_001])
def test_what_cannot_be_kept_comes_back(bad, lead, sign_in):
    response = sign_in(lead).post(url_of("new_reflection"), {**WORDS, "answer_1": bad})
    assert (response.status_code, Reflection.objects.count()) == (422, 0)
    assert list(response.context["form"].errors) == ["answer_1"]
    assert "I spoke too soon." in response.content.decode()


def test_it_is_about_a_session_a_plan_an_insight_a_principle(lead, sign_in):
    session = SessionFactory(starts_at=timezone.now() - timedelta(days=2))
    plan, insight, principle = plan_of(lead), InsightFactory().material, PrincipleFactory()
    links = {"session": session.pk, "plan": plan.pk, "insight": insight.pk, "principle": principle.pk}
    sign_in(lead).post(url_of("new_reflection"), {**WORDS, **links})
    assert Reflection.objects.get().about == [session, plan, insight, principle]


def test_it_is_not_about_what_one_cannot_see(lead, manager, sign_in):
    client = sign_in(lead)
    draft = SessionFactory(state="draft", starts_at=timezone.now() - timedelta(days=2))
    for link in ({"session": draft.pk}, {"plan": plan_of(manager).pk}, {"plan": "x"}, {"principle": 10**17}):
        assert client.post(url_of("new_reflection"), {**WORDS, **link}).status_code == 422
    page = client.get(f"{url_of('new_reflection')}?session={draft.pk}&plan=x&form=odd")
    assert (page.status_code, page.context["form"].prompt_form) == (200, "short")
    assert draft.title not in page.content.decode()


def test_it_is_changed_and_deleted(lead, sign_in):
    found, client = reflection_of(lead), sign_in(lead)
    response = client.post(url_of("edit_reflection", found), {"answer_0": "Other words", "answer_1": "More"})
    assert response.headers["Location"] == f"{found.get_absolute_url()}#kept-edit-{found.pk}"
    found.refresh_from_db()
    assert found.answers == [
        {"prompt": "What happened?", "text": "Other words"}, {"prompt": "What does it tell me?", "text": "More"},
    ]  # fmt: skip
    client.post(url_of("delete_reflection", found))
    assert not Reflection.objects.exists()


@pytest.fixture
def audiences(lead):
    """Somebody of each kind of audience, and the reflection on a session that two of them came to."""
    session = SessionFactory(starts_at=timezone.now() - timedelta(days=2))
    people = {name: MemberFactory() for name in ("group", "session", "community")}
    round_of([lead, people["group"]])
    for member in (lead, people["session"]):
        AttendanceFactory(session=session, member=member, came=True)
    AttendanceFactory(session=session, member=people["community"], came=False)
    return people, reflection_of(lead, "A word to share", session=session)


@pytest.mark.parametrize(
    ("audience", "seen_by"),
    [("group", {"group"}), ("session", {"session"}), ("community", {"group", "session", "community"})],
)
def test_a_copy_is_shared_with_its_audience_until_it_is_withdrawn(audience, seen_by, audiences, lead, sign_in):
    people, found = audiences
    client = sign_in(lead)
    client.post(url_of("share_reflection", found), {"answers": [0], "audience": audience})
    copy = SharedReflection.objects.get()
    url = copy.get_absolute_url()
    assert {name for name, one in people.items() if sign_in(one).get(url).status_code == 200} == seen_by
    listed = {name for name, one in people.items() if "A word to share" in read(sign_in(one), url_of("all_shared"))}
    assert listed == seen_by
    found.answers[0]["text"] = "A later word"
    found.save()
    assert "A word to share" in read(sign_in(people[min(seen_by)]), url)
    client.post(url_of("withdraw", copy))
    for one in people.values():
        assert sign_in(one).get(url).status_code == 404
        assert "A word to share" not in read(sign_in(one), url_of("all_shared"))
    assert Reflection.objects.filter(pk=found.pk).exists()


def read(client, url):
    return client.get(url).content.decode()


def test_only_what_is_ticked_is_copied(lead, sign_in):
    found = reflection_of(lead, "Not this")
    found.answers[1]["text"] = "But this"
    found.save()
    client = sign_in(lead)
    for wrong in ({}, {"answers": [7]}, {"answers": ["x"]}, {"answers": [1], "audience": "group"}):
        words = {"audience": "community", **wrong}
        assert client.post(url_of("share_reflection", found), words).status_code == 422
    client.post(url_of("share_reflection", found), {"answers": [1], "audience": "community"})
    assert SharedReflection.objects.get().answers == [{"prompt": "What does it tell me?", "text": "But this"}]


def test_nobody_withdraws_or_shares_for_another(lead, admin, sign_in):
    found = reflection_of(lead)
    copy = shared_of(found)
    assert sign_in(admin).post(url_of("withdraw", copy)).status_code == 404
    assert sign_in(admin).post(url_of("share_reflection", found), {"answers": [0]}).status_code == 404
    assert SharedReflection.objects.count() == 1


# What somebody takes along, and what goes with them.


@pytest.fixture
def notebook(lead, manager):
    """All that one person can leave here, next to somebody else's."""
    group = round_of([lead, manager]).groups.get()
    for member in (lead, manager):
        plan_of(member, attempts=2, skill=f"Skill of {member.name}")
        intention_of(member, f"Thing of {member.name}")
        shared_of(reflection_of(member, f"Thought of {member.name}"))
        note_of(group, member)
    said = CoachingPreferences.objects.create(member=manager, manager=lead)
    said.not_with.add(lead)
    attempt = Plan.objects.get(member=manager).attempts.first()
    PartnerNote.objects.create(attempt=attempt, by=lead, text="Word of Lea Lead", written_at=timezone.now())
    return group


@pytest.mark.usefixtures("notebook")
def test_ones_data_is_all_ones_own_and_nothing_of_others(lead):
    CoachingPreferences.objects.create(member=lead, manager=MemberFactory(name="Bea Boss"))
    text = "".join(str(piece.content) for piece in own_data(lead))
    for own in (
        "Skill of Lea",
        "Thing of Lea",
        "Thought of Lea",
        "Word of Lea",
        "Try 1",
        "with the queue.",
        "Bea Boss",
    ):
        assert own in text
    assert "of Max Manager" not in text


def test_what_is_private_goes_with_its_member(notebook, lead, manager):
    lead.delete()
    for model in (Plan, Intention, Reflection):
        assert set(model.objects.values_list("member", flat=True)) == {manager.pk}
    assert SharedReflection.objects.count() == 1
    said = CoachingPreferences.objects.get()
    assert (said.manager, said.not_with.count()) == (None, 0)
    assert PartnerNote.objects.get().by is None
    assert GroupNote.objects.filter(by=None, group=notebook).count() == 1


@pytest.mark.parametrize(("writings", "left"), [("keep", 2), ("remove", 1)])
@pytest.mark.usefixtures("notebook")
def test_words_to_partners_stay_without_a_name_or_go(writings, left, lead):
    let_go(lead, writings=writings)
    assert GroupNote.objects.count() == left
    assert PartnerNote.objects.count() == left - 1


def test_the_portal_itself_says_what_is_missing(sign_in, lead):
    """The browser's own words would keep the form from being sent."""
    page = sign_in(lead).get("/practice/coaching/preferences/").content.decode()
    assert '<form class="form" method="post" novalidate>' in page
