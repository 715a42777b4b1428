"""One mail a week in place of many."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from members.digest import last_monday, send_digests
from members.kinds import Channel
from members.models import Mail
from members.switches import choose, stop_mail
from members.telling import Kind, Letter, notify
from tests.factories import MemberFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 9, 42, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)  # 7 o'clock in Berlin
WAITING, GATHERED, SENT = Mail.State.WAITING, Mail.State.GATHERED, Mail.State.SENT


@pytest.fixture
def reader(db):
    member = MemberFactory(name="Rea Reader")
    choose(member, {Kind.SESSION_ANNOUNCED: frozenset({Channel.MAIL})}, weekly=True)
    return member


def tell(member, number, kind=Kind.SESSION_CHANGED, now=TUESDAY):
    letter = Letter(f"Session {number} moved", "Long words about it.")
    about, url = f"session:{number}", f"/sessions/{number}/"
    notify(member, kind=kind, about=about, version=1, text="moved", url=url, mail=letter, now=now)


def test_on_monday_morning_one_mail_tells_it_all_by_kind(reader):
    tell(reader, 1)
    tell(reader, 2, Kind.SESSION_ANNOUNCED)
    tell(reader, 3)
    send_digests(MONDAY - timedelta(seconds=1))
    assert set(Mail.objects.values_list("state", flat=True)) == {GATHERED}
    send_digests(MONDAY)
    digest = Mail.objects.get(state=WAITING)
    assert (digest.kind, digest.to, digest.member, digest.subject) == (
        "digest",
        reader.email,
        reader,
        "Your week at Leadership Commons",
    )
    assert digest.body.splitlines() == [
        "A session is announced",
        "----------------------",
        "- Session 2 moved",
        "  http://localhost:8000/sessions/2/",
        "",
        "A session changes",
        "-----------------",
        "- Session 1 moved",
        "  http://localhost:8000/sessions/1/",
        "- Session 3 moved",
        "  http://localhost:8000/sessions/3/",
        "",
        "More at http://localhost:8000/",
    ]
    assert set(Mail.objects.filter(state=SENT).values_list("subject", "body")) == {("", "")}


def test_twice_or_late_it_is_one_digest(reader):
    tell(reader, 1)
    for late in (timedelta(), timedelta(minutes=1), timedelta(days=3)):
        send_digests(MONDAY + late)
    assert Mail.objects.filter(kind=Kind.DIGEST).count() == 1


def test_what_happens_after_it_waits_for_the_next(reader):
    tell(reader, 1)
    tell(reader, 2, now=MONDAY + timedelta(hours=1))
    send_digests(MONDAY + timedelta(hours=2))
    assert Mail.objects.gathered().get().subject == "Session 2 moved"
    send_digests(MONDAY + timedelta(days=7))
    assert Mail.objects.filter(kind=Kind.DIGEST).count() == 2
    assert not Mail.objects.gathered().exists()


def test_told_again_after_the_digest_is_not_told_again(reader):
    tell(reader, 1)
    send_digests(MONDAY)
    tell(reader, 1, now=MONDAY)
    assert not Mail.objects.gathered().exists()


def test_no_news_no_mail(reader):
    send_digests(MONDAY)
    assert not Mail.objects.exists()


def test_what_was_gathered_comes_though_single_mails_are_chosen_now(reader):
    tell(reader, 1)
    choose(reader, {}, weekly=False)
    send_digests(MONDAY)
    assert Mail.objects.filter(kind=Kind.DIGEST).count() == 1


@pytest.mark.parametrize(
    ("stopped", "left"),
    [(Kind.SESSION_CHANGED, [2]), (Kind.SESSION_ANNOUNCED, [1]), (Kind.REPLY, [1, 2]), (Kind.DIGEST, [])],
)
def test_what_was_stopped_is_not_in_the_next_one(reader, stopped, left):
    tell(reader, 1)
    tell(reader, 2, Kind.SESSION_ANNOUNCED)
    stop_mail(reader, stopped)
    told = Mail.objects.gathered().values_list("subject", flat=True)
    assert list(told) == [f"Session {number} moved" for number in left]
    send_digests(MONDAY)
    assert Mail.objects.filter(kind=Kind.DIGEST).exists() == bool(left)


def test_an_account_that_rests_gets_none(reader):
    tell(reader, 1)
    reader.is_active = False
    reader.save()
    send_digests(MONDAY)
    assert Mail.objects.filter(kind=Kind.DIGEST).count() == 0


def test_in_the_reader_s_language(reader):
    reader.language = "de"
    reader.save()
    tell(reader, 1)
    send_digests(MONDAY)
    with translation.override("de"):
        words = str(Kind.SESSION_CHANGED.label)
    assert words != "A session changes"
    assert Mail.objects.get(kind=Kind.DIGEST).body.splitlines()[0] == words


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_write_one_digest(reader):
    for number in range(3):
        tell(reader, number)
    at_once(4, lambda _number: send_digests(MONDAY))
    assert Mail.objects.filter(kind=Kind.DIGEST).count() == 1
    assert Mail.objects.get(kind=Kind.DIGEST).body.count("  http") == 3


@pytest.mark.parametrize(
    ("zone", "now", "monday"),
    [
        ("Europe/Berlin", MONDAY, MONDAY),
        ("Europe/Berlin", MONDAY - timedelta(seconds=1), MONDAY - timedelta(days=7)),
        ("Asia/Tokyo", MONDAY, datetime(2026, 11, 29, 22, 0, tzinfo=UTC)),
        ("America/New_York", MONDAY, datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 12, 0, tzinfo=UTC), datetime(2026, 3, 23, 6, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 30, 5, 0, tzinfo=UTC), datetime(2026, 3, 30, 5, 0, tzinfo=UTC)),
    ],
)
def test_monday_is_where_the_member_is(zone, now, monday):
    assert last_monday(MemberFactory.build(team=None, time_zone=zone), now) == monday


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(reader, count, django_assert_num_queries):
    for number in range(count):
        tell(reader, number)
    with django_assert_num_queries(10):
        send_digests(MONDAY)
