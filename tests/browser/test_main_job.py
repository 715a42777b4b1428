"""The portal's main job in one go: come to a session, share an article and find it again, give feedback, edit topics.

The same steps run with scripts and without: htmx makes it smoother, never possible.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from cop_portal.demo import load_demo
from feedback.models import Ballot, Poll
from library.models import Material
from members.models import Member
from sessions.models import Attendance, Session, Topic

ARTICLE = """# Handing over on Fridays

We hand over **in writing**, and read it on Monday.

| day | who |
|-----|-----|
| Fri | writes |
| Mon | reads |
"""


@pytest.fixture
def demo(transactional_db, settings):
    from django.utils import timezone

    settings.DEBUG = True
    list(load_demo(now=timezone.now()))
    settings.DEBUG = False
    return timezone.now()


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def context(request, browser, live_server, complaints):
    """A browser with scripts, or one without."""
    from tests.browser.conftest import listen

    made = browser.new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=request.param)
    made.set_default_timeout(10_000)
    listen(made, complaints, live_server.url.partition("//")[2])
    yield made
    made.close()
    assert complaints == []


@pytest.fixture
def looked_at(request, axe):
    """Call it with a page that is shown: axe finds nothing. (Without scripts axe itself cannot run.)"""

    def look(page: Page) -> None:
        if request.node.callspec.params["context"]:
            assert axe(page) == []

    return look


def test_the_main_job(demo, page, looked_at, tmp_path):
    sign_in(page, "mira@cop.example", looked_at)
    come_to_the_next_session(page, looked_at, demo)
    upload_an_article(page, looked_at, tmp_path)
    find_it_again(page, looked_at)
    give_feedback(page, looked_at, demo)
    read_results(page, looked_at)


def test_an_admin_edits_topics(demo, page, looked_at):
    sign_in(page, "admin@cop.example", looked_at)
    page.goto("/admin/cop_sessions/topic/")
    topic = Topic.objects.get(title="What an estimate is for")
    page.fill("#searchbar", "estimate")
    page.press("#searchbar", "Enter")
    page.get_by_role("row", name=re.compile(topic.title)).get_by_role("combobox").first.select_option("covered")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 topic was changed successfully.")).to_be_visible()
    topic.refresh_from_db()
    assert topic.state == Topic.State.COVERED


def sign_in(page: Page, email: str, looked_at) -> None:
    page.goto("/")
    looked_at(page)
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill("learn-together")
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good")
    looked_at(page)


def come_to_the_next_session(page: Page, looked_at, now) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Sessions").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sessions")
    looked_at(page)
    page.goto("/sessions/?view=month")
    looked_at(page)
    session = Session.objects.filter(state="published").upcoming(now=now).first()
    page.goto(session.get_absolute_url())
    looked_at(page)
    page.get_by_role("button", name="Going").first.click()
    expect(page.get_by_role("button", name="Going").first).to_have_attribute("aria-pressed", "true")
    assert Attendance.objects.get(session=session, member__email="mira@cop.example").answer == "going"


def upload_an_article(page: Page, looked_at, tmp_path) -> None:
    file = tmp_path / "handing-over-on-fridays.md"
    file.write_text(ARTICLE)
    page.goto("/library/new/article/")
    looked_at(page)
    page.locator("input[type=file]").set_input_files(file)
    page.locator("[name=title]").fill("Handing over on Fridays")
    page.locator("[name=tags]").fill("Delegation, Fridays")
    page.get_by_role("button", name="Share it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Handing over on Fridays")
    expect(page.get_by_role("table")).to_contain_text("reads")
    looked_at(page)
    made = Material.objects.get(title="Handing over on Fridays")
    assert sorted(tag.name for tag in made.tags.all()) == ["Delegation", "Fridays"]


def find_it_again(page: Page, looked_at) -> None:
    page.goto("/library/?q=hand+over+friday&kind=article")
    expect(page.get_by_role("main")).to_contain_text("Handing over on Fridays")
    looked_at(page)
    page.get_by_role("main").get_by_role("link", name=re.compile("Handing over on Fridays")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Handing over on Fridays")


def give_feedback(page: Page, looked_at, now) -> None:
    poll = Poll.objects.open_at(now).get()
    before = len(Ballot.objects.get(poll=poll).members)
    page.goto(poll.get_absolute_url())
    looked_at(page)
    page.get_by_text("Yes", exact=True).click()
    page.get_by_role("group", name="Was this worth the time it took?").get_by_role("radio").nth(3).check(force=True)
    page.get_by_text("about right", exact=True).click()
    page.get_by_role("button", name="Send anonymously").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    looked_at(page)
    assert len(Ballot.objects.get(poll=poll).members) == before + 1
    assert Member.objects.get(email="mira@cop.example").pk in Ballot.objects.get(poll=poll).members


def read_results(page: Page, looked_at) -> None:
    page.goto("/feedback/")
    looked_at(page)
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    expect(page.get_by_role("main")).to_contain_text("The middle answer is")
    looked_at(page)
