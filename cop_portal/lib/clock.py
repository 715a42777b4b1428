"""Time that goes on: work that takes a while begins at a given `now`, but its locks end by the clock."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

type Clock = Callable[[], datetime]


def clock_from(now: datetime) -> Clock:
    """Returns a clock that shows `now` at this moment and goes on from there."""
    start = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - start)
