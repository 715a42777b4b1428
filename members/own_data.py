"""What the members app has of one member, for their export."""

from collections.abc import Iterator
from io import BytesIO

from cop_portal.lib.own_data import Piece, as_json
from members.models import Mail, Member, Photo, Report
from members.switches import choices_of


def own_data(member: Member) -> Iterator[Piece]:
    """Yields the profile, the photo, what the member was told and reported, and how they want to be told."""
    yield as_json("profile.json", _profile(member))
    photo = Photo.objects.filter(member=member).first()
    if photo:
        yield Piece("photo.webp", lambda: BytesIO(bytes(photo.content)))
    told = member.notifications.values("kind", "text", "url", "created_at", "read_at")
    yield as_json("notifications.json", list(told))
    mails = Mail.objects.filter(member=member).values("kind", "to", "state", "created_at", "changed_at")
    yield as_json("mails.json", list(mails))
    reports = Report.objects.filter(by=member).order_by("made_at")
    yield as_json("reports.json", list(reports.values("reason", "made_at", "outcome")))
    channels, weekly = choices_of(member)
    by = {kind.value: sorted(channel.value for channel in chosen) for kind, chosen in channels.items()}
    yield as_json("how-i-am-told.json", {"weekly_digest": weekly, "channels": by})


def _profile(member: Member) -> dict[str, object]:
    return {
        "name": member.name,
        "email": member.email,
        "pronouns": member.pronouns,
        "role": member.role,
        "facilitator": member.is_facilitator,
        "admin": member.is_staff,
        "team": str(member.team) if member.team else None,
        "years_leading": member.get_band_display() if member.band is not None else None,
        "about": member.about,
        "can_help_with": [str(skill) for skill in member.offers.all()],
        "would_like_to_practise": [str(skill) for skill in member.seeks.all()],
        "time_zone": member.time_zone,
        "language": member.language,
        "week_starts_on": member.get_week_starts_on_display(),
        "joined": member.joined_at,
        "last_sign_in": member.last_login,
    }
