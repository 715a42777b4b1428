"""Links in mails that stop mails of one kind, without signing in (RFC 8058)."""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from members.kinds import STOPPABLE, Kind

ONE_CLICK = "List-Unsubscribe=One-Click"
_SALT = "members.unsubscribing"


@dataclass(frozen=True)
class Wish:
    """Who wants no more mail of which kind; whoever has the link has the right."""

    member: int
    kind: Kind


def link_for(member: int, kind: str) -> str:
    """Returns the full address that stops mails of `kind` to the member with this key."""
    token = Signer(salt=_SALT).sign(f"{member}.{kind}")
    return f"{settings.SITE_URL}{reverse('members:unsubscribe', args=[token])}"


def wish_in(token: str) -> Wish | None:
    """Returns what a link of ours wishes; None for anything else."""
    try:
        member, _dot, kind = Signer(salt=_SALT).unsign(token).partition(".")
        return Wish(int(member), Kind(kind)) if kind in STOPPABLE else None
    except (BadSignature, ValueError):
        return None


def can_be_stopped(kind: str) -> bool:
    """Whether mails of this kind carry such a link: all but those about one's account."""
    return kind in STOPPABLE


def headers_for(member: int, kind: str) -> dict[str, str]:
    """Returns the headers by which mail programs show a button for it."""
    return {"List-Unsubscribe": f"<{link_for(member, kind)}>", "List-Unsubscribe-Post": ONE_CLICK}
