"""What every page knows: the community's name and the navigation."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from members.models import Community


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation; `current` when the page shown lies below it."""

    label: str
    url: str
    icon: str
    current: bool
    on_phone: bool = True


def navigation(request: HttpRequest) -> list[NavItem]:
    """Returns the main navigation for a member; guests and visitors have none."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_member:
        return []
    entries = [
        (_("Home"), "home", "house", True),
        (_("Sessions"), "sessions:index", "calendar-days", True),
        (_("Library"), "library:index", "library", True),
        (_("Practice"), "practice:index", "target", True),
        (_("Members"), "members:index", "users", True),
        (_("Pulse"), "feedback:index", "activity", False),
    ]
    items = []
    for label, name, icon, on_phone in entries:
        url = reverse(name)
        current = request.path == url if name == "home" else request.path.startswith(url)
        items.append(NavItem(label, url, icon, current, on_phone))
    return items


def portal(request: HttpRequest) -> dict[str, object]:
    """The context processor."""
    return {
        "community": SimpleLazyObject(Community.current),
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "unread_count": SimpleLazyObject(lambda: getattr(request.user, "unread_count", 0)),
    }
