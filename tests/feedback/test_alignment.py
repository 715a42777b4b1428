"""The pulse on the principles: a team's own words, and how all teams stand, without their names."""

from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.alignment import TeamWord
from feedback.quarters import before, quarter_of
from feedback.team_words import Word, standings, write_words
from members.models import Community
from tests.factories import MemberFactory, PrincipleFactory, TeamFactory

ADDRESS = "/feedback/principles/"


@pytest.fixture(autouse=True)
def community(db):
    return Community.objects.create(stage=Community.Stage.OPEN)


@pytest.fixture
def principle():
    return PrincipleFactory(title="Small steps")


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


def sent(principle, choice="growing", note="Since May.", seen=""):
    return {f"choice_{principle.pk}": choice, f"note_{principle.pk}": note, f"seen_{principle.pk}": seen}


def stored():
    return list(TeamWord.objects.values_list("team", "principle", "choice", "note", "written_by"))


def others_say(principle, *choices):
    quarter = before(quarter_of(timezone.now().date()))
    for choice in choices:
        TeamWord.objects.create(
            team=TeamFactory(), principle=principle, quarter=quarter, choice=choice, note="ours alone",
            written_at=timezone.now(),
        )  # fmt: skip


def test_a_team_says_where_it_stands(client, lead, principle):
    assert client.get(ADDRESS).status_code == 200
    response = client.post(ADDRESS, sent(principle), follow=True)
    assert "Saved: 1 word." in response.content.decode()
    assert stored() == [(lead.team_id, principle.pk, "growing", "Since May.", lead.pk)]


def test_what_is_left_open_says_nothing(client, principle):
    assert "Nothing had changed." in client.post(ADDRESS, sent(principle, "", ""), follow=True).content.decode()
    assert stored() == []


def test_a_colleague_may_change_the_joint_word(client, lead, principle, sign_in):
    client.post(ADDRESS, sent(principle))
    colleague = MemberFactory(team=lead.team)
    word = TeamWord.objects.get()
    sign_in(colleague).post(ADDRESS, sent(principle, "lives", "Now.", word.written_at.isoformat()))
    assert stored() == [(lead.team_id, principle.pk, "lives", "Now.", colleague.pk)]


def test_two_at_once_lose_nothing(client, lead, principle, sign_in):
    sign_in(MemberFactory(team=lead.team, name="Nour")).post(ADDRESS, sent(principle, "not_now", "Theirs"))
    response = client.post(ADDRESS, sent(principle, "lives", "Mine"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "Nour saved: not now, by choice. Theirs" in page
    assert "Mine</textarea>" in page
    again = {name: response.context["form"].data[name] for name in sent(principle)}
    assert client.post(ADDRESS, again).status_code == 302
    assert stored() == [(lead.team_id, principle.pk, "lives", "Mine", lead.pk)]


def test_a_note_needs_a_choice(client, principle):
    response = client.post(ADDRESS, sent(principle, "", "Only words"))
    assert (response.status_code, stored()) == (422, [])
    assert "Only words" in response.content.decode()


@pytest.mark.parametrize("wrong", ["never", "5", "lives,growing"])
def test_only_the_four_words(client, principle, wrong):
    assert client.post(ADDRESS, sent(principle, wrong)).status_code == 422


def test_a_member_without_a_team_reads(principle, sign_in):
    client = sign_in(MemberFactory(team=None))
    assert "You belong to no team yet" in client.get(ADDRESS).content.decode()
    assert client.post(ADDRESS, sent(principle)).status_code == 422
    assert stored() == []


def test_an_archive_is_only_read(client, principle, community):
    Community.objects.update(stage=Community.Stage.CLOSED)
    assert client.post(ADDRESS, sent(principle)).status_code == 422
    assert stored() == []


def test_all_teams_show_from_four_on_when_the_quarter_is_over(client, principle):
    others_say(principle, "lives", "growing", "growing")
    assert "Shown once 4 teams have said something" in client.get(ADDRESS).content.decode()
    others_say(principle, "no_fit")
    shown = client.get(ADDRESS).context["form"].standings[0]
    assert [(bar.label, bar.value) for bar in shown.bars] == [
        ("lives here", 1), ("growing", 2), ("not now, by choice", 0), ("does not fit us", 1),
    ]  # fmt: skip


def test_nobody_reads_notes_or_names_of_other_teams(client, principle):
    others_say(principle, "lives", "growing", "growing", "no_fit")
    page = client.get(ADDRESS).content.decode()
    assert "ours alone" not in page
    assert all(word.team.name not in page for word in TeamWord.objects.select_related("team"))


def test_this_quarter_is_counted_only_when_it_is_over(client, principle):
    others_say(principle, *["lives"] * 4)
    TeamWord.objects.update(quarter=quarter_of(timezone.now().date()))
    assert client.get(ADDRESS).context["form"].standings[0].bars == []


def test_a_team_sees_its_own_course(lead, principle):
    today = timezone.now().date()
    for count, choice in ((2, "not_now"), (1, "growing"), (9, "no_fit")):
        TeamWord.objects.create(
            team=lead.team, principle=principle, quarter=before(quarter_of(today), count), choice=choice,
            written_at=timezone.now() - timedelta(days=90 * count),
        )  # fmt: skip
    assert [word for _label, word in standings(lead.team, today=today)[0].course] == ["not now, by choice", "growing"]


def test_a_guest_finds_nothing(guest, sign_in, principle):
    assert sign_in(guest).get(ADDRESS).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(client, lead, count, django_assert_num_queries):
    for _ in range(count):
        principle = PrincipleFactory()
        others_say(principle, *["lives"] * 4)
        write_words(lead.team, {principle.pk: Word("lives", "", None)}, by=lead, now=timezone.now())
    with django_assert_num_queries(8):
        client.get(ADDRESS)
