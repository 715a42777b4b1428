"""Asking people for feedback: one invitation, one reminder to everyone, and no trace once the poll has closed."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.audience import invited_to
from feedback.models import Poll
from members.models import Mail, Member
from members.telling import Kind, Letter, notify_many


def invite(poll: Poll, *, now: datetime) -> None:
    """Asks everyone invited to answer `poll`; asking twice tells nobody twice."""
    _ask(poll, "open", now)


def remind(poll: Poll, *, now: datetime) -> None:
    """Reminds everyone invited: a list of those who have not answered would name them."""
    _ask(poll, "reminder", now)


def forget_mail(poll: Poll) -> None:
    """Deletes the ledger's rows of a poll that has closed."""
    Mail.objects.filter(key__startswith=f"{Kind.FEEDBACK_OPEN}/{_about(poll)}/").delete()


def _about(poll: Poll) -> str:
    return f"poll:{poll.session_id}"


def _ask(poll: Poll, version: str, now: datetime) -> None:
    title, until = poll.session.shown_title, poll.closes_at

    def line(member: Member) -> str:
        return _("How was “%(title)s”? A minute, anonymous.") % {"title": title}

    def letter(member: Member) -> Letter:
        there = member.local_time(until)
        body = _("We would like to know how it was for you. It takes a minute, and nobody can see who said what.")
        end = _("The form is open until %(day)s, %(time)s.") % {"day": f"{there:%d.%m.%Y}", "time": f"{there:%H:%M}"}
        return Letter(line(member), f"{body}\n{end}")

    url = reverse("feedback:form", args=[poll.session])
    invited = invited_to(poll.session)
    notify_many(
        invited, kind=Kind.FEEDBACK_OPEN, about=_about(poll), version=version, text=line, url=url, mail=letter, now=now
    )
