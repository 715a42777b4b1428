"""Asking people for feedback: one invitation, one reminder to everyone, and no trace once the poll has closed."""

from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from feedback.audience import invited_to, is_invited
from feedback.models import Poll
from members.models import Community, Mail, Member
from members.telling import Kind, Letter, notify_many


def invite(poll: Poll, *, now: datetime) -> None:
    """Asks everyone invited to answer `poll`, and says what changed since; asking twice tells nobody twice."""
    _ask(poll, "open", now, changed=news_for(poll))


def remind(poll: Poll, *, now: datetime) -> None:
    """Reminds everyone invited: a list of those who have not answered would name them."""
    _ask(poll, "reminder", now)


def forget_mail(poll: Poll) -> None:
    """Deletes the ledger's rows of a poll that has closed."""
    Mail.objects.filter(key__startswith=f"{Kind.FEEDBACK_OPEN}/{_about(poll)}/").delete()


def tell_leads(poll: Poll, *, now: datetime) -> None:
    """Tells those who led the session, under the bell, that the answers are in."""
    title = poll.session.shown_title

    def line(member: Member) -> str:
        return _("Feedback on “%(title)s” is in. What will change because of it?") % {"title": title}

    url = reverse("feedback:results", args=[poll.session])
    leads = poll.session.leads.all()
    notify_many(leads, kind=Kind.FEEDBACK_OPEN, about=_about(poll), version="closed", text=line, url=url, now=now)


def news_for(poll: Poll) -> Poll | None:
    """Returns the poll whose leads said last what changed because of it, unless an invitation carried that before."""
    told = Poll.objects.closed().exclude(what_changed="").filter(opens_at__lt=poll.opens_at)
    newest = told.select_related("session").order_by("-what_changed_at").first()
    if newest is None:
        return None
    later = Poll.objects.filter(opens_at__gt=newest.what_changed_at, opens_at__lt=poll.opens_at)
    return None if later.exists() else newest


def _may_read(member: Member, poll: Poll, community: Community) -> bool:
    """Results are for members who may see the session, not for guests."""
    return member.is_member and is_invited(member, poll.session, community)


def _about(poll: Poll) -> str:
    return f"poll:{poll.session_id}"


def _ask(poll: Poll, version: str, now: datetime, *, changed: Poll | None = None) -> None:
    title, until, community = poll.session.shown_title, poll.closes_at, Community.current()

    def line(member: Member) -> str:
        return _("How was “%(title)s”? A minute, anonymous.") % {"title": title}

    def letter(member: Member) -> Letter:
        there = member.local_time(until)
        body = _("We would like to know how it was for you. It takes a minute, and nobody can see who said what.")
        end = _("The form is open until %(day)s, %(time)s.") % {"day": date_format(there), "time": f"{there:%H:%M}"}
        words = [body, end]
        if changed and _may_read(member, changed, community):
            head = _("What changed because of you after “%(title)s”:") % {"title": changed.session.shown_title}
            words += ["", head, changed.what_changed]
        return Letter(line(member), "\n".join(words))

    url = reverse("feedback:form", args=[poll.session])
    invited = invited_to(poll.session)
    notify_many(
        invited, kind=Kind.FEEDBACK_OPEN, about=_about(poll), version=version, text=line, url=url, mail=letter, now=now
    )
