"""Who belongs here: members, their teams and skills, and the community they form.

What is sent to them stands in `members.outbox`, what guards the doors in `members.guards`, who may come in in
`members.invitations`, the charter in `members.charters`, reports in `members.hiding`; all are imported at the
end, so that Django finds every model here.
"""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.addresses import slug_of
from cop_portal.lib.text import clean_name
from members.wording import holds, words_in


class Community(models.Model):
    """The one row of community settings, edited in the admin site."""

    class Stage(models.TextChoices):
        LEADS = "leads", _("Leads: tech leads and engineering managers join")
        OPEN = "open", _("Open: people who aspire to lead join too")
        CLOSED = "closed", _("Closed: a read-only archive")

    name = models.CharField(_("name"), max_length=80, default="Leadership Commons")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.LEADS)
    allowed_domains = models.TextField(
        _("allowed mail domains"),
        blank=True,
        help_text=_("One a line. Whoever has an address there may join without an invitation."),
    )
    # The number of the charter in force, 0 before there is one: every page asks whether its reader has seen it.
    charter_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("community settings")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Community":
        """Returns the settings, with their defaults where none were saved yet."""
        return cls.objects.first() or cls(pk=1)

    def admits(self, email: str) -> bool:
        """Whether someone with this address may join without an invitation."""
        domain = email.rpartition("@")[2].strip().lower()
        return bool(domain) and domain in {line.strip().lower() for line in self.allowed_domains.splitlines()}


class Team(models.Model):
    """Where members work; teams share insights and adapt those of others."""

    name = models.CharField(_("name"), max_length=80)
    about = models.TextField(_("about"), blank=True, max_length=2_000)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="team_name_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        return slug_of(self.pk, self.name)

    def get_absolute_url(self) -> str:
        return reverse("members:team", args=[self])

    def clean(self) -> None:
        self.name = clean_name(self.name)


class Skill(models.Model):
    """Something a lead can offer to teach or wants to practise."""

    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="skill_name_once"),)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = clean_name(self.name)


class MemberQuerySet(models.QuerySet["Member"]):
    """Questions about members, each with a name."""

    def in_directory(self) -> "MemberQuerySet":
        """Active people with a role of their own; guests of single sessions are not listed.

        Nor is who joined and did not confirm their address yet: anybody may have typed it.
        """
        from allauth.account.models import EmailAddress

        unconfirmed = EmailAddress.objects.filter(user=models.OuterRef("pk"), primary=True, verified=False)
        return self.filter(~models.Exists(unconfirmed), is_active=True).exclude(role=Member.Role.GUEST)

    def for_cards(self) -> "MemberQuerySet":
        """With all that a directory card shows, in a fixed number of queries."""
        return self.select_related("team").prefetch_related("offers", "seeks")

    def with_unread_count(self) -> "MemberQuerySet":
        """With `unread_count`, the number of notifications not yet read."""
        unread = Notification.objects.filter(member=models.OuterRef("pk"), read_at=None).order_by()
        counted = unread.values("member").annotate(n=models.Count("pk")).values("n")
        return self.annotate(unread_count=Coalesce(models.Subquery(counted), 0))

    def found_by(self, filters: dict[str, Any]) -> "MemberQuerySet":
        """Those who match all of a valid DirectoryForm's values."""
        found = self.matching(filters["q"])
        chosen = {name: filters[name] for name in ("role", "team", "offers", "seeks") if filters[name]}
        return found.filter(**chosen)

    def matching(self, words: str) -> "MemberQuerySet":
        """Every word, of ten at most, stands in the name, the team or a skill."""
        found = self
        for word in words_in(words):
            found = found.filter(
                holds(word, "name", "team__name")
                | models.Q(pk__in=Member.offers.through.objects.filter(holds(word, "skill__name")).values("member"))
                | models.Q(pk__in=Member.seeks.through.objects.filter(holds(word, "skill__name")).values("member"))
            )
        return found


class MemberManager(BaseUserManager["Member"].from_queryset(MemberQuerySet)):  # type: ignore[misc]
    """Creates members by e-mail address; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """Returns a new member with a hashed password; raises ValueError without an address."""
        if not email:
            raise ValueError("A member needs an e-mail address.")
        member = self.model(email=email.strip().lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """Returns a new admin, who facilitates as well; their address counts, since mail may not work yet."""
        from members.account_actions import confirm_address

        admin = self.create_user(email, password, is_staff=True, is_superuser=True, is_facilitator=True, **fields)
        confirm_address(admin)
        return admin

    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(email=(username or "").lower())


def validate_time_zone(name: str) -> None:
    """Raises ValidationError for anything that is not an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone we know."), params={"name": name})


class WeekStart(models.IntegerChoices):
    """The first column of a month; numbers as `date.weekday` has them."""

    MONDAY = 0, _("Monday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Member(AbstractBaseUser, PermissionsMixin):
    """A person with an account. One role; facilitator and admin are flags added to it."""

    class Role(models.TextChoices):
        TECH_LEAD = "tech_lead", _("tech lead")
        MANAGER = "manager", _("engineering manager")
        ASPIRING = "aspiring", _("aspiring")
        GUEST = "guest", _("guest")

    class Band(models.IntegerChoices):
        NOT_YET = 0, _("not yet")
        UP_TO_TWO = 1, _("up to two years")
        TWO_TO_FIVE = 2, _("two to five years")
        MORE = 3, _("more than five years")

    CHOSEN_ROLES: ClassVar = (Role.TECH_LEAD, Role.MANAGER, Role.ASPIRING)

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.TECH_LEAD)
    is_facilitator = models.BooleanField(
        _("facilitator"), default=False, help_text=_("Runs sessions, rounds and the rhythm; invites people.")
    )
    is_staff = models.BooleanField(_("admin"), default=False, help_text=_("May open the admin site."))
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switch off instead of deleting: what they wrote stays.")
    )
    team = models.ForeignKey(
        Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.SET_NULL, related_name="members"
    )
    band = models.PositiveSmallIntegerField(_("years leading"), choices=Band, null=True, blank=True)
    about = models.TextField(_("about you"), blank=True, max_length=5_000)
    offers = models.ManyToManyField(Skill, verbose_name=_("can help with"), blank=True, related_name="offered_by")
    seeks = models.ManyToManyField(
        Skill, verbose_name=_("would like to practise"), blank=True, related_name="sought_by"
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    language = models.CharField(_("language"), max_length=10, blank=True)
    week_starts_on = models.PositiveSmallIntegerField(
        _("first day of the week"), choices=WeekStart, default=WeekStart.MONDAY
    )
    # Names the photo's content, "" without one; the picture itself is a row of its own, which lists never read.
    photo_key = models.CharField(max_length=16, blank=True, default="", editable=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    charter_seen = models.PositiveIntegerField(default=0, editable=False, help_text="the last version read, 0: none")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[MemberManager] = MemberManager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ("name", "pk")
        indexes = (models.Index(fields=["is_active", "name"], name="member_directory"),)

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()
        self.name = clean_name(self.name)

    @property
    def slug(self) -> str:
        return slug_of(self.pk, self.name)

    def get_absolute_url(self) -> str:
        return reverse("members:member", args=[self])

    @property
    def photo_url(self) -> str:
        """Where the photo is served to members; only of someone with a `photo_key`."""
        return f"{self.get_absolute_url()}photo/?v={self.photo_key}"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def initials(self) -> str:
        """One or two letters for the round picture of someone without a photo."""
        words = self.name.split()
        letters = [words[0][0], words[-1][0]] if len(words) > 1 else [part[0] for part in words]
        return "".join(letters).upper() or "?"

    @property
    def is_member(self) -> bool:
        """Whether this is a member of the community, and not a guest of single sessions."""
        return self.role != self.Role.GUEST

    @property
    def may_facilitate(self) -> bool:
        """Facilitators run sessions and rounds; admins can do all that facilitators do."""
        return self.is_facilitator or self.is_staff

    def local_time(self, now: datetime) -> datetime:
        """Returns the instant `now` (aware) on this member's own clock."""
        return now.astimezone(ZoneInfo(self.time_zone))

    @property
    def city(self) -> str:
        """The place in the zone's name, as people say it: `Europe/Lisbon` gives `Lisbon`."""
        return self.time_zone.rpartition("/")[2].replace("_", " ")


from members.charters import CharterVersion  # noqa: E402
from members.guards import Limit, SentForm  # noqa: E402
from members.hiding import Report  # noqa: E402
from members.invitations import Invitation, JoinRequest  # noqa: E402
from members.outbox import Beat, Mail, Notification  # noqa: E402
from members.photos import Photo  # noqa: E402
from members.switches import Switch  # noqa: E402

__all__ = [
    "Beat",
    "CharterVersion",
    "Community",
    "Invitation",
    "JoinRequest",
    "Limit",
    "Mail",
    "Member",
    "Notification",
    "Photo",
    "Report",
    "SentForm",
    "Skill",
    "Switch",
    "Team",
]
