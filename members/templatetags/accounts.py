"""What the sign-in page of a server for trying things out shows."""

from typing import Any

from django import template
from django.conf import settings

from members import demo
from members.models import Member

register = template.Library()


@register.simple_tag
def demo_accounts() -> dict[str, Any]:
    """Returns the active members of the demo community and their password; nothing unless DEBUG is on."""
    if not settings.DEBUG:
        return {}
    accounts = Member.objects.filter(email__endswith=f"@{demo.DOMAIN}", is_active=True).order_by("-is_staff", "name")
    return {"accounts": accounts, "password": demo.PASSWORD}
