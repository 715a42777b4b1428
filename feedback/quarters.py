"""Quarters of a year, as their first day. Imports no model."""

from datetime import date

from django.utils.translation import gettext as _

MONTHS = 3


def quarter_of(day: date) -> date:
    """Returns the first day of the quarter that `day` lies in."""
    return day.replace(month=day.month - (day.month - 1) % MONTHS, day=1)


def before(quarter: date, count: int = 1) -> date:
    """Returns the quarter that lies `count` quarters before."""
    months = quarter.year * 12 + quarter.month - 1 - MONTHS * count
    return date(months // 12, months % 12 + 1, 1)


def label_of(quarter: date) -> str:
    """Returns `4th quarter 2026` as short as it is written: `Q4 2026`."""
    return _("Q%(number)d %(year)d") % {"number": (quarter.month - 1) // MONTHS + 1, "year": quarter.year}
