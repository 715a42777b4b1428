"""What is deleted when it has been kept for long enough. Each function may run at any time and any number of times."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from members.kinds import Kind
from members.models import Mail, Notification

NOTIFICATIONS_KEPT = timedelta(days=90)
MAIL_KEPT = timedelta(days=90)
ACCOUNT_WORDS_KEPT = timedelta(days=1)
JUST_BEGUN = timedelta(hours=1)  # the session of a browser that is signing in may not be stored yet


def forget_notifications(now: datetime) -> None:
    """Deletes what was under the bell for 90 days, read or not."""
    Notification.objects.filter(created_at__lt=now - NOTIFICATIONS_KEPT).delete()


def forget_mail(now: datetime) -> None:
    """Deletes rows of 90 days, whatever became of the mail."""
    Mail.objects.filter(created_at__lt=now - MAIL_KEPT).delete()


def forget_account_words(now: datetime) -> None:
    """Drops the text of mails about accounts that did not get through: their codes are worth nothing by then."""
    old = Mail.objects.stuck().filter(created_at__lt=now - ACCOUNT_WORDS_KEPT)
    old.exclude(kind__in=set(Kind.values) - {Kind.ACCOUNT}).update(subject="", body="")


def forget_sign_ins(now: datetime) -> None:
    """Deletes sign-in sessions that are over, and what was noted about their browsers."""
    Session.objects.filter(expire_date__lt=now).delete()
    settled = UserSession.objects.filter(created_at__lt=now - JUST_BEGUN)
    settled.exclude(session_key__in=Session.objects.values("session_key")).delete()
