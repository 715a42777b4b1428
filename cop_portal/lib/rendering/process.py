"""One rendering process, seen from the web process. It ends when its socket does, so no parent leaves one behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from cop_portal.lib.rendering.frames import receive, send

_ROOT = Path(__file__).resolve().parents[3]
_COMMAND = (sys.executable, "-m", "cop_portal.lib.rendering.worker")
# A process that reads hostile text needs no secret of ours.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


class GoneError(Exception):
    """The process ended instead of answering."""


class Renderer:
    """Starts a rendering process. It answers one caller at a time."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603 (a module of ours)
                    _COMMAND, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, cwd=_ROOT, env=environment
                )
            except BaseException:
                ours.close()
                raise
        self._socket = ours
        self.has_answered = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, request: bytes, *, deadline: float) -> tuple[bytes, str]:
        """Returns status and result.

        Raises TimeoutError at `deadline` (monotonic) and when the text used up its time; GoneError if the process
        ended for another reason.
        """
        try:
            send(self._socket, request, deadline=deadline)
            answer = receive(self._socket, deadline=deadline)
        except TimeoutError:
            raise
        except OSError:
            answer = b""
        if not answer:
            raise TimeoutError if self._used_up_its_time() else GoneError
        self.has_answered = True
        return answer[:1], answer[1:].decode()

    def _used_up_its_time(self) -> bool:
        """Whether the kernel ended the process for that; its socket is closed, so its end is near."""
        try:
            return self._process.wait(timeout=1) == -signal.SIGPROF
        except subprocess.TimeoutExpired:
            return False

    def end(self) -> None:
        """Ends the process at once and waits for it, so that no zombie stays."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def disown(self) -> None:
        """Lets go in a forked child: the process goes on for the parent and must not wait for us too."""
        self._socket.close()
        self._process.returncode = 0
