"""What members are told: notifications in the portal, and the ledger of mail.

A mail goes waiting -> claimed -> handing over -> sent. Each step is one conditional UPDATE that asks for the
state before and for the worker's own claim, and is committed before the next step begins; so two workers never
hold the same mail, and after a crash the row says how far the mail got. docs/decisions/0010-mail-ledger.md tells why.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

# How long a worker may hold a mail before it is taken for dead. Claimed mails lose nothing when another
# takes them over; one that is being handed over waits for the longest answer we wait for, and some more.
CLAIM_LEASE = timedelta(minutes=1)
HAND_OVER_LEASE = timedelta(minutes=5)
ERROR_LENGTH = 300


class Notification(models.Model):
    """One line under a member's bell."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=80, help_text="what it tells of, such as session:12")
    version = models.CharField(max_length=40, help_text="told again when this differs")
    text = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "members"
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["member", "kind", "about", "version"], name="notification_told_once"),
        )
        indexes = (
            models.Index(fields=["member", "-created_at"], name="notification_bell"),
            models.Index(fields=["created_at"], name="notification_age"),
        )

    def __str__(self) -> str:
        return self.text


class MailQuerySet(models.QuerySet["Mail"]):
    """The ledger's questions, and the steps that concern several rows."""

    def due(self, now: datetime) -> "MailQuerySet":
        """What waits and may be tried now, the longest waiting first."""
        return self.filter(state=Mail.State.WAITING, due_at__lte=now).order_by("due_at", "pk")

    def claim(self, now: datetime, limit: int) -> list["Mail"]:
        """Takes up to `limit` due mails for the caller alone and returns them.

        Rows that another worker is taking at this moment are left to it (PostgreSQL); on SQLite the
        transaction holds the write lock from its start.
        """
        token = uuid.uuid4()
        with transaction.atomic():
            due = self.due(now).select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit]
            self.filter(pk__in=list(due), state=Mail.State.WAITING).update(
                state=Mail.State.CLAIMED, claim=token, held_until=now + CLAIM_LEASE
            )
        return list(
            self.filter(claim=token, state=Mail.State.CLAIMED).select_related("member").order_by("due_at", "pk")
        )

    def release(self, mails: list["Mail"]) -> None:
        """Gives back those of the caller's `mails` that it did not get to."""
        if mails:
            self.filter(claim=mails[0].claim, state=Mail.State.CLAIMED).update(
                state=Mail.State.WAITING, claim=None, held_until=None
            )

    def free_dead(self, now: datetime) -> None:
        """Puts right what dead workers held: claimed mails wait again, others were perhaps sent."""
        dead = self.filter(held_until__lt=now)
        dead.filter(state=Mail.State.CLAIMED).update(state=Mail.State.WAITING, claim=None, held_until=None)
        # The claim stays: should the worker live after all, it can still say what became of the mail.
        dead.filter(state=Mail.State.HANDING).update(
            state=Mail.State.UNCERTAIN, held_until=None, changed_at=now, error="stopped while handing it over"
        )

    def gathered(self) -> "MailQuerySet":
        """What waits for somebody's weekly digest, the oldest first."""
        return self.filter(state=Mail.State.GATHERED).order_by("created_at", "pk")

    def stuck(self) -> "MailQuerySet":
        """What will not be sent by itself, and whose text is still there."""
        return self.filter(state__in=[Mail.State.FAILED, Mail.State.UNCERTAIN]).exclude(body="")

    def send_again(self, now: datetime) -> int:
        """Makes those that are stuck wait once more, with all their tries; returns how many."""
        return self.stuck().update(
            state=Mail.State.WAITING, claim=None, held_until=None, tries=0, error="", due_at=now, changed_at=now
        )


class Mail(models.Model):
    """One mail in the ledger: written where it is caused, sent afterwards, never twice."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("next in line")
        HANDING = "handing", _("being handed over")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed for good")
        UNCERTAIN = "uncertain", _("perhaps sent")
        GATHERED = "gathered", _("waits for the weekly digest")

    key = models.CharField(max_length=200, unique=True)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=40)
    to = models.EmailField(_("recipient"))
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    # An invitation as a calendar file, for those who have no feed; its METHOD goes into the header as well.
    calendar = models.TextField(blank=True, default="")
    message_id = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, help_text=_("times it was refused"))
    due_at = models.DateTimeField(_("next try"))
    claim = models.UUIDField(null=True, blank=True, editable=False)
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.CharField(_("last error"), max_length=ERROR_LENGTH, blank=True)
    created_at = models.DateTimeField(_("written"), db_index=True)
    changed_at = models.DateTimeField(_("changed"))

    objects = MailQuerySet.as_manager()

    class Meta:
        app_label = "members"
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=["state", "due_at"], name="mail_due"),)

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    def begin_hand_over(self, now: datetime) -> bool:
        """Records that the text is about to reach the server; False when another worker holds the mail."""
        return self._step([self.State.CLAIMED], state=self.State.HANDING, held_until=now + HAND_OVER_LEASE)

    def arrived(self, now: datetime) -> bool:
        """Records that the server has it, and drops the text."""
        held = [self.State.HANDING, self.State.UNCERTAIN]
        return self._end(held, self.State.SENT, now, "", subject="", body="", calendar="")

    def doubt(self, now: datetime, error: str) -> bool:
        """Records that nobody knows whether the server has it."""
        return self._end([self.State.HANDING], self.State.UNCERTAIN, now, error)

    def fail(self, now: datetime, error: str, *, tries: int) -> bool:
        """Records that it will not be tried again."""
        held = [self.State.CLAIMED, self.State.HANDING]
        return self._end(held, self.State.FAILED, now, error, tries=tries)

    def wait(self, now: datetime, error: str, *, until: datetime, tries: int) -> bool:
        """Records that the server does not have it and when to try again."""
        held = [self.State.CLAIMED, self.State.HANDING, self.State.UNCERTAIN]
        return self._end(held, self.State.WAITING, now, error, due_at=until, tries=tries, claim=None)

    def _end(self, held: list[State], state: State, now: datetime, error: str, **fields: Any) -> bool:
        return self._step(held, state=state, held_until=None, changed_at=now, error=error[:ERROR_LENGTH], **fields)

    def _step(self, held: list[State], **fields: Any) -> bool:
        """One conditional UPDATE; whether the row was in one of the states `held`, and ours."""
        return bool(Mail.objects.filter(pk=self.pk, claim=self.claim, state__in=held).update(**fields))


class Beat(models.Model):
    """A moment that processes share: when a command last ended, until when one of them works alone."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "members"

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def mark(name: str, at: datetime) -> None:
        """Notes `at` under `name`, in one statement."""
        Beat.objects.bulk_create(
            [Beat(name=name, at=at)], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
        )

    @staticmethod
    def take(name: str, now: datetime, until: datetime) -> bool:
        """Reserves `name` until `until`; False while somebody else's reservation lasts."""
        long_ago = datetime(1970, 1, 1, tzinfo=UTC)
        Beat.objects.bulk_create([Beat(name=name, at=long_ago)], ignore_conflicts=True)
        return bool(Beat.objects.filter(pk=name, at__lte=now).update(at=until))

    @staticmethod
    def last(name: str) -> datetime | None:
        """Returns the moment noted under `name`, if there is one."""
        return Beat.objects.filter(pk=name).values_list("at", flat=True).first()
