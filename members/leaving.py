"""Leaving the community: resting, and going for good without a trace.

`cop_portal.leaving` calls `let_go` of each app, this one last.
"""

import re
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.models import Invitation, JoinRequest, Mail, Member, Notification

RESTS = "this account rests"


class Writings(models.TextChoices):
    """What becomes of what somebody shared, when they go."""

    KEEP = "keep", _("They stay, without my name: written by “a former member”.")
    HAND_OVER = "hand_over", _("My materials go to a colleague; comments stay without my name.")
    REMOVE = "remove", _("They go with me.")


class LastAdminError(Exception):
    """Nobody else could open the admin site any more."""


@transaction.atomic
def put_to_rest(member: Member, *, now: datetime) -> None:
    """Ends what a deactivated account still had: sign-ins and mail. What they wrote stays; feeds ask who is active."""
    _end_sign_ins(member)
    waiting = Mail.objects.filter(member=member, state__in=[Mail.State.WAITING, Mail.State.GATHERED])
    waiting.update(state=Mail.State.FAILED, error=RESTS, subject="", body="", calendar="", changed_at=now)


@transaction.atomic
def let_go(member: Member) -> None:
    """Deletes the account and what tells of it. Raises LastAdminError for the only admin."""
    admins = Member.objects.filter(is_superuser=True, is_active=True)
    if member.is_superuser and not admins.exclude(pk=member.pk).exists():
        raise LastAdminError
    _end_sign_ins(member)
    addresses = _addresses_of(member)
    Mail.objects.filter(to__in=addresses).delete()
    Invitation.objects.filter(email__in=addresses).delete()
    JoinRequest.objects.filter(email__in=addresses).delete()
    _forget_in_admin_log(member, addresses)
    _forget_name(member)
    member.delete()


def _addresses_of(member: Member) -> set[str]:
    """Today's address, and those by which they came in."""
    noted = EmailAddress.objects.filter(user=member).values_list("email", flat=True)
    invited = Invitation.objects.filter(accepted_by=member).values_list("email", flat=True)
    return {member.email, *noted, *invited}


def _end_sign_ins(member: Member) -> None:
    keys = UserSession.objects.filter(user=member).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    UserSession.objects.filter(user=member).delete()


def _forget_in_admin_log(member: Member, addresses: set[str]) -> None:
    """The log keeps that something was done, not to whom; what they did as an admin themselves goes with them."""
    itself = Q(content_type=ContentType.objects.get_for_model(Member), object_id=str(member.pk))
    about = Q()
    words = [*addresses, *([member.name] if member.name else [])]
    for one in words:
        about |= Q(object_repr__icontains=one) | Q(change_message__icontains=one)
    told = re.compile("|".join(map(_as_word, words)), re.IGNORECASE)
    found = LogEntry.objects.filter(about).only("object_repr", "change_message")
    named = [entry.pk for entry in found if told.search(_words_of(entry))]
    LogEntry.objects.filter(Q(pk__in=named) | itself).update(object_repr="a former member", change_message="")


def _words_of(entry: LogEntry) -> str:
    return f"{entry.object_repr}\n{entry.change_message}"


def _as_word(words: str) -> str:
    """Whole words: a short name is part of many others."""
    return rf"(?<!\w){re.escape(words)}(?!\w)"


def _forget_name(member: Member) -> None:
    """Takes the name out of what others were told and of mail that still waits for them."""
    if not member.name:
        return
    name = re.compile(_as_word(member.name))
    for line in Notification.objects.filter(text__contains=member.name).select_related("member"):
        line.text = name.sub(_former(line.member), line.text)[:200]
        line.save(update_fields=["text"])
    waiting = Mail.objects.filter(Q(subject__contains=member.name) | Q(body__contains=member.name))
    for mail in waiting.select_related("member"):
        instead = _former(mail.member)
        mail.subject, mail.body = name.sub(instead, mail.subject)[:200], name.sub(instead, mail.body)
        mail.save(update_fields=["subject", "body"])


def _former(reader: Member | None) -> str:
    with translation.override((reader and reader.language) or settings.LANGUAGE_CODE):
        return gettext("a former member")
