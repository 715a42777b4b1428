"""Mail about accounts: plain, short, and without a word that somebody typed.

A stranger can type any name into the form for joining, and mail programs turn addresses in a text into links:
so no mail names a person, a browser or an address, and links begin with settings.SITE_URL, never with a Host header.
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from members.models import Community, Mail, Member
from members.telling import write_mail

NOBODY = "nobody@example.invalid"


def write_account_mail(template_prefix: str, to: str, context: dict[str, Any], *, now: datetime) -> None:
    """Writes the mail of `<template_prefix>_subject.txt` and `_message.txt` into the ledger."""
    _write(template_prefix, to, str(context.get("code", "")), now=now)


def imitate_account_mail(*, now: datetime) -> None:
    """Does the work of a mail and leaves nothing: who asks for an unknown address waits as long as for a known one."""
    _write("account/email/login_code", NOBODY, "BCDF-GHJK", now=now, keep=False)


def _write(template_prefix: str, to: str, code: str, *, now: datetime, keep: bool = True) -> None:
    member = Member.objects.filter(email=to).only("language").first()
    words = {"code": code, "community": Community.current(), "site_url": settings.SITE_URL}
    with translation.override((member and member.language) or translation.get_language()):
        subject = render_to_string(f"{template_prefix}_subject.txt", words)
        body = render_to_string(f"{template_prefix}_message.txt", words)
    kind = template_prefix.rpartition("/")[2]
    key = f"account:{kind}:{uuid4()}"
    with transaction.atomic():
        write_mail(to, key=key, kind=kind, subject=" ".join(subject.split()), body=body.strip(), member=member, now=now)
        Mail.objects.filter(key="" if keep else key).delete()  # nothing, or the imitation: as slow either way
