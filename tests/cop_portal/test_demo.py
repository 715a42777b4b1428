"""The demo community: loads once, changes nothing twice, and never where real people are."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from cop_portal.demo import DemoRefusedError, load_demo
from cop_portal.lib.content import shipped_content
from feedback.models import Poll
from members.models import Member
from sessions.models import Session, Topic
from tests.factories import MemberFactory

LABELS = ("members", "library", "cop_sessions", "feedback")


def rows():
    models = [model for label in LABELS for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    return {model._meta.label: model._default_manager.count() for model in models}


@pytest.fixture
def _debug(settings):
    settings.DEBUG = True


@pytest.mark.usefixtures("_debug")
def test_loads_everything_and_changes_nothing_twice(db, now):
    list(load_demo(now=now))
    first = rows()
    list(load_demo(now=now))
    assert rows() == first
    content = shipped_content()
    assert Member.objects.count() == len(content["members"]) + 1
    assert Topic.objects.count() == len(content["topics"])


@pytest.mark.usefixtures("_debug")
@pytest.mark.parametrize("day", [datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2027, 3, 28, 23, tzinfo=UTC)], ids=str)
def test_there_is_a_past_a_session_this_week_and_a_future(db, day):
    list(load_demo(now=day))
    polls = Poll.objects.order_by("closes_at")
    assert len(polls.open_at(day)) == 1
    assert all(5 <= poll.answered <= 11 for poll in polls.closed())
    assert polls.closed().count() >= 5
    assert Session.objects.filter(state="published").upcoming(now=day).first().starts_at < day + timedelta(days=7)


@pytest.mark.usefixtures("_debug")
def test_refuses_where_real_people_are(db, now):
    MemberFactory(email="somebody@real.example")
    with pytest.raises(DemoRefusedError, match="outside the demo"):
        list(load_demo(now=now))


def test_refuses_without_debug(db):
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo")
    assert Member.objects.count() == 0


def test_every_reference_in_the_content_exists():
    content = shipped_content()
    formats = {one["slug"] for one in content["formats"]}
    assert {topic["format"] for topic in content["topics"]} <= formats
    assert {slug for topic in content["topics"] for slug in topic["tags"]} <= {tag["slug"] for tag in content["tags"]}
    assert {topic["principle"] for topic in content["topics"]} <= {one["slug"] for one in content["principles"]}
    assert set(content["feedback_questions"]) == {*formats, "core"}
    for template in content["session_templates"]:
        assert sum(minutes for minutes, _ in template["steps"]) == template["minutes"]
