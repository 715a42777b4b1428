"""Anonymous feedback: one poll a session, one open row for all that comes in, afterwards only counts and comments.

Why it is built so (spec of anonymity): a row an answer, however detached from members, is linked to
them again by row order, transaction ids, dump order or old pages. While a poll is open everything
stands in one `Ballot` that is locked, added to and written as a whole; closing turns it into
`Tally` and `Comment` rows in one go and deletes it. The row is sealed (`feedback.sealing`), and what the
database keeps of its earlier versions is wiped (`feedback.wiping`).

Further models stand beside what they are about: `feedback.alignment`, `feedback.health`, `feedback.proposals`.
"""

import uuid
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from feedback.alignment import TeamWord
from feedback.audience import is_invited
from feedback.ballots import Content
from feedback.health import HealthMonth, Retro
from feedback.proposals import ProposalComment, RhythmProposal
from feedback.sealing import UnreadableError, seal, unseal
from members.models import Community, Member
from sessions.models import Format, Session

__all__ = ["HealthMonth", "ProposalComment", "Retro", "RhythmProposal", "TeamWord"]  # Django finds all models here

OPEN_FOR = timedelta(days=7)
REMIND_BEFORE = timedelta(days=2)
COMMENTS_AFTER = timedelta(hours=24)
TOLD_WITHIN = timedelta(days=28)
K_DEFAULT, K_FLOOR = 5, 3


class QuestionSet(models.Model):
    """The core questions or those of one format, in one version; a version in use is never edited."""

    CORE = "core"

    scope = models.CharField(_("for"), max_length=24, choices=[(CORE, _("every session")), *Format.choices])
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    is_current = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("feedback questions")
        verbose_name_plural = _("feedback questions")
        ordering = ("scope", "-version")
        constraints = (
            models.UniqueConstraint(fields=["scope", "version"], name="question_version_once"),
            models.UniqueConstraint(fields=["scope"], condition=models.Q(is_current=True), name="question_set_current"),
        )

    def __str__(self) -> str:
        return f"{self.get_scope_display()}, {self.version}"


class Question(models.Model):
    """One question of a set."""

    class Type(models.TextChoices):
        SCALE = "scale5", _("five steps")
        CHOICE = "choice", _("one of several")
        TEXT = "text", _("words")

    set = models.ForeignKey(QuestionSet, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=30)
    position = models.PositiveSmallIntegerField(default=0)
    type = models.CharField(_("type"), max_length=6, choices=Type)
    text = models.CharField(_("question"), max_length=200)
    options = models.JSONField(_("options"), default=list, blank=True)
    low = models.CharField(_("lowest step means"), max_length=40, blank=True)
    high = models.CharField(_("highest step means"), max_length=40, blank=True)
    for_absent = models.BooleanField(_("also for those who were not there"), default=False)
    required = models.BooleanField(_("needed from those who were there"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=["set", "key"], name="question_key_once"),)

    def __str__(self) -> str:
        return self.text

    @property
    def asked(self) -> str:
        """The question in the reader's language where it ships with the portal, else as an admin wrote it."""
        return gettext(self.text)

    @property
    def ends(self) -> tuple[str, str]:
        """What the lowest and the highest step mean, in the same way; "" where nobody said."""
        return gettext(self.low), gettext(self.high)

    @property
    def values(self) -> list[str]:
        """What can be counted for this question: `1` to `5`, or the numbers of the options from 1."""
        if self.type == self.Type.TEXT:
            return []
        steps = 5 if self.type == self.Type.SCALE else len(self.options)
        return [str(number) for number in range(1, steps + 1)]

    def label_of(self, value: str) -> str:
        """The words of one value."""
        if self.type == self.Type.CHOICE:
            return gettext(str(self.options[int(value) - 1]))
        low, high = self.ends
        return {"1": f"1 – {low}", "5": f"5 – {high}"}.get(value, value) if low else value


class PollQuerySet(models.QuerySet["Poll"]):
    """Questions about polls."""

    def open_at(self, now: datetime) -> "PollQuerySet":
        return self.filter(opens_at__lte=now, closes_at__gt=now, closed_at=None)

    def to_close(self, now: datetime) -> "PollQuerySet":
        """Those whose time is up and whose open row is still there."""
        return self.filter(closes_at__lte=now, closed_at=None).order_by("closes_at", "pk")

    def to_remind(self, now: datetime) -> "PollQuerySet":
        """Open polls in their last two days of which nobody was reminded."""
        return self.open_at(now).filter(closes_at__lte=now + REMIND_BEFORE, reminded_at=None)

    def closed(self) -> "PollQuerySet":
        return self.filter(closed_at__isnull=False)

    def with_comments(self) -> "PollQuerySet":
        """Those of which words may be read, sooner or later."""
        return self.filter(answered__gte=models.F("k"))

    def unit_heads(self, seen: "models.QuerySet[Session]") -> "PollQuerySet":
        """The polls that completed a unit all of whose sessions are `seen`, newest first."""
        unseen = Poll.objects.filter(unit=models.OuterRef("pk")).exclude(session__in=seen)
        return self.filter(unit=models.F("pk")).exclude(models.Exists(unseen)).order_by("-closes_at", "-pk")

    def to_tell(self, lead: Member, *, now: datetime) -> "PollQuerySet":
        """The polls that closed lately whose leads, `lead` among them, have not said yet what changed."""
        lately = self.closed().filter(closed_at__gt=now - TOLD_WITHIN, what_changed="", answered__gt=0)
        return lately.filter(session__leads=lead).order_by("closes_at")

    def to_answer(self, member: Member, *, now: datetime, community: Community) -> "list[Poll]":
        """The open polls that `member` is invited to and has not answered."""
        sessions = Session.objects.visible_to(member, now=now).filter(state=Session.State.PUBLISHED)
        if community.stage == Community.Stage.CLOSED:
            return []
        # Asked of each open poll: all sessions that one may see are many more.
        seen = models.Exists(sessions.filter(pk=models.OuterRef("session")))
        found = self.open_at(now).filter(seen, ballot__isnull=False)
        return [
            poll
            for poll in found.select_related("session", "ballot").order_by("closes_at")
            if poll.ballot.awaits(member) and is_invited(member, poll.session, community)
        ]


class Poll(models.Model):
    """The feedback form of one session."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="poll")
    core = models.ForeignKey(QuestionSet, on_delete=models.PROTECT, related_name="+")
    specific = models.ForeignKey(QuestionSet, null=True, on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(db_index=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    k = models.PositiveSmallIntegerField(default=K_DEFAULT, help_text="answers from which a question is shown")
    weeks = models.PositiveSmallIntegerField(null=True, help_text="the rhythm when it opened")
    invited = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0, help_text="set when it closes")
    unwiped = models.PositiveIntegerField(
        default=0, db_index=True, editable=False, help_text="writes of its open row whose traces are still to be wiped"
    )
    unit = models.ForeignKey(
        "self",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="released",
        help_text="the poll whose close completed what is released together with this one; none while it waits",
    )
    what_changed = models.TextField(_("what changed because of you"), blank=True, max_length=2_000)
    what_changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ("-closes_at",)
        constraints = (models.CheckConstraint(condition=models.Q(k__gte=K_FLOOR), name="poll_k_floor"),)

    def __str__(self) -> str:
        return str(self.session)

    def get_absolute_url(self) -> str:
        return reverse("feedback:form", args=[self.session])

    def has_answer_of(self, member: Member) -> bool:
        """Whether `member` has answered; asked only for that member's own page."""
        return hasattr(self, "ballot") and self.ballot.has_answer_of(member)

    def questions(self) -> list[Question]:
        """The core questions first, then those of the format; one query."""
        sets = [self.core_id, self.specific_id]
        found = Question.objects.filter(set__in=[pk for pk in sets if pk])
        return sorted(found, key=lambda question: (sets.index(question.set_id), question.position))

    def is_open(self, now: datetime) -> bool:
        """By the clock alone: whether a job has run does not matter."""
        return self.closed_at is None and self.opens_at <= now < self.closes_at

    def has_comments(self) -> bool:
        """Words are kept from everyone where fewer than k answered."""
        return self.closed_at is not None and self.answered >= self.k

    def shows_comments(self, now: datetime) -> bool:
        """Comments show a day after the close, from k answers on; before, facilitators can hide some."""
        return self.has_comments() and self.closed_at is not None and now >= self.closed_at + COMMENTS_AFTER


def nothing_yet() -> bytes:
    """Returns the sealed content of a row to which nothing was added."""
    return seal(asdict(Content()))


class Ballot(models.Model):
    """All that came in while a poll is open, in one sealed row; gone when it closes."""

    poll = models.OneToOneField(Poll, on_delete=models.CASCADE, primary_key=True, related_name="ballot")
    sealed = models.BinaryField(default=nothing_yet, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"ballot of {self.poll_id}"

    @property
    def content(self) -> Content:
        """What the row holds; raises UnreadableError when it was sealed with a key that is gone."""
        return Content(**unseal(bytes(self.sealed)))

    @content.setter
    def content(self, content: Content) -> None:
        self.sealed = seal(asdict(content))

    @property
    def members(self) -> list[int]:
        return self.content.members

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        return self.content.counts

    @property
    def texts(self) -> dict[str, list[str]]:
        return self.content.texts

    def has_answer_of(self, member: Member) -> bool:
        """Whether `member` has answered, as far as the row can be read."""
        try:
            return member.pk in self.members
        except UnreadableError:
            return False

    def awaits(self, member: Member) -> bool:
        """Whether `member` can still add something; nobody can to a row that is unreadable."""
        try:
            return member.pk not in self.members
        except UnreadableError:
            return False


class Tally(models.Model):
    """How often one value was chosen."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="tallies")
    question = models.CharField(max_length=30)
    value = models.CharField(max_length=4)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["poll", "question", "value"], name="tally_once"),)

    def __str__(self) -> str:
        return f"{self.question} {self.value}: {self.count}"


class Comment(models.Model):
    """Words from a closed poll, in no order; beside no rating."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="comments")
    question = models.CharField(max_length=30)
    text = models.TextField()
    hidden_reason = models.CharField(
        _("why it is hidden"), max_length=200, blank=True, help_text=_("Everyone can read the reason.")
    )
    is_reported = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.id)
