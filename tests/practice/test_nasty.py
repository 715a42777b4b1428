"""No form of the practice app answers a 5xx, whatever its owner sends; and work done twice at once is done once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from practice import coaching_actions as actions
from practice.drawing import run_draw
from practice.models import CoachingRound, GroupMember, OptIn
from practice.sharing import share
from tests.factories import MemberFactory
from tests.practice.rows import reflection_of, round_of
from tests.test_rights import ADDRESSES, fill  # noqa: F401 -- a fixture
from tests.threads import at_once

FIELDS = (
    "skill", "better", "drill", "attempts_planned", "until", "visibility", "on", "tried", "noticed", "text", "ending",
    "change", "form", "answer_0", "answer_1", "session", "plan", "insight", "principle", "answers", "audience", "key",
    "starts_on", "weeks", "answer", "what", "first", "second", "paused_until", "manager", "reports", "not_with",
    "goal_1", "goal_2", "outcome", "others", "page", "after",
)  # fmt: skip
NASTY = ("a\0b", "'\"><script>{{7*7}}%s", "9" * 40, "-1", "1e999", "x" * 10_000, "../٣\u202e\u200b\r\n", "9999-12-31")
NAMES = sorted(name for name in ADDRESSES if name.startswith("practice:"))


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_nasty_words_make_no_error_of_ours(value, fill, lead, settings, client):  # noqa: F811
    settings.RATE_LIMITS = False
    lead.is_facilitator = True
    lead.save()
    client.force_login(lead)
    client.raise_request_exception = False
    words, answers = {field: [value, value] for field in FIELDS}, {}
    for name in NAMES:
        url = reverse(name, args=fill.get(name, []))
        answers[name] = {client.get(url, words).status_code, client.post(url, words).status_code}
    assert {name: codes for name, codes in answers.items() if max(codes) >= 500} == {}


@pytest.mark.django_db(transaction=True)
def test_a_draw_that_two_workers_run_is_stored_once():
    found = round_of(state="gathering")
    for _ in range(5):
        actions.join(found, MemberFactory(), now=timezone.now())
    CoachingRound.objects.update(drawing="waiting", draw_number=1)
    stored = at_once(6, lambda _: run_draw(found.pk, 1))
    assert sorted(stored) == [False] * 5 + [True]
    assert GroupMember.objects.filter(round=found).count() == 5


@pytest.mark.parametrize("field", ["manager", "reports", "not_with"])
def test_a_number_that_no_member_can_have_is_an_error_beside_its_field(field, lead, sign_in):
    response = sign_in(lead).post(reverse("practice:preferences"), {field: "9" * 25})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


@pytest.mark.django_db(transaction=True)
def test_goals_and_shares_that_are_sent_twice_at_once_are_there_once(lead):
    group = round_of([lead, MemberFactory()]).groups.get()
    at_once(6, lambda _: actions.set_goals(group, lead, ["Listen"]))
    assert group.goals.count() == 1
    mine, now = reflection_of(lead), timezone.now()
    at_once(6, lambda _: share(mine, mine.answers, "community", on=now.date(), now=now))
    assert mine.shared.count() == 1


@pytest.mark.django_db(transaction=True)
def test_joining_often_at_once_is_joining():
    found, member = round_of(state="gathering"), MemberFactory()
    at_once(8, lambda _: actions.join(found, member, now=timezone.now()))
    assert OptIn.objects.count() == 1
