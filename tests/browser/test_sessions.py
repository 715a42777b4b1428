"""Answers, votes and the calendar in the browser: by click and keyboard, with script and without."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from members.models import Community
from sessions.models import Attendance, Session
from tests.factories import AttendanceFactory, MemberFactory, SessionFactory, TopicFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(db):
    Community.objects.create(pk=1, stage=Community.Stage.OPEN)
    made = SessionFactory(title="Saying no", starts_at=timezone.now() + timedelta(days=2), capacity=3)
    AttendanceFactory(session=made, member__name="Ann First")
    return made


@pytest.fixture
def page(sign_in_page, lead):
    return sign_in_page(lead)


def pressed(page):
    return page.locator(".answer [aria-pressed=true]")


def test_an_answer_on_the_page_of_a_session(page, session, lead):
    page.goto(session.get_absolute_url())
    page.get_by_role("button", name="Going").click()
    expect(pressed(page)).to_have_text("Going")
    expect(page.locator("#coming")).to_contain_text(lead.name)
    expect(page.locator("#answer")).to_contain_text("2 of 3 seats")
    expect(page.locator("#live")).to_have_text("You are going.")
    assert page.url.endswith(session.get_absolute_url())
    page.get_by_role("button", name="Can’t").click()
    expect(page.locator("#coming")).not_to_contain_text(lead.name)
    assert list(session.attendances.values_list("member__name", "answer")) == [
        ("Ann First", "going"),
        (lead.name, "no"),
    ]


def test_a_wish_is_noted_as_soon_as_it_is_chosen(page, session, lead):
    page.goto(session.get_absolute_url())
    page.get_by_role("button", name="Maybe").click()
    expect(pressed(page)).to_have_text("Maybe")
    with page.expect_response("**/rsvp/"):
        page.get_by_label("In this session").select_option("asked")
    expect(pressed(page)).to_have_text("Maybe")
    assert Attendance.objects.filter(member=lead).values_list("answer", "wish").get() == ("maybe", "asked")


def test_an_answer_in_the_agenda_by_keyboard_keeps_the_place(page, session):
    page.goto("/sessions/")
    page.get_by_role("button", name="Maybe").focus()
    page.keyboard.press("Enter")
    expect(pressed(page)).to_have_text("Maybe")
    assert page.evaluate("document.activeElement.closest('.answer') !== null")
    assert page.url.endswith("/sessions/")


def test_a_seat_that_is_gone_meanwhile_leads_to_the_waitlist(page, session):
    page.goto("/sessions/")
    for _ in range(2):
        AttendanceFactory(session=session)
    page.get_by_role("button", name="Going").click()
    expect(pressed(page)).to_have_text("Waiting")
    expect(page.locator(".answer")).to_contain_text("You are next on the waitlist.")


def test_cancelled_meanwhile_it_says_so(page, session):
    page.goto(session.get_absolute_url())
    Session.objects.update(state=Session.State.CANCELLED)
    page.get_by_role("button", name="Going").click()
    expect(page.locator("#answer")).to_contain_text("This session takes no answers any more.")


def test_months_views_and_filters_are_addresses(page, session):
    page.goto("/sessions/")
    page.get_by_role("link", name="Month", exact=True).click()
    expect(page.locator(".month")).to_be_visible()
    assert page.url.endswith("/sessions/?view=month")
    title = page.locator("#month-title").inner_text()
    page.get_by_role("link", name="Next month").click()
    expect(page.locator("#month-title")).not_to_have_text(title)
    page.get_by_role("link", name="Today").click()
    expect(page.locator("#month-title")).to_have_text(title)
    page.get_by_role("link", name="Talk").click()
    expect(page.get_by_role("link", name="Talk")).to_have_attribute("aria-current", "true")
    assert page.url.endswith("/sessions/?view=month&format=talk")
    page.go_back()
    expect(page.get_by_role("link", name="All formats")).to_have_attribute("aria-current", "true")


def test_a_vote_and_its_return(page, session):
    topic = TopicFactory(title="Tired teams")
    page.goto("/sessions/topics/")
    button = page.get_by_role("button", name="Tired teams")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#votes-left")).to_have_text("You have 2 votes left.")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert topic.votes.count() == 0


def test_what_is_like_it_shows_while_typing(page, session):
    TopicFactory(title="Leading a tired team", proposed_by=MemberFactory())
    page.goto("/sessions/topics/new/")
    page.get_by_label("What is it about?").press_sequentially("tired team", delay=10)
    expect(page.locator("#similar")).to_contain_text("Leading a tired team")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("tired team")


@pytest.mark.parametrize("width", [360])
def test_on_a_phone_the_answer_is_in_the_first_screen(page, session):
    page.goto(session.get_absolute_url())
    answer, doing = page.locator("#answer").bounding_box(), page.get_by_text("What you will do").bounding_box()
    bar = page.locator(".site-nav").bounding_box()
    assert answer["y"] + answer["height"] < bar["y"]
    assert answer["y"] < doing["y"]


def test_without_script(browser, live_server, session, lead, sign_in):
    from django.conf import settings

    cookie = sign_in(lead).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto("/sessions/")
    page.get_by_role("button", name="Going").click()
    assert pressed(page).inner_text() == "Going"
    assert page.get_by_text("You are going.").count() == 1
    page.get_by_role("link", name="Month", exact=True).click()
    page.get_by_role("link", name="Saying no").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Saying no"
    context.close()
