"""The ledger itself: claims, leases, what the admin sees, what is forgotten."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.utils import timezone

from members import retention
from members.carriers import SEVEN_BIT
from members.letters import message_for
from members.models import Beat, Mail, Notification
from members.outbox import CLAIM_LEASE, HAND_OVER_LEASE
from members.telling import Kind, Letter, notify, write_mail

pytestmark = pytest.mark.django_db

WAITING, CLAIMED, HANDING = Mail.State.WAITING, Mail.State.CLAIMED, Mail.State.HANDING
SENT, FAILED, UNCERTAIN = Mail.State.SENT, Mail.State.FAILED, Mail.State.UNCERTAIN


def write(number, now, kind="login_code"):
    return write_mail(
        f"reader{number}@example.org",
        key=f"k{number}",
        kind=kind,
        subject="A secret subject",
        body="A secret code",
        now=now,
    )


def states():
    return [mail.state for mail in Mail.objects.order_by("pk")]


def test_due_mails_are_claimed_in_their_order_and_once(now):
    late, early, future = write(1, now), write(2, now - timedelta(hours=1)), write(3, now + timedelta(seconds=1))
    first = Mail.objects.claim(now, 1)
    second = Mail.objects.claim(now, 9)
    assert (first, second, Mail.objects.claim(now, 9)) == ([early], [late], [])
    future.refresh_from_db()
    assert future.state == WAITING


def test_given_back_is_due_as_before(now):
    write(1, now)
    batch = Mail.objects.claim(now, 9)
    Mail.objects.release(batch)
    assert states() == [WAITING]
    assert [mail.pk for mail in Mail.objects.claim(now, 9)] == [mail.pk for mail in batch]


def test_what_was_handed_over_is_not_given_back(now):
    write(1, now)
    batch = Mail.objects.claim(now, 9)
    assert batch[0].begin_hand_over(now)
    Mail.objects.release(batch)
    assert states() == [HANDING]


def test_arrived_drops_the_words(now):
    write(1, now)
    [mail] = Mail.objects.claim(now, 9)
    assert mail.begin_hand_over(now)
    assert mail.arrived(now)
    mail.refresh_from_db()
    assert (mail.state, mail.subject, mail.body, mail.changed_at) == (SENT, "", "", now)


def test_a_dead_worker_s_claim_ends(now):
    write(1, now)
    [mine] = Mail.objects.claim(now, 9)
    Mail.objects.free_dead(now + CLAIM_LEASE)
    assert states() == [CLAIMED]
    Mail.objects.free_dead(now + CLAIM_LEASE + timedelta(seconds=1))
    assert states() == [WAITING]
    [theirs] = Mail.objects.claim(now, 9)
    assert not mine.begin_hand_over(now)
    assert theirs.begin_hand_over(now)


def test_what_a_dead_worker_was_handing_over_is_uncertain(now):
    write(1, now)
    [mail] = Mail.objects.claim(now, 9)
    mail.begin_hand_over(now)
    Mail.objects.free_dead(now + HAND_OVER_LEASE)
    assert states() == [HANDING]
    later = now + HAND_OVER_LEASE + timedelta(seconds=1)
    Mail.objects.free_dead(later)
    assert states() == [UNCERTAIN]
    assert Mail.objects.claim(later + timedelta(days=1), 9) == []


def test_a_worker_that_was_only_slow_still_knows_better(now):
    write(1, now)
    [mail] = Mail.objects.claim(now, 9)
    mail.begin_hand_over(now)
    Mail.objects.free_dead(now + timedelta(hours=1))
    assert mail.arrived(now)
    assert states() == [SENT]


def test_after_send_again_the_slow_worker_has_no_say(now):
    write(1, now)
    [mail] = Mail.objects.claim(now, 9)
    mail.begin_hand_over(now)
    Mail.objects.free_dead(now + timedelta(hours=1))
    assert Mail.objects.all().send_again(now) == 1
    assert not mail.arrived(now)
    assert states() == [WAITING]


@pytest.fixture
def ledger(now):
    """One mail in each state, by state."""
    mails = {state: write(number, now) for number, state in enumerate(Mail.State)}
    for state, mail in mails.items():
        Mail.objects.filter(pk=mail.pk).update(state=state, tries=3, error="450 busy")
    return mails


def test_only_what_is_stuck_is_sent_again(ledger, now):
    assert Mail.objects.all().send_again(now) == 2
    again = Mail.objects.filter(tries=0)
    assert set(again) == {ledger[FAILED], ledger[UNCERTAIN]}
    assert {(mail.state, mail.due_at, mail.error) for mail in again} == {(WAITING, now, "")}


def test_the_admin_shows_whom_and_how_far_but_no_words(ledger, admin, sign_in):
    page = sign_in(admin).get("/admin/members/mail/")
    assert page.status_code == 200
    text = page.content.decode()
    assert [f"reader{number}@example.org" in text for number in range(len(Mail.State))] == [True] * len(Mail.State)
    for words in ("Your account", "perhaps sent", "failed for good", "450 busy"):
        assert words in text
    assert "secret" not in text
    detail = sign_in(admin).get(f"/admin/members/mail/{ledger[FAILED].pk}/change/")
    assert (detail.status_code, "secret" in detail.content.decode()) == (200, False)


def test_nobody_writes_or_deletes_in_the_admin(ledger, admin, sign_in):
    client, pk = sign_in(admin), ledger[FAILED].pk
    answers = [
        client.post("/admin/members/mail/add/", {"to": "x@example.org"}),
        client.post(f"/admin/members/mail/{pk}/change/", {"to": "x@example.org"}),
        client.post(f"/admin/members/mail/{pk}/delete/", {"post": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    client.post("/admin/members/mail/", {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
    assert set(Mail.objects.values_list("to", flat=True)) == {
        f"reader{number}@example.org" for number in range(len(Mail.State))
    }


def test_the_admin_sends_again(ledger, admin, sign_in):
    chosen = [mail.pk for mail in ledger.values()]
    sign_in(admin).post("/admin/members/mail/", {"action": "send_again", "_selected_action": chosen})
    assert set(Mail.objects.filter(tries=0)) == {ledger[FAILED], ledger[UNCERTAIN]}
    assert {entry.object_id for entry in LogEntry.objects.filter(user=admin)} == {
        str(ledger[FAILED].pk),
        str(ledger[UNCERTAIN].pk),
    }


def test_a_facilitator_sees_no_ledger(facilitator, sign_in):
    assert sign_in(facilitator).get("/admin/members/mail/").status_code in {302, 403, 404}


def test_mail_is_kept_for_ninety_days(now):
    write(1, now - timedelta(days=90))
    write(2, now - timedelta(days=90, seconds=1))
    retention.forget_mail(now)
    assert [mail.key for mail in Mail.objects.all()] == ["k1"]


def test_notifications_are_kept_for_ninety_days(lead, now):
    for days in (89, 91):
        at = now - timedelta(days=days)
        notify(lead, kind=Kind.REPLY, about=f"day:{days}", version=1, text="An answer", url="/", now=at)
    retention.forget_notifications(now)
    assert [line.about for line in Notification.objects.all()] == ["day:89"]


def test_codes_that_got_stuck_are_forgotten_after_a_day(lead, now):
    old, fresh = now - timedelta(days=1, seconds=1), now - timedelta(hours=23)
    write(1, old)
    write(2, fresh)
    write(3, old, kind=Kind.ACCOUNT)
    notify(lead, kind=Kind.REMINDER, about="session:1", version=1, text="t", url="/", mail=Letter("s", "b"), now=old)
    Mail.objects.update(state=FAILED)
    write(4, old)
    retention.forget_account_words(now)
    kept = Mail.objects.exclude(body="").order_by("pk").values_list("kind", "state")
    assert list(kept) == [("login_code", FAILED), ("reminder", FAILED), ("login_code", WAITING)]
    assert Mail.objects.exclude(subject="").count() == 3


def test_sign_ins_that_are_over_are_forgotten(lead, sign_in, now):
    sign_in(lead)
    sign_in(lead)
    over = Session.objects.first()
    Session.objects.filter(pk=over.pk).update(expire_date=now - timedelta(seconds=1))
    Session.objects.exclude(pk=over.pk).update(expire_date=now + timedelta(seconds=1))
    retention.forget_sign_ins(now)
    assert Session.objects.exclude(pk=over.pk).count() == Session.objects.count() == 1


def test_a_moment_is_reserved_by_one(now):
    until = now + timedelta(minutes=1)
    assert Beat.take("x", now, until)
    assert not Beat.take("x", until - timedelta(seconds=1), until)
    assert Beat.take("x", until, until + timedelta(minutes=1))
    assert Beat.last("x") == until + timedelta(minutes=1)
    assert Beat.last("y") is None


def test_words_for_each_state_and_kind():
    assert [str(Mail.State(state).label) for state in (UNCERTAIN, FAILED)] == ["perhaps sent", "failed for good"]
    assert timezone.is_aware(timezone.now())


CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def test_an_invitation_goes_along_with_its_method_in_the_header(now):
    mail = write_mail("a@example.org", key="k", kind="calendar", subject="s", body="b", calendar=CALENDAR, now=now)
    plain, calendar = message_for(mail, now=now).message(policy=SEVEN_BIT).iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert calendar.get_content() == CALENDAR.replace("\r\n", "\n")


def test_without_an_invitation_a_mail_is_plain_text(now):
    mail = write_mail("a@example.org", key="k", kind="reminder", subject="s", body="b", now=now)
    assert message_for(mail, now=now).message().get_content_type() == "text/plain"
