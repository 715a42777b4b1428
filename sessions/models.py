"""Sessions: meetings, each a row of its own, and who is coming.

Topics stand in `sessions.topics`, series and closed days in `sessions.series`, agendas and their
templates in `sessions.agendas`; all are imported here, so that Django finds every model.
"""

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cop_portal.lib.addresses import slug_of
from cop_portal.lib.text import clean_name
from library.models import Material, Principle
from members.models import Community, Member, validate_time_zone
from sessions.agendas import AgendaItem, AgendaTemplate, TemplateStep
from sessions.feeds import CalendarFeed, CalendarMail, MailCalendar
from sessions.formats import Format
from sessions.hosts import LeadOffer
from sessions.series import MOST_SEATS, SANE_MINUTES, ClosedDay, Series, StandingYes
from sessions.topics import Topic, Vote
from sessions.versions import is_scheduling, touch

__all__ = [
    "AgendaItem", "AgendaTemplate", "Attendance", "CalendarFeed", "CalendarMail", "ClosedDay", "Format", "LeadOffer",
    "MailCalendar", "Series", "Session", "SessionMaterial", "StandingYes", "TemplateStep", "Topic", "Vote",
]  # fmt: skip

GUEST_ACCESS = timedelta(days=14)


class SessionQuerySet(models.QuerySet["Session"]):
    """Questions about sessions, each with a name."""

    def visible_to(self, member: Member, *, now: datetime) -> "SessionQuerySet":
        """What `member` may see: drafts only as facilitator or lead, a guest their invitations until 14 days after."""
        if not member.is_member:
            invited = Attendance.objects.filter(member=member).values("session")
            return self.exclude(state=Session.State.DRAFT).filter(pk__in=invited, ends_at__gt=now - GUEST_ACCESS)
        if member.may_facilitate:
            return self
        meant = ~Q(state=Session.State.DRAFT)
        if member.role == Member.Role.ASPIRING:
            meant &= ~Q(audience=Session.Audience.LEADS)
        return self.filter(meant | Q(pk__in=Session.leads.through.objects.filter(member=member).values("session")))

    def upcoming(self, *, now: datetime) -> "SessionQuerySet":
        """Those that have not ended, soonest first.

        The bound on the start is implied, no session lasts a day (SANE_MINUTES): the index on starts begins there.
        """
        return self.filter(ends_at__gt=now, starts_at__gt=now - timedelta(days=1)).order_by("starts_at", "pk")

    def past(self, *, now: datetime) -> "SessionQuerySet":
        """Those that took place or were cancelled, newest first; a date that nobody planned leaves no trace."""
        told = (Session.State.PUBLISHED, Session.State.CANCELLED)
        return self.filter(ends_at__lte=now, state__in=told).order_by("-starts_at", "-pk")

    def between(self, first: datetime, last: datetime) -> "SessionQuerySet":
        """Those that start in [first, last), soonest first."""
        return self.filter(starts_at__gte=first, starts_at__lt=last).order_by("starts_at", "pk")

    def for_rows(self) -> "SessionQuerySet":
        """With all that a row of a list shows, in two queries: the leads, and `going_count`, the seats taken."""
        return (
            self.defer("doing", "notes", "takeaways", "team_may_try", "html")
            .prefetch_related("leads")
            .annotate(going_count=Coalesce(models.Subquery(_seats_taken()), 0))
        )

    def with_traces(self) -> "SessionQuerySet":
        """With `has_traces`: whether anybody leads, answered or planned anything in rows beside the session."""
        beside = (Session.leads.through, Attendance, AgendaItem, SessionMaterial)
        exist = [models.Exists(rows.objects.filter(session=models.OuterRef("pk"))) for rows in beside]
        return self.annotate(has_traces=exist[0] | exist[1] | exist[2] | exist[3])

    def with_answer_of(self, member: Member) -> "SessionQuerySet":
        """With `my_answer`, what `member` said so far, or None, and `my_came`, whether they were there."""
        mine = Attendance.objects.filter(session=models.OuterRef("pk"), member=member)
        return self.annotate(
            my_answer=models.Subquery(mine.values("answer")[:1]), my_came=models.Subquery(mine.values("came")[:1])
        )


def _seats_taken() -> models.QuerySet[Any, Any]:
    """How many are going to the session of the outer query; its leads take no seat."""
    leads = Session.leads.through.objects.filter(session=models.OuterRef("session"), member=models.OuterRef("member"))
    going = Attendance.objects.filter(
        session=models.OuterRef("pk"), answer=Attendance.Answer.GOING, member__is_active=True
    )
    return going.exclude(models.Exists(leads)).order_by().values("session").annotate(n=models.Count("pk")).values("n")


class Session(models.Model):
    """One meeting."""

    class State(models.TextChoices):
        """Members see all but drafts. A date of a series stands before anybody has planned what happens on it."""

        DRAFT = "draft", _("draft")
        DATED = "dated", _("to be planned")
        PUBLISHED = "published", _("published")
        CANCELLED = "cancelled", _("cancelled")

    class Audience(models.TextChoices):
        MEMBERS = "members", _("all members")
        LEADS = "leads", _("current tech leads and managers")
        THEME = "theme", _("all members, and guests by theme")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160, blank=True)
    format = models.CharField(_("format"), max_length=24, choices=Format, default=Format.WORKSHOP)
    summary = models.TextField(_("summary"), blank=True, max_length=2_000)
    doing = models.TextField(
        _("what participants will do"),
        blank=True,
        max_length=2_000,
        help_text=_("Asked before a session is published."),
    )
    topic = models.ForeignKey(
        Topic, verbose_name=_("topic"), null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    series = models.ForeignKey(
        Series, verbose_name=_("series"), null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    # The day the series' rule gave it: its identity within the series, also when the session moves.
    series_day = models.DateField(null=True, blank=True, editable=False)
    is_exception = models.BooleanField(default=False, editable=False)
    starts_at = models.DateTimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=75, validators=SANE_MINUTES)
    ends_at = models.DateTimeField(_("ends"), editable=False)
    zone = models.CharField(_("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_time_zone])
    place = models.CharField(_("place"), max_length=120, blank=True)
    link = models.URLField(
        _("link to join"), max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    capacity = models.PositiveSmallIntegerField(
        _("seats"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )
    leads = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("leads"), blank=True, related_name="led_sessions"
    )
    note_taker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("takes notes"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    audience = models.CharField(_("audience"), max_length=8, choices=Audience, default=Audience.MEMBERS)
    principles = models.ManyToManyField(Principle, verbose_name=_("principles"), blank=True, related_name="sessions")
    notes = models.TextField(_("notes"), blank=True, max_length=50_000)
    takeaways = models.TextField(_("takeaways"), blank=True, max_length=10_000)
    team_may_try = models.TextField(_("my team may try …"), blank=True, max_length=10_000)
    # The texts as safe HTML by name, and which renderer made it (sessions.texts); the source is the truth.
    html = models.JSONField(default=dict, editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    notes_for_present = models.BooleanField(_("notes only for those who came"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    cancel_reason = models.CharField(_("why it is cancelled"), max_length=200, blank=True)
    # Cancelled because its series left this day, not by somebody: it comes back when the series does.
    gave_way = models.BooleanField(default=False, editable=False)
    # What the invitation link for guests is made of (sessions.guests); without it there is no such link.
    guest_key = models.UUIDField(null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(editable=False)

    objects = SessionQuerySet.as_manager()
    # Versions of the notes. Written by `sessions.notes.write_notes` alone: other saves change none of them.
    history: Any = HistoricalRecords(
        excluded_fields=[
            "uid", "title", "format", "summary", "doing", "topic", "series", "series_day", "is_exception", "starts_at",
            "minutes", "ends_at", "zone", "place", "link", "capacity", "note_taker", "audience", "html", "html_version",
            "notes_for_present", "state", "cancel_reason", "gave_way", "guest_key", "sequence", "changed_at",
        ],
        cascade_delete_history=True,
    )  # fmt: skip
    skip_history_when_saving = True

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("starts_at", "pk")
        indexes = (
            models.Index(fields=["starts_at", "id"], name="session_starts"),
            models.Index(fields=["ends_at", "state", "id"], name="session_ends"),
            models.Index(fields=["format", "starts_at"], name="session_format"),
        )
        constraints = (
            models.UniqueConstraint(fields=["series", "series_day"], name="session_once_a_series_day"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="session_ends_after_start"),
        )

    def __str__(self) -> str:
        return self.shown_title

    def clean(self) -> None:
        self.title, self.place = clean_name(self.title), clean_name(self.place)

    def save(self, *args: object, **kwargs: object) -> None:
        """Keeps the end: the start plus the duration in real minutes."""
        self.ends_at = self.starts_at + timedelta(minutes=self.minutes)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def shown_title(self) -> str:
        """A generated session has no title yet."""
        return self.title or gettext("To be planned")

    @property
    def slug(self) -> str:
        return slug_of(self.pk, self.title)

    def get_absolute_url(self) -> str:
        return reverse("sessions:session", args=[self])

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    def takes_answers(self, now: datetime) -> bool:
        """Until it ends; also before it is planned, so that people can keep the date free."""
        return self.state in {self.State.DATED, self.State.PUBLISHED} and not self.has_ended(now)

    def note_change(self, changed: Collection[str], *, now: datetime) -> None:
        """Stamps a change of the named fields, for calendars."""
        touch(self, now=now, scheduled=is_scheduling(changed))

    def has_ended(self, now: datetime) -> bool:
        return self.ends_at <= now

    def is_bare(self) -> bool:
        """Whether it is a mere date: nobody has planned anything for it or answered yet. Needs `with_traces()`."""
        words = self.title or self.summary or self.doing or self.topic_id or self.note_taker_id
        return self.state == self.State.DATED and not words and not self.has_traces  # type: ignore[attr-defined]

    def notes_presence(self, now: datetime) -> bool:
        """Whether it can be noted who is there: from the start on, where it takes place."""
        return self.state == self.State.PUBLISHED and self.starts_at <= now

    def may_run(self, member: Member) -> bool:
        """Facilitators run every session, leads their own."""
        return member.may_facilitate or (member.is_member and self.leads.filter(pk=member.pk).exists())

    def local_start(self) -> datetime:
        """The start on the clock of the place where it is held."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    def local_day(self) -> date:
        return self.local_start().date()


class SessionMaterial(models.Model):
    """A material that belongs to a session: read before, used during, or left afterwards."""

    class When(models.TextChoices):
        BEFORE = "before", _("read before")
        DURING = "during", _("used in the session")
        AFTER = "after", _("left by the session")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="session_materials")
    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="session_materials")
    when = models.CharField(_("when"), max_length=6, choices=When, default=When.BEFORE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("material of a session")
        verbose_name_plural = _("materials of sessions")
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=["session", "material"], name="session_material_once"),)

    def __str__(self) -> str:
        return f"{self.session_id}: {self.material_id}"


class Attendance(models.Model):
    """A member's answer to one session and, afterwards, whether they came."""

    class Answer(models.TextChoices):
        GOING = "going", _("going")
        MAYBE = "maybe", _("maybe")
        NO = "no", _("can’t")
        WAITLISTED = "waitlisted", _("waiting")
        INVITED = "invited", _("invited")  # a guest who has not answered yet

    class Wish(models.TextChoices):
        PRESENT = "present", _("I’d like to present")
        ASKED = "asked", _("I’d like to be asked")
        LISTEN = "listen", _("I’d like to listen")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attendances")
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    # Order of arrival on the waitlist, counted under the session's lock; rejoining goes to the end.
    queue_number = models.PositiveIntegerField(null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(editable=False)
    wish = models.CharField(_("wish"), max_length=8, choices=Wish, blank=True)
    came = models.BooleanField(_("came"), null=True, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = (models.UniqueConstraint(fields=["session", "member"], name="attendance_once"),)
        indexes = (models.Index(fields=["session", "answer", "queue_number"], name="attendance_queue"),)

    def __str__(self) -> str:
        return f"{self.member_id}: {self.answer}"


def may_take_part(member: Member, community: Community) -> bool:
    """Whether `member` may answer, propose and vote: who aspires to lead once the community is open to them.

    A closed community is an archive: nobody does any more. Guests come to what they are invited to.
    """
    if community.stage == Community.Stage.CLOSED:
        return False
    return member.role != Member.Role.ASPIRING or community.stage == Community.Stage.OPEN


def may_come(member: Member, session: Session, community: Community) -> bool:
    """Whether `session` is meant for `member`: leads always, aspiring where open to them, guests if invited."""
    if not may_take_part(member, community):
        return False
    if member.role == Member.Role.GUEST:
        return session.attendances.filter(member=member).exists()
    return member.role != Member.Role.ASPIRING or session.audience != Session.Audience.LEADS
