"""What a change of a session leaves for calendars."""

from datetime import timedelta

import pytest

from sessions.models import Session
from sessions.versions import is_scheduling, touch
from tests.factories import SessionFactory


def stored(session):
    return Session.objects.values_list("sequence", "changed_at", "uid").get(pk=session.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(("scheduled", "sequence"), [(True, 5), (False, 4)])
def test_a_change_is_noted_on_the_object_and_in_the_row(now, scheduled, sequence):
    session = SessionFactory(sequence=4)
    touch(session, now=now, scheduled=scheduled)
    assert (session.sequence, session.changed_at) == (sequence, now)
    assert stored(session) == (sequence, now, session.uid)


@pytest.mark.django_db
def test_a_new_one_has_its_uid_before_it_is_stored(now):
    session = Session(title="New", starts_at=now + timedelta(days=1))
    uid = session.uid
    touch(session, now=now, scheduled=False)
    session.save()
    assert stored(session) == (0, now, uid)


@pytest.mark.parametrize(
    ("changed", "is_it"),
    [(["title", "link"], False), (["place"], True), (["minutes"], True), (["state", "title"], True), ([], False)],
)  # fmt: skip
def test_what_a_calendar_must_be_told_of(changed, is_it):
    assert is_scheduling(changed) is is_it
