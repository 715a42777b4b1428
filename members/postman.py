"""The postman: takes due mails from the ledger to the mail server, each at most once.

Three things can go wrong, and each is the affair of somebody else:

* There is no server (`AwayError`). No mail is to blame, none loses a try; all wait, and half a minute later
  the next round knocks again.
* The server does not want this mail. For good: it has failed. For now: if the trouble is the mail's own (the
  answer speaks of the recipient, or other mails got through meanwhile), it is tried five times over a day,
  with growing pauses. If not, the server is in trouble, and the mail waits half a minute like all others.
  After three such answers in a row the round ends.
* The connection broke when the text was on its way (`DoubtError`). Nobody knows, so it is never sent again by
  itself; an admin sees it and decides.
"""

import logging
import time
from collections.abc import Callable
from contextlib import closing as closed_afterwards
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import mailers
from django.db import InterfaceError, OperationalError, connection

from cop_portal.lib.clock import Clock, clock_from
from members.carriers import (
    AwayError,
    Carrier,
    DoubtError,
    LostError,
    RefusedError,
    TakenError,
    carrier_for,
    closing,
)
from members.letters import message_for
from members.outbox import Beat, Mail

logger = logging.getLogger("portal.mail")

PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=2), timedelta(hours=21))
MOST_TRIES = len(PAUSES) + 1
SHORT_PAUSE = timedelta(seconds=30)  # while the server is away or in trouble
HOLD = "mail waits for its server until"
TROUBLES_IN_A_ROW = 3
BATCH = 10
LONGEST_ROUND = timedelta(seconds=45)
RECORDING_PATIENCE = 20  # seconds


@dataclass
class Round:
    """What one round came to."""

    sent: int = 0
    refused: int = 0
    uncertain: int = 0
    unfinished: bool = False


def deliver(now: datetime) -> Round:
    """Sends what is due at `now`, for three quarters of a minute at most; safe to run in many processes at once."""
    Mail.objects.free_dead(now)
    if closing.is_set() or not Mail.objects.due(now).exists() or is_held(now):
        return Round()
    with closed_afterwards(carrier_for(mailers.default)) as carrier:
        return _Postman(carrier, clock_from(now)).go_round()


def is_held(now: datetime) -> bool:
    """Whether the mail server was found in trouble a moment ago."""
    until = Beat.last(HOLD)
    return until is not None and now < until


class _Postman:
    """One round with one carrier."""

    def __init__(self, carrier: Carrier, clock: Clock) -> None:
        self.carrier = carrier
        self.clock = clock
        self.ends_at = clock() + LONGEST_ROUND
        self.troubles = 0
        self.held = False
        self.round = Round()

    def go_round(self) -> Round:
        try:
            self.carrier.open()
        except AwayError as away:
            self._hold(str(away))
            return self.round
        while self._goes_on() and (batch := Mail.objects.claim(self.clock(), BATCH)):
            self._take(batch)
        self.round.unfinished = not (self.held or closing.is_set()) and Mail.objects.due(self.clock()).exists()
        logger.info(
            "Mail: %s sent, %s refused, %s uncertain.", self.round.sent, self.round.refused, self.round.uncertain
        )
        return self.round

    def _goes_on(self) -> bool:
        return not (self.held or closing.is_set() or self.clock() > self.ends_at)

    def _take(self, batch: list[Mail]) -> None:
        try:
            for mail in batch:
                if self._goes_on():
                    self._carry(mail)
        finally:
            Mail.objects.release(batch)

    def _carry(self, mail: Mail) -> None:
        now = self.clock()
        if mail.member and not mail.member.is_active:
            mail.fail(now, "this account rests", tries=mail.tries)
            return
        try:
            self.carrier.hand_over(message_for(mail, now=now), lambda: mail.begin_hand_over(self.clock()))
        except TakenError:
            logger.warning("Mail %s was taken over by another worker.", mail.pk)
        except RefusedError as refused:
            self._refused(mail, refused)
        except DoubtError as doubt:
            self._doubted(mail, str(doubt))
        except LostError as lost:
            self._wait(mail, str(lost))
            self._trouble(str(lost))
        except AwayError as away:
            self._wait(mail, str(away))
            self._hold(str(away))
        else:
            self.round.sent += 1
            self.troubles = 0
            self._record(mail, lambda: mail.arrived(self.clock()))

    def _doubted(self, mail: Mail, error: str) -> None:
        logger.warning("Mail %s was perhaps sent, perhaps not.", mail.pk)
        self.round.uncertain += 1
        self._record(mail, lambda: mail.doubt(self.clock(), error))
        self._trouble(error)

    def _refused(self, mail: Mail, refused: RefusedError) -> None:
        """For good, for now because of the mail, or for now because of the server."""
        self.round.refused += 1
        if refused.for_good:
            self._give_up(mail, str(refused))
            return
        if refused.personal or mail.tries or _others_arrived_since(mail):
            self._count_try(mail, str(refused))
        else:
            self._wait(mail, str(refused))
        self._trouble(str(refused))

    def _count_try(self, mail: Mail, error: str) -> None:
        tries = mail.tries + 1
        if tries >= MOST_TRIES:
            self._give_up(mail, error)
        else:
            self._wait(mail, error, PAUSES[tries - 1], tries)

    def _give_up(self, mail: Mail, error: str) -> None:
        logger.warning("Mail %s failed for good: %s", mail.pk, error[:3])
        self._record(mail, lambda: mail.fail(self.clock(), error, tries=mail.tries + 1))

    def _wait(self, mail: Mail, error: str, pause: timedelta = SHORT_PAUSE, tries: int | None = None) -> None:
        now = self.clock()
        tries = mail.tries if tries is None else tries
        self._record(mail, lambda: mail.wait(now, error, until=now + pause, tries=tries))

    def _trouble(self, error: str) -> None:
        self.troubles += 1
        if self.troubles >= TROUBLES_IN_A_ROW:
            self._hold(error)

    def _hold(self, error: str) -> None:
        """Ends this round and keeps the next ones from knocking for a moment."""
        self.held = True
        Beat.mark(HOLD, self.clock() + SHORT_PAUSE)
        logger.warning("Mail waits, the mail server is in trouble: %s", error)

    def _record(self, mail: Mail, step: Callable[[], bool]) -> None:
        """Writes down what became of `mail`; a database that is away for a moment must not make us forget it."""
        give_up_at = time.monotonic() + RECORDING_PATIENCE
        while True:
            try:
                if not step():
                    logger.warning("Mail %s is in other hands by now.", mail.pk)
                return
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block or time.monotonic() > give_up_at:
                    raise
                connection.close()
                time.sleep(0.5)


def _others_arrived_since(mail: Mail) -> bool:
    """Whether the server accepted other mail after it had refused this one the last time."""
    return bool(mail.error) and Mail.objects.filter(state=Mail.State.SENT, changed_at__gt=mail.changed_at).exists()
