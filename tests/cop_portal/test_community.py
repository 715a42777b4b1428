"""How the community is doing: aggregates, frozen monthly, "too few" below five people; and its quarterly retros."""

from datetime import UTC, datetime, timedelta

import pytest

from cop_portal.community import figures, freeze_health, months_shown
from feedback.health import HealthMonth, Retro
from library.traces import Adaptation, ReadingItem
from members.models import Community
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    InsightFactory,
    MaterialFactory,
    MemberFactory,
    SessionFactory,
    TeamFactory,
)

END = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def community(db):
    return Community.objects.create(stage=Community.Stage.OPEN)


def held(days_before, *came, leads=()):
    session = SessionFactory(starts_at=END - timedelta(days=days_before))
    session.leads.set(leads)
    for member in came:
        AttendanceFactory(session=session, member=member, came=True, answered_at=END - timedelta(days=days_before))
    return session


def people(count, **fields):
    return [MemberFactory(joined_at=END - timedelta(days=400), **fields) for _ in range(count)]


def test_voices_and_first_timers():
    six = people(6)
    held(200, leads=[six[0]])
    for member, times in zip(six, (4, 1, 1, 1, 1, 1), strict=True):
        for number in range(times):
            held(80 - number, leads=[member])
    AgendaItemFactory(session=held(3), lead=six[1])
    assert figures(END)["voices"] == [4.2, 6]  # 4, 2, 1, 1, 1, 1
    assert figures(END)["first_timers"] == [5, 6]


def test_four_voices_are_too_few_to_be_stored():
    for member in people(4):
        held(10, leads=[member])
    found = figures(END)
    assert (found["voices"], found["first_timers"]) == (None, None)


def test_newcomers_who_return_within_three_sessions():
    seven = people(7)
    held(100, *seven[:5])
    held(90, seven[0])
    held(80)
    held(70, seven[1])
    held(60, seven[2])  # the fourth after the first: too late
    held(50, *seven[5:])  # the next three are not over
    held(40)
    assert figures(END)["newcomers"] == [2, 5]


def test_old_materials_that_others_use():
    owner, *others = people(6)
    old = [InsightFactory(material__owner=owner, material__published_at=END - timedelta(days=60)) for _ in range(2)]
    new = MaterialFactory(owner=owner, published_at=END - timedelta(days=10))
    at = END - timedelta(days=5)
    for member in others[:4]:
        ReadingItem.objects.create(material=old[0].material, member=member, state="done", changed_at=at)
    ReadingItem.objects.create(material=new, member=others[4], state="done", changed_at=at)
    ReadingItem.objects.create(material=old[1].material, member=owner, state="done", changed_at=at)
    assert figures(END)["materials"] is None  # four people
    Adaptation.objects.create(material=old[1].material, team=TeamFactory(), by=others[4], choice="adapt", written_at=at)
    assert figures(END)["materials"] == 2


def test_pairs_of_teams_and_teams_present():
    five = [people(2, team=TeamFactory()) for _ in range(5)]
    held(60, *five[0], *five[1], *five[2][:1])
    held(30, *five[3], five[4][0])
    held(20, *five[0], five[1][0], five[2][0], five[2][1])
    held(10)
    found = figures(END)
    assert found["pairs"] == [40, 4, 5]
    assert found["present"] == [5, 5]


def test_days_from_joining_to_the_first_yes():
    session = SessionFactory(starts_at=END - timedelta(days=1))
    for days in (1, 2, 3, 10, 30):
        member = MemberFactory(joined_at=END - timedelta(days=40))
        AttendanceFactory(session=session, member=member, answered_at=END - timedelta(days=40 - days))
    assert figures(END)["first_answer"] == 3


def test_a_month_is_frozen_once_and_stays():
    held(10, *people(5))
    freeze_health(LATER)
    frozen = HealthMonth.objects.get()
    held(5, *people(5))
    freeze_health(LATER + timedelta(days=9))
    assert HealthMonth.objects.get() == frozen
    assert f"{frozen.month:%Y-%m-%d}" == "2026-10-01"
    assert HealthMonth.objects.get().figures == frozen.figures


def test_an_empty_community_freezes_nothing():
    freeze_health(LATER)
    assert not HealthMonth.objects.exists()


def test_the_page_says_too_few(lead, sign_in):
    held(10)
    freeze_health(LATER)
    page = sign_in(lead).get("/community/").content.decode()
    assert page.count("too few") == 7
    assert "October 2026" in page


def test_before_the_first_month(lead, sign_in):
    assert "The first month is not over yet" in sign_in(lead).get("/community/").content.decode()


def test_all_figures_have_words():
    HealthMonth.objects.create(
        month="2026-10-01", frozen_at=LATER,
        figures={"voices": [3.9, 6], "first_timers": [2, 6], "newcomers": [4, 5], "materials": 7,
                 "pairs": [60, 6, 5], "present": [4, 5], "first_answer": 1},
    )  # fmt: skip
    values = [figure.value for figure in months_shown()[0].figures]
    assert values == ["3.9 of 6", "2 of 6", "4 of 5", "7", "60 %", "4 of 5", "1 day"]


@pytest.mark.parametrize("months", [1, 3])
def test_query_count_does_not_grow(lead, sign_in, months, django_assert_num_queries):
    for number in range(months):
        HealthMonth.objects.create(month=f"2026-0{number + 1}-01", figures={}, frozen_at=LATER)
        Retro.objects.create(quarter=f"202{number}-01-01", choice="continue", words="On we go.", written_at=LATER)
    client = sign_in(lead)
    with django_assert_num_queries(5):
        client.get("/community/")


# --- Retros ----------------------------------------------------------------------------------


@pytest.fixture
def facilitating(facilitator, sign_in):
    return sign_in(facilitator)


def sent(choice="continue", **fields):
    return {"choice": choice, "words": "We keep going.", **fields}


def test_a_facilitator_writes_the_retro_down(facilitating, lead, sign_in):
    assert facilitating.get("/community/retro/").status_code == 200
    facilitating.post("/community/retro/", sent("change"))
    page = sign_in(lead).get("/community/").content.decode()
    assert "Change" in page
    assert "We keep going." in page


def test_it_is_written_down_once_a_quarter(facilitating):
    facilitating.post("/community/retro/", sent())
    response = facilitating.post("/community/retro/", sent("pause"), follow=True)
    assert "is written down: continue." in response.content.decode()
    assert Retro.objects.get().choice == "continue"


def test_closing_is_asked_twice(facilitating):
    page = facilitating.post("/community/retro/", sent("close")).content.decode()
    assert "Close the community?" in page
    assert (Retro.objects.count(), Community.current().stage) == (0, Community.Stage.OPEN)
    facilitating.post("/community/retro/", sent("close", sure="on"))
    assert Community.current().stage == Community.Stage.CLOSED


@pytest.mark.parametrize("wrong", [{"choice": "merge"}, {"words": ""}, {"words": "x" * 1_001}])
def test_what_is_missing_is_said(facilitating, wrong):
    assert facilitating.post("/community/retro/", sent() | wrong).status_code == 422
    assert not Retro.objects.exists()


def test_a_member_reads_only(lead, sign_in):
    client = sign_in(lead)
    assert "/community/retro/" not in client.get("/community/").content.decode()
    assert client.post("/community/retro/", sent()).status_code == 403
    assert not Retro.objects.exists()


def test_a_guest_finds_nothing(guest, sign_in):
    assert sign_in(guest).get("/community/").status_code == 404


def test_only_these_verbs(facilitating):
    assert facilitating.post("/community/").status_code == 405
    assert facilitating.put("/community/retro/").status_code == 405
