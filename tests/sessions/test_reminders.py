"""Reminders a week and a day before, once for each start."""

from datetime import UTC, datetime, timedelta

import pytest

from library.models import Material
from members.models import Mail, Member
from sessions.actions import cancel_session, store_edit
from sessions.models import Session, SessionMaterial
from sessions.reminders import remind_of_sessions
from tests.factories import AttendanceFactory, MaterialFactory, SessionFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 12, 10, 14, 0, tzinfo=UTC)


@pytest.fixture
def session(lead):
    made = SessionFactory(title="Saying no", starts_at=START)
    AttendanceFactory(session=made, member=lead)
    return made


def told(member):
    return [
        version.partition("-")[0] for version in member.notifications.order_by("pk").values_list("version", flat=True)
    ]


@pytest.mark.parametrize(
    ("before", "reminders"),
    [
        (timedelta(days=7, seconds=1), []),
        (timedelta(days=7), ["week"]),
        (timedelta(days=3), ["week"]),
        (timedelta(hours=47), []),
        (timedelta(hours=24, seconds=1), []),
        (timedelta(hours=24), ["day"]),
        (timedelta(minutes=1), ["day"]),
        (timedelta(), []),
    ],
)
def test_when_which_reminder_is_sent(session, lead, before, reminders):
    for _ in range(2):
        remind_of_sessions(START - before)
    assert told(lead) == reminders
    assert Mail.objects.filter(kind="reminder").count() == len(reminders)


def test_who_is_reminded(session, lead, guest):
    for answer in ("maybe", "no", "waitlisted", "invited"):
        AttendanceFactory(session=session, answer=answer, member__name=answer)
    AttendanceFactory(session=session, member=guest)
    AttendanceFactory(session=session, member__is_active=False)
    SessionFactory(starts_at=START).leads.add(lead)
    remind_of_sessions(START - timedelta(days=6))
    assert sorted(Mail.objects.values_list("member__name", flat=True)) == sorted([lead.name, guest.name, "maybe"])


def test_what_it_says(session, lead):
    Member.objects.filter(pk=lead.pk).update(time_zone="Europe/Lisbon")
    for title, fields in (("Read me", {}), ("Private", {"audience": Material.Audience.PRIVATE})):
        SessionMaterial.objects.create(session=session, material=MaterialFactory(title=title, **fields))
    SessionMaterial.objects.create(session=session, material=MaterialFactory(title="Later"), when="after")
    remind_of_sessions(START - timedelta(days=7))
    mail = Mail.objects.get()
    assert mail.subject == "Coming up: “Saying no” on Thursday 10 December, 14:00 (Lisbon)."
    assert mail.body == (
        "To read before:\n- Read me\n\nHas your answer changed? One click tells the others.\n\n"
        f"http://localhost:8000{session.get_absolute_url()}rsvp/\n"
    )


def test_moved_it_reminds_anew_and_moved_back_it_does_not(session, lead):
    remind_of_sessions(START - timedelta(days=7))
    for start in (START + timedelta(days=1), START):
        session.refresh_from_db()
        session.starts_at = start
        store_edit(session, {"starts_at"}, now=START - timedelta(days=6))
        remind_of_sessions(START - timedelta(days=6))
    assert told(lead.__class__.objects.get(pk=lead.pk)).count("week") == 2


@pytest.mark.parametrize("state", [Session.State.CANCELLED, Session.State.DRAFT, Session.State.DATED])
def test_what_does_not_take_place_reminds_nobody(session, lead, state):
    Session.objects.update(state=state)
    remind_of_sessions(START - timedelta(days=7))
    assert told(lead) == []


def test_cancelled_between_the_two_it_says_no_more(session, lead):
    remind_of_sessions(START - timedelta(days=7))
    cancel_session(session, reason="Flu", now=START - timedelta(days=2))
    remind_of_sessions(START - timedelta(hours=20))
    assert Mail.objects.filter(kind="reminder").count() == 1


@pytest.mark.usefixtures("at_now")
def test_the_link_leads_to_a_button_and_changes_nothing(session, lead, client):
    remind_of_sessions(START - timedelta(days=7))
    page = client.get(lead.notifications.get().url)
    assert (page.status_code, 'name="answer"' in page.content.decode()) == (200, True)
    assert list(session.attendances.values_list("answer", flat=True)) == ["going"]
