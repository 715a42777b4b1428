"""The time of day where a member is."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from members.models import Member

register = template.Library()


@register.simple_tag
def local_time(person: Member, now: datetime) -> SafeString:
    """Shows `10:42 in Oslo`: the aware instant `now` on the clock of `person`."""
    there = person.local_time(now)
    time = format_html('<time datetime="{}">{}</time>', there.isoformat(timespec="minutes"), there.strftime("%H:%M"))
    return format_html(_("{time} in {place}"), time=time, place=person.city)
