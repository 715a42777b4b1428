"""Invitations by mail: one for each session one comes to, again when it moves, and taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from members.letters import message_for
from members.models import Mail, Member
from sessions import actions
from sessions.answers import answer
from sessions.invitations import send_invitations
from sessions.models import Session
from sessions.subscriptions import choose_mail
from tests.factories import AttendanceFactory, SessionFactory

pytestmark = pytest.mark.django_db
GOING, NO = "going", "no"


@pytest.fixture
def session(now):
    return SessionFactory(title="Ours", starts_at=datetime(2026, 12, 9, 13, tzinfo=UTC), sequence=3)


@pytest.fixture
def chose_mail(lead, now):
    choose_mail(lead, True, now=now)
    return lead


def sent():
    """Each invitation in order: METHOD, SEQUENCE, STATUS."""
    found = [Calendar.from_ical(text) for text in mails().values_list("calendar", flat=True)]
    return [(str(one["METHOD"]), one.events[0]["SEQUENCE"], str(one.events[0]["STATUS"])) for one in found]


def mails():
    return Mail.objects.filter(kind="calendar").order_by("pk")


def test_who_comes_is_invited_once(chose_mail, session, now):
    answer(session, chose_mail, GOING, now=now)
    for _ in range(3):
        send_invitations(now)
    assert sent() == [("REQUEST", 3, "CONFIRMED")]
    mail = mails().get()
    assert (mail.to, mail.subject) == (chose_mail.email, "Invitation: Ours, Wednesday 9 December, 14:00 (Berlin)")
    assert mail.body.endswith(f"\n\nhttp://localhost:8000{session.get_absolute_url()}")


def test_what_is_in_it(chose_mail, session, now):
    answer(session, chose_mail, GOING, now=now)
    send_invitations(now)
    (event,) = Calendar.from_ical(mails().get().calendar).events
    assert str(event["UID"]) == str(session.uid)
    assert str(event["ORGANIZER"]).startswith("mailto:portal@")
    assert event["ATTENDEE"] == f"mailto:{chose_mail.email}"
    _text, calendar = message_for(mails().get(), now=now).message().iter_parts()
    assert calendar.get_param("method") == "REQUEST"


def test_moved_cancelled_and_taken_back(chose_mail, session, now):
    answer(session, chose_mail, GOING, now=now)
    send_invitations(now)
    session.refresh_from_db()
    session.starts_at += timedelta(days=1)
    for change in (
        lambda: actions.store_edit(session, {"starts_at"}, now=now),
        lambda: actions.cancel_session(session, reason="Flu", now=now),
        lambda: actions.restore_session(session, now=now),
    ):
        change()
        send_invitations(now)
    assert [(method, sequence) for method, sequence, _status in sent()] == [
        ("REQUEST", 3), ("REQUEST", 4), ("CANCEL", 5), ("REQUEST", 6),
    ]  # fmt: skip
    assert len({Calendar.from_ical(mail.calendar).events[0]["UID"] for mail in mails()}) == 1


def test_a_typo_sends_nothing(chose_mail, session, now):
    answer(session, chose_mail, GOING, now=now)
    send_invitations(now)
    actions.store_edit(Session.objects.get(), {"title"}, now=now)
    send_invitations(now)
    assert len(sent()) == 1


def test_leaving_and_coming_back_counts_on(chose_mail, session, now):
    for given in (GOING, NO, GOING, "maybe"):
        answer(session, chose_mail, given, now=now)
        send_invitations(now)
    assert sent() == [
        (method, sequence, "CONFIRMED" if method == "REQUEST" else "CANCELLED")
        for method, sequence in (("REQUEST", 3), ("CANCEL", 4), ("REQUEST", 5), ("CANCEL", 6))
    ]


def test_a_move_after_leaving_and_coming_back_is_higher_still(chose_mail, session, now):
    for given in (GOING, NO, GOING):
        answer(session, chose_mail, given, now=now)
        send_invitations(now)
    session.refresh_from_db()
    session.place = "Room 9"
    actions.store_edit(session, {"place"}, now=now)
    send_invitations(now)
    assert sent()[-1] == ("REQUEST", 6, "CONFIRMED")


def test_leads_are_invited_until_they_decline(chose_mail, session, now):
    session.leads.add(chose_mail)
    send_invitations(now)
    answer(session, chose_mail, NO, now=now)
    send_invitations(now)
    assert [method for method, _sequence, _status in sent()] == ["REQUEST", "CANCEL"]


def test_who_waits_is_invited_when_they_have_a_seat(chose_mail, now):
    session = SessionFactory(capacity=1)
    first = AttendanceFactory(session=session).member
    answer(session, chose_mail, GOING, now=now)
    send_invitations(now)
    assert sent() == []
    answer(session, first, NO, now=now)
    send_invitations(now)
    assert sent() == [("REQUEST", 0, "CONFIRMED")]


def test_who_did_not_choose_mail_gets_none(lead, session, now):
    answer(session, lead, GOING, now=now)
    send_invitations(now)
    assert sent() == []


def test_no_longer_chosen_or_no_longer_here_means_no_mail(chose_mail, session, manager, now):
    choose_mail(manager, True, now=now)
    for member in (chose_mail, manager):
        answer(session, member, GOING, now=now)
    choose_mail(chose_mail, False, now=now)
    Member.objects.filter(pk=manager.pk).update(is_active=False)
    send_invitations(now)
    assert sent() == []


def test_what_is_over_is_left_alone(chose_mail, session, now):
    answer(session, chose_mail, GOING, now=now)
    send_invitations(session.starts_at + timedelta(days=1))
    assert sent() == []
