"""Telling members: what is written, once, in whose words, with how many queries."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from django_tasks_db.models import DBTaskResult

from members.kinds import DEFAULT_CHANNELS, Channel, label_of
from members.models import Mail, Member, Notification
from members.telling import Kind, Letter, notify, notify_many, write_mail
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db

LETTER = Letter("The session moved", "It is on Thursday now.")


def tell(members, now, **changes):
    news = {
        "kind": Kind.SESSION_CHANGED,
        "about": "session:7",
        "version": 2,
        "text": "The session moved",
        "url": "/sessions/7/",
        "mail": LETTER,
    }
    notify_many(members, **{**news, **changes}, now=now)


def test_one_line_and_one_mail(lead, now):
    notify(
        lead,
        kind=Kind.SESSION_CHANGED,
        about="session:7",
        version=2,
        text="The session moved",
        url="/sessions/7/",
        mail=LETTER,
        now=now,
    )
    line = Notification.objects.get()
    assert (line.member, line.kind, line.about, line.version) == (lead, "session_changed", "session:7", "2")
    assert (line.text, line.url, line.created_at, line.read_at) == ("The session moved", "/sessions/7/", now, None)
    mail = Mail.objects.get()
    assert (mail.to, mail.member, mail.kind, mail.state) == (lead.email, lead, "session_changed", Mail.State.WAITING)
    assert mail.subject == "The session moved"
    assert mail.body == "It is on Thursday now.\n\nhttp://localhost:8000/sessions/7/\n"
    assert (mail.created_at, mail.due_at, mail.tries) == (now, now, 0)


def test_told_twice_is_told_once(lead, manager, now):
    tell([lead], now)
    tell([lead, manager], now)
    assert list(Notification.objects.order_by("pk").values_list("member", flat=True)) == [lead.pk, manager.pk]
    assert list(Mail.objects.order_by("pk").values_list("to", flat=True)) == [lead.email, manager.email]


@pytest.mark.parametrize(
    "other",
    [{"version": 3}, {"about": "session:8"}, {"kind": Kind.SESSION_CANCELLED}],
    ids=lambda other: next(iter(other)),
)
def test_other_news_is_told(lead, now, other):
    tell([lead], now)
    tell([lead], now, **other)
    assert (Notification.objects.count(), Mail.objects.count()) == (2, 2)


def test_the_database_keeps_the_key_unique(lead, now):
    tell([lead], now)
    line, mail = Notification.objects.get(), Mail.objects.get()
    line.pk = mail.pk = None
    for row in (line, mail):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_it_shares_the_fate_of_its_cause(lead, now, django_capture_on_commit_callbacks):
    def cause():
        with transaction.atomic():
            tell([lead], now)
            raise LookupError("the cause failed")

    with django_capture_on_commit_callbacks(execute=True) as callbacks, pytest.raises(LookupError):
        cause()
    assert callbacks == []
    assert (Notification.objects.count(), Mail.objects.count(), DBTaskResult.objects.count()) == (0, 0, 0)


def test_kinds_go_their_ways(lead, now):
    for kind in Kind:
        tell([lead], now, kind=kind)
    with_line = {kind for kind in Kind if Channel.BELL in DEFAULT_CHANNELS[kind]}
    with_mail = {kind for kind in Kind if Channel.MAIL in DEFAULT_CHANNELS[kind]}
    assert set(Notification.objects.values_list("kind", flat=True)) == with_line
    assert set(Mail.objects.values_list("kind", flat=True)) == with_mail
    assert with_line & with_mail == {
        Kind.SESSION_CHANGED,
        Kind.SESSION_CANCELLED,
        Kind.PROMOTED,
        Kind.REMINDER,
        Kind.FEEDBACK_OPEN,
        Kind.COACHING_GROUP,
        Kind.HIDDEN,
    }


def test_without_a_letter_the_line_is_the_letter(lead, now):
    tell([lead], now, mail=None)
    assert (Notification.objects.get().text, Mail.objects.get().subject) == ("The session moved", "The session moved")
    assert Mail.objects.get().body == "http://localhost:8000/sessions/7/\n"


def test_who_is_not_active_is_told_nothing(lead, now):
    lead.is_active = False
    tell([lead], now)
    assert (Notification.objects.count(), Mail.objects.count()) == (0, 0)


def test_in_each_member_s_own_words_and_time(now):
    german = MemberFactory(language="de", time_zone="Asia/Tokyo")
    english = MemberFactory(language="", time_zone="Europe/Lisbon")

    def text(member):
        return f"{translation.get_language()} {timezone.localtime(now):%H:%M}"

    with translation.override("de"):
        tell([german, english], now, text=text, mail=lambda member: Letter(text(member), member.name))
    assert [line.text for line in Notification.objects.order_by("member")] == ["de 18:42", "en 09:42"]
    assert [mail.subject for mail in Mail.objects.order_by("member")] == ["de 18:42", "en 09:42"]
    assert [mail.body.splitlines()[0] for mail in Mail.objects.order_by("member")] == [german.name, english.name]


def test_lazy_words_are_each_reader_s(now):
    reader = MemberFactory(language="de")
    tell([reader], now, text=gettext_lazy("Yes"))
    assert Notification.objects.get().text == "Ja"


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "sessions/7/", "/a\r\nb", "/a b", "/\\evil"]
)
def test_a_link_stays_in_the_portal(lead, now, url):
    with pytest.raises(ValueError, match="page of the portal"):
        tell([lead], now, url=url)


@pytest.mark.parametrize("long", [{"about": "x" * 81}, {"version": "x" * 41}, {"url": "/" + "x" * 300}])
def test_a_key_that_does_not_fit_is_said_at_once(lead, now, long):
    with pytest.raises(ValueError, match="short"):
        tell([lead], now, **long)


def test_what_members_wrote_is_no_header_and_no_link(lead, now):
    wild = "Free\r\nBcc: all@example.org\x00\u202e \u2028phones https://evil.example/x " + "x" * 300
    tell([lead], now, text=wild, mail=Letter(wild, f"{wild}\nwww.evil.example HTTP://EVIL.example mailto:a@b.example"))
    mail = Mail.objects.get()
    assert mail.subject.startswith("Free Bcc: all@example.org phones")
    assert (len(mail.subject), len(Notification.objects.get().text)) == (200, 200)
    body = mail.body.splitlines()
    assert body[:2] == ["Free", "Bcc: all@example.org\u202e "]
    assert body[2].startswith("phones https: //evil.example/x xxx")
    assert body[3:] == [
        "www. evil.example HTTP: //EVIL.example mailto: a@b.example",
        "",
        "http://localhost:8000/sessions/7/",
    ]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("http://localhost:8000/charter/", True),
        ("http://localhost:8000", True),
        ("http://localhost:8000?next=1", True),
        ("http://localhost:8000@evil.example/", False),
        ("http://localhost:80001/", False),
        ("http://localhost:8000.evil.example/", False),
        ("xhttp://localhost:8000/", False),
        ("javascript://localhost:8000/", False),
    ],
)
def test_only_our_own_addresses_are_links(now, body, kept):
    write_mail("a@example.org", key="k", kind="login_code", subject="s", body=body, now=now)
    assert ("://" in Mail.objects.get().body) is kept


def test_mail_to_an_address(now, lead):
    mail = write_mail(
        "a@example.org", key="account:1", kind="login_code", subject="Code", body="AB\n", member=lead, now=now
    )
    assert write_mail("a@example.org", key="account:1", kind="login_code", subject="Code", body="CD", now=now) is None
    assert Mail.objects.get() == mail
    assert (mail.to, mail.body, mail.member, label_of(mail.kind)) == ("a@example.org", "AB", lead, "Your account")


def test_one_request_for_the_worker_however_many_mails(now, lead, manager, django_capture_on_commit_callbacks):
    for _again in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            for version in range(3):
                tell([lead, manager], now, version=f"{_again}{version}")
    assert list(DBTaskResult.objects.values_list("task_path", "status")) == [("members.tasks.send_mail", "READY")]
    assert Mail.objects.count() == 12


def test_once_a_worker_has_begun_there_is_a_new_request(now, lead, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tell([lead], now)
    DBTaskResult.objects.get().claim("worker")
    with django_capture_on_commit_callbacks(execute=True):
        tell([lead], now, version=3)
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["READY", "RUNNING"]


def test_a_broken_queue_breaks_no_page(now, lead, django_capture_on_commit_callbacks, monkeypatch, caplog):
    def broken():
        raise RuntimeError("no queue")

    monkeypatch.setattr("members.telling.ask_postman", broken)
    with django_capture_on_commit_callbacks(execute=True):
        tell([lead], now)
    assert Mail.objects.count() == 1
    assert "Error calling broken" in caplog.text.replace("test_a_broken_queue_breaks_no_page.<locals>.", "")


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_number_of_queries_does_not_grow(count, now, django_assert_num_queries):
    members = list(Member.objects.bulk_create(MemberFactory.build(team=None) for _number in range(count)))
    with django_assert_num_queries(5):
        tell(members, now)
    with django_assert_num_queries(3):
        tell(members, now)
    with django_assert_num_queries(3):
        tell(members, now, kind=Kind.REPLY)
    assert (Notification.objects.count(), Mail.objects.count()) == (2 * count, count)


def test_repeating_writes_nothing(lead, now):
    tell([lead], now)
    with CaptureQueriesContext(connection) as queries:
        tell([lead], now)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "SELECT", "SELECT"]
