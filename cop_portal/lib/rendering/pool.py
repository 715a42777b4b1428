"""The rendering processes of one web process: few at work at a time, one of them kept warm."""

import atexit
import json
import logging
import os
import threading
from time import monotonic

from cop_portal.lib.rendering import limits
from cop_portal.lib.rendering.frames import DONE, REFUSED
from cop_portal.lib.rendering.process import GoneError, Renderer

logger = logging.getLogger(__name__)

_AT_ONCE = 2  # in each of the two lanes
_KEPT = 1
_SPARE_SECONDS = 20  # so long after a rush the others stay
_LEAST_SECONDS = 0.3  # with less time left no rendering is begun


class RefusedError(Exception):
    """No result within the limits."""


class Pool:
    """Hands texts to processes. Short texts have a lane of their own, so that long hostile ones cannot hold them up."""

    def __init__(
        self,
        *,
        cpu_seconds: float = limits.CPU_SECONDS,
        answer_seconds: float = limits.ANSWER_SECONDS,
        spare_seconds: float = _SPARE_SECONDS,
    ) -> None:
        self._cpu_seconds = cpu_seconds
        self._spare_seconds = spare_seconds
        self._answer_seconds = answer_seconds
        self._short = threading.BoundedSemaphore(_AT_ONCE)
        self._long = threading.BoundedSemaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._idle: list[Renderer] = []
        self._all: set[Renderer] = set()
        self._trimmer: threading.Timer | None = None

    def run(self, kind: str, text: str, prefix: str = "") -> str:
        """Returns the result of `kind` ("html" or "plain"). Raises RefusedError, in any case in time."""
        deadline = monotonic() + self._answer_seconds
        lane = self._short if len(text) <= limits.SHORT_CHARACTERS else self._long
        if not lane.acquire(timeout=self._answer_seconds - _LEAST_SECONDS):
            raise RefusedError
        try:
            return self._answer(json.dumps([kind, text, prefix, self._cpu_seconds]).encode(), deadline)
        finally:
            lane.release()

    def _answer(self, request: bytes, deadline: float) -> str:
        renderer = self._take()
        try:
            return self._ask(renderer, request, deadline)
        except GoneError:
            # A warm process may have died of something else than this text; only a new one tells.
            if not renderer.has_answered:
                raise RefusedError from None
        try:
            return self._ask(self._start(), request, deadline)
        except GoneError:
            raise RefusedError from None

    def _ask(self, renderer: Renderer, request: bytes, deadline: float) -> str:
        keep = False
        try:
            status, result = renderer.ask(request, deadline=deadline)
            keep = status == DONE
        except TimeoutError:
            raise RefusedError from None
        finally:
            self._give_back(renderer, keep=keep)
        if status == REFUSED:
            raise RefusedError
        return result

    def _take(self) -> Renderer:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _start(self) -> Renderer:
        try:
            renderer = Renderer()
        except OSError as error:
            logger.exception("No process for rendering text could be started")
            raise RefusedError from error
        with self._lock:
            self._all.add(renderer)
        return renderer

    def _give_back(self, renderer: Renderer, *, keep: bool) -> None:
        with self._lock:
            if keep:
                self._idle.append(renderer)
                self._trim_later()
                return
            self._all.discard(renderer)
        renderer.end()

    def _trim_later(self) -> None:
        if len(self._idle) > _KEPT and self._trimmer is None:
            self._trimmer = threading.Timer(self._spare_seconds, self.trim)
            self._trimmer.daemon = True
            self._trimmer.start()

    def trim(self, kept: int = _KEPT) -> None:
        """Ends the processes that wait for work, but for the first `kept`; others start when they are needed."""
        with self._lock:
            if self._trimmer is not None:
                self._trimmer.cancel()
                self._trimmer = None
            spare = self._idle[kept:]
            del self._idle[kept:]
            self._all.difference_update(spare)
        for renderer in spare:
            renderer.end()

    def disown(self) -> None:
        """Lets go of all processes, in a forked child. Takes no lock: its holder may not exist here."""
        for renderer in self._all:
            renderer.disown()


_pool = Pool()


def run(kind: str, text: str, prefix: str = "") -> str:
    """See `Pool.run`; the pool is this process's own, also after a fork."""
    return _pool.run(kind, text, prefix)


def close() -> None:
    """Ends the processes that wait for work; others start when they are needed."""
    _pool.trim(kept=0)


def _start_anew() -> None:
    global _pool  # noqa: PLW0603 (one a process)
    _pool.disown()
    _pool = Pool()


os.register_at_fork(after_in_child=_start_anew)
atexit.register(close)
