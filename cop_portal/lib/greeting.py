"""The first words of the day."""

from datetime import datetime

from django.utils.translation import gettext as _

MORNING, AFTERNOON, EVENING = 5, 12, 18  # hours at which each begins


def greeting(now: datetime) -> str:
    """Returns the greeting that fits the hour of `now`, which is read as it stands (local time)."""
    if MORNING <= now.hour < AFTERNOON:
        return _("Good morning")
    if AFTERNOON <= now.hour < EVENING:
        return _("Good afternoon")
    return _("Good evening")
