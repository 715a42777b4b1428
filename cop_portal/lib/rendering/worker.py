"""The process that renders: reads requests from the socket it has as standard input, until that is closed.

A request is JSON: `[kind, text, prefix, CPU seconds]`. An answer is one byte that says how it went (DONE, LAST: done
and leaving, REFUSED: refused and leaving) and the result in UTF-8. Both have their length in front (frames.py).
It leaves after whatever went wrong, since parts of the parser may have kept something of the text.
"""

import json
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from cop_portal.lib.rendering import limits
from cop_portal.lib.rendering.frames import DONE, LAST, REFUSED, receive, send
from cop_portal.lib.rendering.pipeline import TooMuchHtmlError, to_html, to_plain

_KINDS: dict[str, Callable[[str, str], str]] = {"html": to_html, "plain": to_plain}
_EXPECTED = (TooMuchHtmlError, RecursionError, MemoryError)


def _set_limits() -> None:
    """Limits memory, lets SIGPROF end this process, and leaves signals for the group to the parent."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent answers what is under way; then we read its end
        signal.signal(number, signal.SIG_IGN)


def _answer(request: bytes) -> tuple[bytes, str]:
    kind, text, prefix, seconds = json.loads(request)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return DONE, _KINDS[kind](text, prefix)
    except _EXPECTED:
        return REFUSED, ""
    except Exception as error:  # the parser has bugs; its message could quote the text
        sys.stderr.write(f"A text could not be rendered: {type(error).__name__}\n")
        return REFUSED, ""
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _memory() -> int:
    """Returns the bytes in use now, 0 where the kernel does not tell (getrusage counts those of the parent too)."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _is_worn(texts: int) -> bool:
    return texts >= limits.LEAVE_AFTER_TEXTS or _memory() > limits.LEAVE_ABOVE_BYTES


def main() -> None:
    """Answers until the parent is gone."""
    _set_limits()
    to_html("warm *up*")
    parent = socket.socket(fileno=0)
    texts = 0
    while request := receive(parent):
        texts += 1
        status, result = _answer(request)
        if status == DONE and _is_worn(texts):
            status = LAST
        send(parent, status + result.encode())
        if status != DONE:
            return


if __name__ == "__main__":
    main()
