"""What the page of a coaching group shows, and its short form on the entrance."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Member
from practice.models import CheckIn, CoachingGroup, Goal, GroupMember
from practice.reasons import for_partner


@dataclass(frozen=True)
class Partner:
    """Somebody one is in a group with."""

    member: Member
    lines: list[str]


@dataclass(frozen=True)
class CheckInRow:
    """One of the two dates, in words."""

    row: CheckIn
    day: str
    is_next: bool

    @property
    def icon(self) -> str:
        return "calendar-check" if self.row.outcome == CheckIn.Outcome.MET else "calendar"

    @property
    def label(self) -> str:
        return _("First check-in") if self.row.number == 1 else _("Second check-in")


@dataclass(frozen=True)
class GroupPage:
    """A group as one of its members sees it."""

    group: CoachingGroup
    partners: list[Partner]
    check_ins: list[CheckInRow]
    first_day: str
    last_day: str
    has_ended: bool


def group_page(group: CoachingGroup, reader: Member, *, today: date) -> GroupPage:
    """Returns the page of a group of `reader`; a fixed number of queries."""
    rows = GroupMember.objects.filter(group=group).select_related("member__team")
    people = [row.member for row in rows.prefetch_related("member__offers", "member__seeks")]
    me = next(one for one in people if one.pk == reader.pk)
    before = _met_before(group, reader)
    partners = [
        Partner(one, for_partner(me, one, met_before=one.pk in before)) for one in people if one.pk != reader.pk
    ]
    return GroupPage(
        group=group,
        partners=partners,
        check_ins=check_in_rows(group, today),
        first_day=day_words(group.round.starts_on, today),
        last_day=day_words(group.round.ends_on, today),
        has_ended=group.round.has_ended(today),
    )


def check_in_rows(group: CoachingGroup, today: date) -> list[CheckInRow]:
    """Returns the dates of a group; the first one that nobody has answered is the next."""
    rows = list(group.check_ins.all())
    waiting = next((row.pk for row in rows if row.outcome in {"", CheckIn.Outcome.MOVED}), None)
    return [CheckInRow(row, day_words(row.on, today), row.pk == waiting) for row in rows]


def day_words(day: date, today: date) -> str:
    return date_format(day, _("j F") if day.year == today.year else _("j F Y"))


def _met_before(group: CoachingGroup, reader: Member) -> set[int]:
    """Who was in an earlier group with `reader`."""
    earlier = GroupMember.objects.published().filter(member=reader, round__number__lt=group.round.number)
    return set(GroupMember.objects.filter(group__in=earlier.values("group")).values_list("member", flat=True))


def goals_of(group: CoachingGroup) -> list[tuple[Member, list[str]]]:
    """Returns the goals by member, in the order of names."""
    found: dict[Member, list[str]] = {}
    for goal in Goal.objects.filter(group=group).select_related("member"):
        found.setdefault(goal.member, []).append(goal.text)
    return list(found.items())


def current_group(member: Member, *, on: date) -> CoachingGroup | None:
    """Returns the group that `member` is in on that day; failing that the one of the latest published round to come."""
    mine = GroupMember.objects.published().filter(member=member, round__ends_on__gte=on)
    row = mine.select_related("group__round").order_by("round__starts_on").first()
    return row.group if row else None
