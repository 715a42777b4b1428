"""A case as a clinic: steps and time left by the server's clock."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from library.clinic_steps import MINUTES, STEPS, clock_words, standing
from library.models import Clinic, Grant
from tests.conftest import NOW
from tests.factories import InsightFactory, SessionFactory


def minutes(number):
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("after", "number", "left"),
    [
        (0, 0, "5:00"),
        (4, 0, "1:00"),
        (5, 1, "10:00"),
        (34.5, 2, "0:30"),
        (59, 5, "1:00"),
        (60, 6, "0:00"),
        (9_999, 6, "0:00"),
    ],
)
def test_the_clock_leads_through_the_steps(after, number, left):
    at = standing(0, NOW, now=NOW + minutes(after))
    assert (at.number, at.is_over, clock_words(at.seconds_left(NOW + minutes(after)))) == (number, number == 6, left)


@given(st.integers(0, len(STEPS)), st.integers(0, 100_000))
def test_no_moment_is_lost(number, seconds):
    now = NOW + timedelta(seconds=seconds)
    at = standing(number, NOW, now=now)
    if not at.is_over:
        assert at.began_at <= now < at.ends_at
        assert 0 < at.seconds_left(now) <= at.step.minutes * 60
    assert at.is_over == (seconds >= sum(step.minutes for step in STEPS[number:]) * 60)
    assert MINUTES == 60


@pytest.fixture
def case(lead):
    answers = {"context": "We *grew*.", "challenge": "Two teams", "outcome": "Secret end", "options": "a\nb"}
    return InsightFactory(nature="case", answers=answers, outcome="", repeat="", material__owner=lead).material


def at(moment, browser, case):
    with time_machine.travel(moment, tick=False):
        return browser.get(f"/library/{case.slug}/clinic/")


def move(moment, browser, case, do):
    with time_machine.travel(moment, tick=False):
        return browser.post(f"/library/{case.slug}/clinic/", {"do": do}).status_code


def test_it_starts_leads_on_and_is_moved(client, other, case):
    assert "Not started yet" in at(NOW, other, case).content.decode()
    assert move(NOW, client, case, "start") == 302
    page = at(NOW + minutes(6), other, case)
    assert (page.context["number"], page.context["left"]) == (2, "9:00")
    html = page.content.decode()
    assert [words in html for words in ("Questions for facts", "We <em>grew</em>.", "Secret end", "Next step")] == [
        True, True, False, False,
    ]  # fmt: skip
    move(NOW + minutes(7), client, case, "next")
    assert (at(NOW + minutes(8), other, case).context["number"], Clinic.objects.get().step) == (3, 2)
    move(NOW + minutes(8), client, case, "back")
    assert at(NOW + minutes(8), other, case).context["left"] == "10:00"
    move(NOW + minutes(9), client, case, "end")
    assert "The clinic is over" in at(NOW + minutes(9), other, case).content.decode()
    move(NOW + minutes(10), client, case, "start")
    assert at(NOW + minutes(10), other, case).context["number"] == 1


def test_who_runs_it(other, manager, facilitator, sign_in, case):
    assert move(NOW, other, case, "start") == 403
    SessionFactory().session_materials.create(material=case)
    assert move(NOW, other, case, "start") == 403
    case.session_materials.get().session.leads.add(manager)
    assert move(NOW, other, case, "start") == 302
    assert move(NOW, sign_in(facilitator), case, "next") == 302
    assert move(NOW, other, case, "nonsense") == 302
    assert Clinic.objects.get().step == 1


def test_a_guest_watches_what_was_granted(guest, sign_in, case):
    browser = sign_in(guest)
    assert at(NOW, browser, case).status_code == 404
    Grant.objects.create(member=guest, material=case, until=NOW + timedelta(days=1))
    assert at(NOW, browser, case).status_code == 200
    assert move(NOW, browser, case, "start") == 403


def test_only_shared_cases_open(client, other, lead):
    for fields in ({"nature": "failure"}, {"nature": "case", "material__published_at": None}):
        material = InsightFactory(material__owner=lead, **fields).material
        assert client.get(f"/library/{material.slug}/clinic/").status_code == 404
    private = InsightFactory(nature="case", material__audience="private", material__owner=lead).material
    assert (at(NOW, client, private).status_code, at(NOW, other, private).status_code) == (200, 404)


def test_the_clock_is_sent_when_something_is_new(client, case):
    move(NOW, client, case, "start")
    headers = {"HX-Request": "true"}
    with time_machine.travel(NOW + minutes(1), tick=False):
        state = client.get(f"/library/{case.slug}/clinic/").context["state"]
        url = f"/library/{case.slug}/clinic/?state={state}"
        assert client.get(url, headers=headers).status_code == 204
    with time_machine.travel(NOW + minutes(5), tick=False):
        answer = client.get(url, headers=headers)
    assert (answer.status_code, answer.content.decode().strip().startswith('<section id="clock"')) == (200, True)


def test_a_case_leads_to_its_clinic(other, case):
    assert f"/library/{case.slug}/clinic/" in other.get(case.get_absolute_url()).content.decode()
    failure = InsightFactory(nature="failure").material
    assert "/clinic/" not in other.get(failure.get_absolute_url()).content.decode()
