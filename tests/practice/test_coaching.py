"""Rounds of peer coaching: joining, drawing, swapping, publishing, and the page of a group."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from members.models import Mail, Member, Notification, Skill
from practice import coaching_actions as actions
from practice.drawing import pool_of, run_draw
from practice.models import CheckIn, CoachingPreferences, CoachingRound, Goal, GroupMember, GroupNote, OptIn
from tests.factories import MemberFactory
from tests.practice.rows import note_of, plan_of, reflection_of, round_of, shared_of

NOW = timezone.now()


def url_of(name, *args):
    return reverse(f"practice:{name}", args=args)


@pytest.fixture
def gathering(db):
    """A round that begins next week, with six people of six teams who joined."""
    found = round_of(state="gathering", starts_on=NOW.date() + timedelta(days=7))
    for number in range(6):
        actions.join(found, MemberFactory(name=f"Person {number}"), now=NOW)
    return found


@pytest.fixture
def draft(gathering):
    return drawn(gathering)


def drawn(found, seed=1):
    actions.start_draw(found, seed=seed)
    found.refresh_from_db()
    run_draw(found.pk, found.draw_number)
    found.refresh_from_db()
    return found


def pairs_of(found):
    return {frozenset(row.member_id for row in group.group_members.all()) for group in found.groups.all()}


def test_a_facilitator_opens_a_round_and_nobody_else(facilitator, lead, sign_in):
    words = {"starts_on": str(NOW.date() + timedelta(days=9)), "weeks": "6"}
    assert sign_in(lead).post(url_of("new_round"), words).status_code == 403
    client = sign_in(facilitator)
    for wrong in ({"weeks": "3"}, {"weeks": "9"}, {"starts_on": "2001-01-01"}):
        assert client.post(url_of("new_round"), {**words, **wrong}).status_code == 422
    client.post(url_of("new_round"), words)
    found = CoachingRound.objects.get()
    assert (found.number, found.state, found.ends_on - found.starts_on) == (1, "gathering", timedelta(days=41))


def test_one_joins_and_leaves_anew_each_round(lead, gathering, sign_in):
    client = sign_in(lead)
    assert "I take part" in client.get(url_of("coaching")).content.decode()
    client.post(url_of("take_part", gathering), {"answer": "in"})
    client.post(url_of("take_part", gathering), {"answer": "in"})
    assert OptIn.objects.filter(member=lead).count() == 1
    assert client.post(url_of("take_part", gathering), {"answer": "perhaps"}).status_code == 422
    client.post(url_of("take_part", gathering), {"answer": "out"})
    assert not OptIn.objects.filter(member=lead).exists()


def test_a_published_round_takes_nobody_any_more(lead, sign_in):
    found = round_of()
    sign_in(lead).post(url_of("take_part", found), {"answer": "in"})
    assert not OptIn.objects.exists()


def test_the_draw_is_the_workers(facilitator, gathering, sign_in, django_capture_on_commit_callbacks):
    client = sign_in(facilitator)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url_of("draw", gathering), {"what": "draw"})
    gathering.refresh_from_db()
    assert (gathering.drawing, gathering.groups.count()) == ("waiting", 0)
    assert DBTaskResult.objects.get().args_kwargs["args"] == [gathering.pk, gathering.draw_number]
    CoachingRound.objects.update(drawing="running", steps_done=3, steps_total=13)
    fragment = client.get(gathering.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert re.search(r'<progress value="3" max="13"', fragment)
    assert "<html" not in fragment
    run_draw(gathering.pk, gathering.draw_number)
    gathering.refresh_from_db()
    assert (gathering.state, gathering.drawing, gathering.groups.count()) == ("draft", "done", 3)


def test_a_draw_that_was_stopped_or_overtaken_writes_nothing(facilitator, gathering, sign_in):
    actions.start_draw(gathering, seed=1)
    gathering.refresh_from_db()
    first = gathering.draw_number
    sign_in(facilitator).post(url_of("draw", gathering), {"what": "stop"})
    assert run_draw(gathering.pk, first) is False
    actions.start_draw(gathering, seed=2)
    assert run_draw(gathering.pk, first) is False
    gathering.refresh_from_db()
    assert gathering.groups.count() == 0
    assert run_draw(gathering.pk, gathering.draw_number) is True
    assert run_draw(gathering.pk, gathering.draw_number) is False  # the same job once more


def test_a_draft_shows_reasons_to_facilitators_alone(facilitator, lead, gathering, sign_in):
    skill = Skill.objects.create(name="delegating")
    one, other = Member.objects.filter(coaching_opt_ins__round=gathering)[:2]
    one.seeks.add(skill)
    other.offers.add(skill)
    found = drawn(gathering)
    page = sign_in(facilitator).get(found.get_absolute_url()).content.decode()
    assert "Person can help Person with delegating." in page
    assert "They share 8 working hours." in page
    assert "They never met." in page
    members = sign_in(lead).get(found.get_absolute_url()).content.decode()
    assert "Person 0" not in members
    assert not Notification.objects.exists()


def test_a_draft_is_drawn_again_with_another_seed(facilitator, draft, sign_in):
    seeds, pairs = {draft.seed}, [pairs_of(draft)]
    for seed in range(2, 8):
        pairs.append(pairs_of(drawn(draft, seed)))
    assert any(one != pairs[0] for one in pairs)
    sign_in(facilitator).post(url_of("draw", draft), {"what": "draw"})
    draft.refresh_from_db()
    assert draft.seed not in seeds


def test_two_people_change_places(facilitator, draft, sign_in):
    a, b, c, d = [one for pair in sorted(map(sorted, pairs_of(draft)))[:2] for one in pair]
    sign_in(facilitator).post(url_of("swap", draft), {"first": a, "second": c})
    assert {frozenset({c, b}), frozenset({a, d})} <= pairs_of(draft)


def test_a_swap_keeps_the_rules_and_tells_no_secret(facilitator, draft, sign_in):
    before = pairs_of(draft)
    a, b, c, _d = [one for pair in sorted(map(sorted, before))[:2] for one in pair]
    CoachingPreferences.objects.create(member_id=b).not_with.add(c)
    response = sign_in(facilitator).post(url_of("swap", draft), {"first": a, "second": c})
    assert (response.status_code, pairs_of(draft)) == (422, before)
    assert "The rules keep some of them apart." in response.content.decode()
    for wrong in ({"first": a, "second": a}, {"first": a, "second": b}, {"first": a, "second": facilitator.pk}):
        assert sign_in(facilitator).post(url_of("swap", draft), wrong).status_code == 422
    assert pairs_of(draft) == before


def test_someone_without_a_group_changes_places_too(facilitator, gathering, sign_in):
    left = MemberFactory(name="Left Over", time_zone="Pacific/Auckland")
    actions.join(gathering, left, now=NOW)
    found = drawn(gathering)
    assert [row.member for row in found.unmatched.all()] == [left]
    Member.objects.filter(pk=left.pk).update(time_zone="Europe/Berlin")
    a, b = sorted(next(iter(pairs_of(found))))
    sign_in(facilitator).post(url_of("swap", found), {"first": left.pk, "second": a})
    assert frozenset({left.pk, b}) in pairs_of(found)
    assert [row.member_id for row in found.unmatched.all()] == [a]


def test_everyone_learns_their_own_group(facilitator, draft, sign_in):
    sign_in(facilitator).post(url_of("publish", draft))
    draft.refresh_from_db()
    assert draft.state == "published"
    for group in draft.groups.all():
        a, b = [row.member for row in group.group_members.all()]
        told = Notification.objects.get(member=a)
        assert (told.kind, told.text, told.url) == (
            "coaching_group", f"You are in a coaching group with {b.name}.", group.get_absolute_url(),
        )  # fmt: skip
        mail = Mail.objects.get(member=a)
        assert b.name in mail.body
        others = set(Member.objects.filter(name__startswith="Person").exclude(pk__in=[a.pk, b.pk]))
        assert not any(other.name in mail.body for other in others)
    assert Notification.objects.count() == 6
    sign_in(facilitator).post(url_of("publish", draft))
    assert Notification.objects.count() == 6
    assert [row.on - draft.starts_on for row in CheckIn.objects.filter(group=group)] == [
        timedelta(days=14), timedelta(days=35),
    ]  # fmt: skip


def test_a_draft_that_no_longer_holds_is_not_published(facilitator, draft, sign_in):
    someone = draft.group_members.first().member
    actions.leave(draft, someone)
    sign_in(facilitator).post(url_of("publish", draft))
    draft.refresh_from_db()
    assert (draft.state, Notification.objects.count()) == ("draft", 0)
    pairs_of(drawn(draft))
    sign_in(facilitator).post(url_of("publish", draft))
    draft.refresh_from_db()
    assert draft.state == "published"
    assert not draft.group_members.filter(member=someone).exists()


def test_a_draft_weighs_a_pair_that_a_wish_now_keeps_apart(facilitator, draft, sign_in):
    """A pair without its weight would tell facilitators that one of them said "not with"."""
    client, here = sign_in(facilitator), url_of("round", draft.pk)
    before = re.findall(r'class="num">(\d*)<', client.get(here).text)
    one, other = (row.member for row in draft.groups.first().group_members.all())
    CoachingPreferences.objects.create(member=one).not_with.add(other)
    assert re.findall(r'class="num">(\d*)<', client.get(here).text) == before
    assert len(before) == 3
    assert all(before)


def test_a_round_that_was_published_meanwhile_is_not_deleted(draft):
    CoachingRound.objects.update(state="published")
    with pytest.raises(actions.RoundClosedError):
        actions.delete_round(draft)
    assert CoachingRound.objects.exists()


def test_an_empty_round_is_not_published(facilitator, gathering, sign_in):
    sign_in(facilitator).post(url_of("publish", gathering))
    gathering.refresh_from_db()
    assert gathering.state == "gathering"


def test_who_waited_is_told_why_and_weighs_more(facilitator, gathering, sign_in):
    left = MemberFactory(name="Left Over", time_zone="Pacific/Auckland")
    actions.join(gathering, left, now=NOW)
    sign_in(facilitator).post(url_of("publish", drawn(gathering)))
    assert "The rules leave nobody to meet" in Notification.objects.get(member=left).text
    after = round_of(state="gathering")
    actions.join(after, left, now=NOW)
    assert pool_of(after).person(left.pk).waited is True


def test_what_the_pool_takes_from_the_rows(gathering, guest, lead, manager):
    paused, gone = MemberFactory(), MemberFactory(is_active=False)
    CoachingPreferences.objects.create(member=paused, paused_until=gathering.starts_on + timedelta(days=1))
    said = CoachingPreferences.objects.create(member=lead, manager=manager)
    said.not_with.add(paused)
    said.reports.add(gone)
    for member in (guest, paused, gone, lead):
        OptIn.objects.create(round=gathering, member=member, at=NOW)
    pool = pool_of(gathering)
    assert len(pool.people) == 7
    mine = pool.person(lead.pk)
    assert (mine.manager, mine.avoids) == (manager.pk, {paused.pk, gone.pk})
    CoachingPreferences.objects.filter(member=paused).update(paused_until=gathering.starts_on)
    assert pool_of(gathering).person(paused.pk) is not None


def test_the_history_is_that_of_published_rounds_before(lead, manager, aspiring):
    round_of([lead, manager, aspiring])
    round_of([lead, manager], state="draft")
    round_of([lead, aspiring])
    now = round_of(state="gathering")
    OptIn.objects.create(round=now, member=lead, at=NOW)
    pool = pool_of(now)
    trio = frozenset({lead.pk, manager.pk, aspiring.pk})
    assert pool.history == [[trio], [frozenset({lead.pk, aspiring.pk})]]
    assert pool.person(lead.pk).trios == 1


@pytest.mark.parametrize("number", [2, 20])
def test_the_pool_takes_a_fixed_number_of_queries(number, gathering, django_assert_num_queries):
    for _ in range(number):
        actions.join(gathering, MemberFactory(), now=NOW)
    with django_assert_num_queries(7):
        pool_of(gathering)


# What one tells the matcher.


def test_preferences_are_kept_and_shown_to_oneself(lead, manager, sign_in):
    client = sign_in(lead)
    day = NOW.date() + timedelta(days=30)
    words = {"paused_until": str(day), "manager": manager.pk, "not_with": [manager.pk], "reports": []}
    client.post(url_of("preferences"), words)
    said = CoachingPreferences.objects.get(member=lead)
    assert (said.paused_until, said.manager, list(said.not_with.all())) == (day, manager, [manager])
    form = client.get(url_of("preferences")).context["form"]
    assert (form["manager"].value(), form["not_with"].value()) == (manager.pk, [manager.pk])


@pytest.mark.parametrize("field", ["manager", "reports", "not_with"])
def test_oneself_a_guest_and_nonsense_are_no_choice(field, lead, guest, sign_in):
    for value in (lead.pk, guest.pk, "x", 10**25):
        assert sign_in(lead).post(url_of("preferences"), {field: value}).status_code in {400, 422}
    assert not CoachingPreferences.objects.exists()


# The page of a group.


@pytest.fixture
def group(lead, manager):
    return round_of([lead, manager]).groups.get()


def test_a_group_page_is_its_members_alone(group, lead, facilitator, admin, sign_in):
    url = group.get_absolute_url()
    page = sign_in(lead).get(url).content.decode()
    assert "Max Manager" in page
    missing = sign_in(admin).get(url_of("group", 999)).content
    assert sign_in(admin).get(url).content == missing
    assert sign_in(facilitator).get(url).status_code == 404


def test_a_draft_group_is_nobodys_yet(lead, manager, sign_in):
    group = round_of([lead, manager], state="draft").groups.get()
    assert sign_in(lead).get(group.get_absolute_url()).status_code == 404
    assert sign_in(lead).post(url_of("note", group), {"text": "x"}).status_code == 404


def test_up_to_two_goals_each(group, lead, manager, sign_in):
    actions.set_goals(group, manager, ["Theirs"])
    sign_in(lead).post(url_of("goals", group), {"goal_1": "Mine", "goal_2": "Another", "goal_3": "Too many"})
    assert list(Goal.objects.values_list("member", "text")) == [
        (lead.pk, "Mine"), (lead.pk, "Another"), (manager.pk, "Theirs"),
    ]  # fmt: skip
    sign_in(lead).post(url_of("goals", group), {"goal_1": ""})
    assert list(Goal.objects.values_list("text", flat=True)) == ["Theirs"]


@pytest.mark.parametrize("outcome", ["met", "moved", "not"])
def test_check_ins(outcome, group, lead, sign_in):
    row = group.check_ins.get(number=1)
    day = row.on + timedelta(days=3)
    sign_in(lead).post(url_of("check_in", group, 1), {"outcome": outcome, "on": str(day)})
    after = group.check_ins.get(number=1)
    assert (after.outcome, after.on) == (outcome, day if outcome == "moved" else row.on)


def test_a_moved_check_in_needs_its_day(group, lead, sign_in):
    client = sign_in(lead)
    for day in ("", "2001-01-01", "x"):
        response = client.post(url_of("check_in", group, 1), {"outcome": "moved", "on": day})
        assert (response.status_code, list(response.context["form"].errors)) == (422, ["on"])
    assert client.get(url_of("check_in", group, 3)).status_code == 404


def test_notes_belong_to_the_group(group, lead, manager, sign_in):
    sign_in(lead).post(url_of("note", group), {"text": "We begin with the queue."})
    note = GroupNote.objects.get()
    assert "We begin with the queue." in sign_in(manager).get(group.get_absolute_url()).content.decode()
    assert sign_in(manager).post(url_of("delete_note", group, note.pk)).status_code == 404
    sign_in(lead).post(url_of("delete_note", group, note.pk))
    assert not GroupNote.objects.exists()
    assert sign_in(lead).post(url_of("note", group), {"text": " "}).status_code == 422


def test_facilitators_see_how_many_groups_met_and_no_more(facilitator, lead, manager, aspiring, sign_in):
    found = round_of([lead, manager], [aspiring, MemberFactory()])
    group = found.groups.first()
    group.check_ins.update(outcome="met")
    note_of(group, lead)
    page = sign_in(facilitator).get(found.get_absolute_url()).content.decode()
    assert "1 of 2 groups met." in page
    assert lead.name not in page
    assert "groups met" not in sign_in(lead).get(found.get_absolute_url()).content.decode()


def test_rather_not_again_is_asked_at_the_end_and_goes_to_the_matcher(lead, manager, aspiring, sign_in):
    running = round_of([lead, manager]).groups.get()
    assert sign_in(lead).post(url_of("not_again", running), {"others": manager.pk}).status_code == 404
    ended = round_of([lead, manager], starts_on=date(2026, 1, 5)).groups.get()
    CoachingPreferences.objects.create(member=lead).not_with.add(aspiring)
    assert "Rather not again" in sign_in(lead).get(ended.get_absolute_url()).content.decode()
    sign_in(lead).post(url_of("not_again", ended), {"others": manager.pk})
    assert set(CoachingPreferences.objects.get(member=lead).not_with.all()) == {manager, aspiring}
    assert sign_in(lead).post(url_of("not_again", ended), {"others": aspiring.pk}).status_code == 422
    now = round_of(state="gathering")
    for member in (lead, manager):
        actions.join(now, member, now=NOW)
    assert drawn(now).groups.count() == 0
    sign_in(lead).post(url_of("not_again", ended), {})
    assert set(CoachingPreferences.objects.get(member=lead).not_with.all()) == {aspiring}


@pytest.mark.parametrize("number", [1, 3])
def test_a_group_page_asks_a_fixed_number_of_questions(number, group, lead, sign_in, django_assert_num_queries):
    for _ in range(number):
        note_of(group, lead)
        other = MemberFactory()
        GroupMember.objects.create(group=group, round=group.round, member=other)
        plan_of(other, visibility="group")
        shared_of(reflection_of(other), "group", group=group)
        actions.set_goals(group, other, ["One", "Two"])
    client = sign_in(lead)
    with django_assert_num_queries(14):
        client.get(group.get_absolute_url())


@pytest.mark.parametrize("number", [4, 12])
def test_a_draft_asks_a_fixed_number_of_questions(number, facilitator, sign_in, django_assert_num_queries):
    found = round_of(state="gathering")
    for _ in range(number):
        actions.join(found, MemberFactory(), now=NOW)
    drawn(found)
    client = sign_in(facilitator)
    with django_assert_num_queries(25):
        client.get(found.get_absolute_url())
