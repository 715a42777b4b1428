"""The steps of a case clinic, and where it stands at a moment. Imports no model."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Words = str | Promise


@dataclass(frozen=True)
class Step:
    """What happens for so many minutes."""

    minutes: int
    title: Words
    help: Words

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)


STEPS = (
    Step(5, _("The case is told"), _("Whose case it is says what happened and what would help. Nobody interrupts.")),
    Step(10, _("Questions for facts"), _("Only what one needs to picture it. Advice dressed as a question waits.")),
    Step(20, _("Peers think aloud"), _("The others talk it over as if its owner were not there; the owner listens.")),
    Step(10, _("What struck"), _("The owner says which thought was new, and what was tried already.")),
    Step(10, _("What it stirs here"), _("Each peer names one thing that it touches in their own team.")),
    Step(5, _("The first step"), _("The owner writes down one step, and when to tell how it went.")),
)  # fmt: skip
MINUTES = sum(step.minutes for step in STEPS)


@dataclass(frozen=True)
class Standing:
    """Which step it is, since when and until when; behind the last one `is_over`."""

    number: int
    began_at: datetime
    is_over: bool = False

    @property
    def step(self) -> Step:
        return STEPS[min(self.number, len(STEPS) - 1)]

    @property
    def ends_at(self) -> datetime:
        return self.began_at + self.step.length

    def seconds_left(self, now: datetime) -> int:
        """Returns whole seconds, never below 0."""
        return 0 if self.is_over else max(0, -int((now - self.ends_at) // timedelta(seconds=1)))


def standing(number: int, began_at: datetime, *, now: datetime) -> Standing:
    """Returns where a clinic stands at `now` whose step `number` began at `began_at`: the clock leads on."""
    while number < len(STEPS) and now >= began_at + STEPS[number].length:
        began_at += STEPS[number].length
        number += 1
    return Standing(number, began_at, is_over=number >= len(STEPS))


def clock_words(seconds: int) -> str:
    """Returns minutes and seconds as a clock shows them: 9:05."""
    return f"{seconds // 60}:{seconds % 60:02}"
