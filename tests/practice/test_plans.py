"""Plans, tries, partners' sentences, ends, and things to try."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from library.models import Material
from members.models import Notification
from practice.fields import sentences_in
from practice.models import Attempt, Intention, PartnerNote, Plan
from tests.factories import MemberFactory, SessionFactory
from tests.practice.rows import attempt_of, intention_of, plan_of, reflection_of, round_of

WORDS = {
    "skill": "Asking before advising",
    "better": "Three questions first.",
    "drill": "One talk a week.",
    "attempts_planned": "5",
    "visibility": "me",
}


def url_of(name, *args):
    return reverse(f"practice:{name}", args=args)


@pytest.mark.parametrize("member", ["lead", "manager", "aspiring"])
def test_the_notebook_is_empty_and_offers_the_first_step(member, request, sign_in):
    page = sign_in(request.getfixturevalue(member)).get(url_of("index")).content.decode()
    assert "Practice starts with one skill" in page
    assert url_of("new_plan") in page


def test_a_plan_is_started_once(lead, sign_in):
    client = sign_in(lead)
    key = client.get(url_of("new_plan")).context["form"]["key"].value()
    first = client.post(url_of("new_plan"), {**WORDS, "key": key})
    second = client.post(url_of("new_plan"), {**WORDS, "key": key})
    plan = Plan.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == plan.get_absolute_url()
    assert (plan.member, plan.skill, plan.visibility, plan.is_open) == (lead, WORDS["skill"], "me", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("skill", ""), ("skill", "\u200b"), ("better", ""), ("drill", "\0"), ("attempts_planned", "2"),
        ("attempts_planned", "11"), ("until", "2001-01-01"), ("until", "9999-12-31"), ("visibility", "admins"),
    ],
)  # fmt: skip
def test_what_makes_no_plan_is_said_beside_its_field(field, value, lead, sign_in):
    response = sign_in(lead).post(url_of("new_plan"), {**WORDS, field: value})
    assert (response.status_code, Plan.objects.count()) == (422, 0)
    assert list(response.context["form"].errors) == [field]


def test_a_try_is_logged_until_all_are_there(lead, sign_in):
    plan, client = plan_of(lead, attempts_planned=3, attempts=2), sign_in(lead)
    today = str(timezone.now().date())
    page = client.post(url_of("new_attempt", plan), {"tried": "Waited.", "on": today}, follow=True).content.decode()
    assert "3 of 3 tries" in page
    full = client.post(url_of("new_attempt", plan), {"tried": "Once more.", "on": today})
    assert (full.status_code, plan.attempts.count()) == (422, 3)
    assert "Once more." in full.content.decode()


def test_a_try_has_a_day_that_was(lead, sign_in):
    plan = plan_of(lead)
    far = str(timezone.now().date() + timedelta(days=3))
    response = sign_in(lead).post(url_of("new_attempt", plan), {"tried": "x", "on": far})
    assert (response.status_code, Attempt.objects.count()) == (422, 0)


def test_a_try_is_changed_and_deleted(lead, sign_in):
    attempt, client = attempt_of(plan_of(lead)), sign_in(lead)
    client.post(url_of("attempt", attempt.plan, attempt.pk), {"tried": "Other", "on": str(attempt.on)})
    attempt.refresh_from_db()
    assert attempt.tried == "Other"
    assert client.get(url_of("delete_attempt", attempt.plan, attempt.pk)).status_code == 200
    client.post(url_of("delete_attempt", attempt.plan, attempt.pk))
    assert not Attempt.objects.exists()


@pytest.fixture
def four(lead, manager, facilitator, admin):
    """The owner of a plan, their partner of this round, and two who are neither."""
    round_of([lead, manager])
    return {"owner": lead, "partner": manager, "outsider": facilitator, "admin": admin}


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [("me", {"owner"}), ("group", {"owner", "partner"}), ("everyone", {"owner", "partner", "outsider", "admin"})],
)
def test_who_sees_a_plan(visibility, seen_by, four, sign_in):
    plan = plan_of(four["owner"], visibility=visibility)
    found = {name for name, one in four.items() if sign_in(one).get(plan.get_absolute_url()).status_code == 200}
    listed = {name for name, one in four.items() if sign_in(one).get(url_of("plans")).context["cards"]}
    assert found == seen_by
    assert listed == seen_by - {"owner"}


def test_a_group_that_has_ended_or_is_a_draft_opens_no_plan(lead, manager, sign_in):
    round_of([lead, manager], starts_on=date(2026, 1, 5))
    round_of([lead, manager], state="draft")
    plan = plan_of(lead, visibility="group")
    assert sign_in(manager).get(plan.get_absolute_url()).status_code == 404


def test_a_partner_says_up_to_three_sentences(lead, manager, sign_in):
    round_of([lead, manager])
    attempt = attempt_of(plan_of(lead, visibility="group"))
    client, url = sign_in(manager), url_of("partner_note", attempt.plan, attempt.pk)
    long = client.post(url, {"text": "One. Two! Three? Four."})
    assert (long.status_code, PartnerNote.objects.count()) == (422, 0)
    client.post(url, {"text": "What did you want to say? I wonder."})
    assert "I wonder." in sign_in(lead).get(attempt.plan.get_absolute_url()).content.decode()
    told = Notification.objects.get()
    assert (told.member, told.text) == (lead, "Max Manager says something about a try of yours.")
    client.post(url, {"text": ""})
    assert not PartnerNote.objects.exists()


def test_only_a_partner_says_something(lead, manager, sign_in):
    attempt = attempt_of(plan_of(lead, visibility="everyone"))
    url = url_of("partner_note", attempt.plan, attempt.pk)
    assert sign_in(manager).post(url, {"text": "Hm."}).status_code == 403
    assert sign_in(lead).post(url, {"text": "Hm."}).status_code == 403
    assert not PartnerNote.objects.exists()


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 0), ("One", 1), ("One. Two!", 2), ("What?! Well… no.", 3), ("At 3.5 hours.", 1), ("“So?” he said.", 2)],
)
def test_sentences(text, number):
    assert sentences_in(text) == number


def test_a_plan_ends_with_a_look_back_and_can_go_on(lead, sign_in):
    plan, client = plan_of(lead, attempts=3), sign_in(lead)
    assert client.post(url_of("end_plan", plan), {"ending": "win"}).status_code == 422
    response = client.post(url_of("end_plan", plan), {"ending": "narrow"})
    assert response.headers["Location"] == f"{url_of('new_reflection')}?form=short&plan={plan.pk}"
    page = client.get(response.headers["Location"])
    assert page.context["form"]["plan"].value() == plan.pk
    again = client.get(f"{url_of('new_plan')}?after={plan.pk}")
    assert again.context["form"]["skill"].value() == plan.skill
    client.post(url_of("reopen_plan", plan))
    plan.refresh_from_db()
    assert (plan.is_open, plan.ending) == (True, "")


def test_another_ones_plan_starts_no_new_one(lead, manager, sign_in):
    plan = plan_of(manager, skill="A secret skill")
    assert "A secret skill" not in sign_in(lead).get(f"{url_of('new_plan')}?after={plan.pk}").content.decode()


@pytest.mark.parametrize(("visibility", "told"), [("me", False), ("group", True)])
def test_a_plan_becomes_a_draft_without_what_is_private(visibility, told, lead, manager, sign_in):
    round_of([lead, manager])
    plan = plan_of(lead, visibility=visibility, ending="keep", ended_at=timezone.now())
    attempt = attempt_of(plan, tried="Asked twice.", noticed="It was quiet.")
    PartnerNote.objects.create(attempt=attempt, by=manager, text="A partner's word", written_at=timezone.now())
    reflection_of(lead, "A private word", plan=plan)
    client = sign_in(lead)
    assert client.get(url_of("plan_insight", plan)).status_code == 200
    first, second = (client.post(url_of("plan_insight", plan)) for _ in range(2))
    material = Material.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == reverse("library:edit", args=[material])
    assert (material.owner, material.is_draft, material.title) == (lead, True, plan.skill)
    text = str(material.insight.answers)
    assert "Asked twice." in text
    assert ("It was quiet." in text) == told
    assert "A partner's word" not in text
    assert "A private word" not in text


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_one_thing_to_try_goes_to_ones_own_list(headers, lead, manager, sign_in):
    client = sign_in(lead)
    response = client.post(url_of("new_intention"), {"text": "Wait before I answer"}, headers=headers)
    assert response.status_code == (200 if headers else 302)
    one = Intention.objects.get()
    assert {field.name for field in Intention._meta.fields} == {"id", "member", "text", "noted_on", "done_on"}
    assert "Wait before I answer" in client.get(url_of("index")).content.decode()
    assert "Wait before I answer" not in sign_in(manager).get(url_of("index")).content.decode()
    client.post(url_of("intention", one.pk), {"change": "done"})
    assert Intention.objects.get().done_on is not None
    client.post(url_of("intention", one.pk), {"change": "remove"})
    assert not Intention.objects.exists()


def test_it_is_offered_after_a_session(lead, guest, sign_in):
    ended = SessionFactory(starts_at=timezone.now() - timedelta(hours=3))
    coming = SessionFactory(starts_at=timezone.now() + timedelta(hours=3))
    assert url_of("new_intention") in sign_in(lead).get(ended.get_absolute_url()).content.decode()
    assert url_of("new_intention") not in sign_in(lead).get(coming.get_absolute_url()).content.decode()


def test_an_empty_one_is_no_thing(lead, sign_in):
    assert sign_in(lead).post(url_of("new_intention"), {"text": " "}).status_code == 422
    one = intention_of(lead)
    assert sign_in(lead).post(url_of("intention", one.pk), {"change": "win"}).status_code == 422


def rows(lead, number):
    for _ in range(number):
        plan = plan_of(lead, attempts=2)
        PartnerNote.objects.create(
            attempt=plan.attempts.first(), by=MemberFactory(), text="Hm.", written_at=timezone.now()
        )
        intention_of(lead)
        reflection_of(lead)


@pytest.mark.parametrize("number", [1, 3])
def test_the_notebook_asks_a_fixed_number_of_questions(number, lead, sign_in, django_assert_num_queries):
    rows(lead, number)
    client = sign_in(lead)
    with django_assert_num_queries(11):
        client.get(url_of("index"))
    with django_assert_num_queries(8):
        client.get(url_of("own_plans"))
    with django_assert_num_queries(6):
        client.get(url_of("reflections"))


@pytest.mark.parametrize("number", [1, 3])
def test_so_do_the_lists_of_others(number, lead, manager, sign_in, django_assert_num_queries):
    for _ in range(number):
        plan_of(manager, attempts=2, visibility="everyone")
    client = sign_in(lead)
    with django_assert_num_queries(7):
        client.get(url_of("plans"))
