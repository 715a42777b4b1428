"""Series: the rule of a rhythm, and the days on which nothing takes place."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.addresses import slug_of
from cop_portal.lib.text import clean_name
from members.models import validate_time_zone
from sessions.formats import Format
from sessions.recurrence import Closed, Rule

SANE_MINUTES = (MinValueValidator(5), MaxValueValidator(12 * 60))
MOST_SEATS = 5_000


class SeriesQuerySet(models.QuerySet["Series"]):
    """Questions about series."""

    def running(self, *, on: date) -> "SeriesQuerySet":
        """Those that have not ended by that day, the community's default first."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=on)).order_by("-is_default", "pk")


class Series(models.Model):
    """Every N weeks, this weekday, this local time, this zone; N is the rhythm."""

    class Rhythm(models.IntegerChoices):
        ONE = 1, _("every week")
        TWO = 2, _("every two weeks")
        THREE = 3, _("every three weeks")
        FOUR = 4, _("every four weeks")
        SIX = 6, _("every six weeks")
        EIGHT = 8, _("every eight weeks")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    name = models.CharField(_("name"), max_length=120)
    every_weeks = models.PositiveSmallIntegerField(_("rhythm"), choices=Rhythm, default=Rhythm.TWO)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday, default=Weekday.TUESDAY)
    local_time = models.TimeField(_("starts at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=75, validators=SANE_MINUTES)
    zone = models.CharField(_("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_time_zone])
    anchor = models.DateField(_("counted from"), help_text=_("Weeks are counted from this day."))
    default_format = models.CharField(_("usual format"), max_length=24, choices=Format, default=Format.WORKSHOP)
    place = models.CharField(_("place"), max_length=120, blank=True)
    link = models.URLField(
        _("link to join"), max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    capacity = models.PositiveSmallIntegerField(
        _("seats"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    is_default = models.BooleanField(_("default series"), default=False, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        app_label = "cop_sessions"
        verbose_name = _("series")
        verbose_name_plural = pgettext_lazy("several", "series")
        constraints = (
            models.CheckConstraint(condition=Q(every_weeks__in=(1, 2, 3, 4, 6, 8)), name="series_rhythm"),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="series_default_once"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        return slug_of(self.pk, self.name)

    def get_absolute_url(self) -> str:
        return reverse("sessions:series", args=[self])

    def clean(self) -> None:
        self.name, self.place = clean_name(self.name), clean_name(self.place)

    @property
    def rule(self) -> Rule:
        """Its rule for `recurrence.occurrences`."""
        return Rule(self.every_weeks, self.weekday, self.local_time, self.minutes, self.zone, self.anchor)

    @property
    def in_words(self) -> str:
        """Its rule, on the clock of its own zone."""
        return gettext("%(rhythm)s on %(weekday)s at %(time)s (%(zone)s)") % {
            "rhythm": self.get_every_weeks_display(),
            "weekday": self.get_weekday_display(),
            "time": f"{self.local_time:%H:%M}",
            "zone": self.zone.rpartition("/")[2].replace("_", " "),
        }


class StandingYes(models.Model):
    """A member who comes to each session of a series that is published from now on, unless they say otherwise."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="standing")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standing")
    since = models.DateTimeField(editable=False)

    class Meta:
        app_label = "cop_sessions"
        ordering = ("since", "pk")
        constraints = (models.UniqueConstraint(fields=["series", "member"], name="standing_yes_once"),)

    def __str__(self) -> str:
        return f"{self.member_id}: {self.series_id}"


class ClosedDayQuerySet(models.QuerySet["ClosedDay"]):
    """Questions about closed days."""

    def within(self, first: date, last: date) -> "ClosedDayQuerySet":
        """Those of which at least one day lies from `first` to `last`."""
        return self.filter(first_day__lte=last, last_day__gte=first).order_by("first_day", "pk")

    def as_ranges(self) -> list[Closed]:
        """As `recurrence.occurrences` takes them."""
        return list(self.values_list("first_day", "last_day", "reason"))


class ClosedDay(models.Model):
    """A day or a range on which no series meets: holidays, summer. The next date does not move."""

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120)

    objects = ClosedDayQuerySet.as_manager()

    class Meta:
        app_label = "cop_sessions"
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ("first_day", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="closed_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.first_day}: {self.reason}"

    def clean(self) -> None:
        self.reason = clean_name(self.reason)
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day comes before the first one.")})
