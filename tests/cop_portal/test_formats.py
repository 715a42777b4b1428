"""Dates read the same everywhere, in each member's language and on their clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from feedback.actions import ask
from members.models import Mail
from tests.factories import MemberFactory, SessionFactory
from tests.members.accounts import account, sign_in

MOMENT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [
        ("en", "DATE_FORMAT", "24 November 2026"),
        ("en", "DATETIME_FORMAT", "24 November 2026, 09:05"),
        ("de", "DATE_FORMAT", "24. November 2026"),
        ("de", "DATETIME_FORMAT", "24. November 2026, 09:05 Uhr"),
    ],
)
def test_how_dates_read(language, name, words):
    with translation.override(language):
        assert date_format(MOMENT, name) == words


@pytest.mark.parametrize("language", ["", "en", "de"])
def test_account_pages_speak_the_member_s_language(db, language):
    member = account(language=language, time_zone="Asia/Tokyo")
    page = sign_in(member).get("/accounts/sessions/").content.decode()
    with translation.override(language or "en"), timezone.override("Asia/Tokyo"):
        assert date_format(localtime(timezone.now())) in page


@pytest.mark.parametrize(("language", "day"), [("en", "until 30 November 2026"), ("de", "30. November 2026")])
def test_the_mail_about_feedback_names_the_day_in_the_reader_s_language(db, now, language, day):
    member = MemberFactory(language=language)
    session = SessionFactory(starts_at=now - timedelta(days=1, hours=2))
    ask(session, now=now)
    assert day in Mail.objects.get(member=member).body
