"""Asking whoever looks after a material."""

from datetime import datetime

from django.utils.translation import gettext

from library.models import Material
from members.kinds import Kind
from members.telling import notify


def ask_owner(material: Material, question: str, *, version: str, url: str, now: datetime) -> None:
    """Tells the owner, if there is one, once for each `version`; `question` has a place for the `title`.

    It is a message for gettext, marked where it stands: each owner reads it in their own language.
    """
    if not material.owner:
        return
    notify(
        material.owner,
        kind=Kind.REPLY,
        about=f"material:{material.pk}",
        version=version,
        text=lambda _owner: gettext(question) % {"title": material.title},
        url=url,
        now=now,
    )
