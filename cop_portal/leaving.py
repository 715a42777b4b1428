"""Deleting an account, in one transaction over all apps."""

from datetime import datetime

from django.db import transaction

from feedback import leaving as feedback
from library import leaving as library
from members import leaving as members
from members.models import Member
from practice import leaving as practice
from sessions import leaving as sessions


@transaction.atomic
def delete_account(member: Member, *, writings: str, heir: Member | None = None, now: datetime) -> None:
    """Lets `member` go; `writings` is one of `members.leaving.Writings`.

    Raises LastAdminError for the only admin; then nothing has changed.
    """
    feedback.let_go(member, writings=writings)
    sessions.let_go(member, writings=writings, now=now)
    practice.let_go(member, writings=writings)
    library.let_go(member, writings=writings, heir=heir, now=now)
    members.let_go(member)
