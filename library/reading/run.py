"""Runs the process that reads a file, and waits for it no longer than is said."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from library.reading import limits

_ROOT = Path(__file__).resolve().parents[2]
# A process that reads hostile files needs no secret of ours.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


class UnreadableError(Exception):
    """No text came of the file within the limits."""


def text_of(content: BinaryIO, ending: str, *, seconds: float = limits.WALL_SECONDS) -> str:
    """Returns the text of a real file, read from its beginning; raises UnreadableError within `seconds`."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    command = (sys.executable, "-m", "library.reading.process", ending)
    content.seek(0)
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(  # noqa: S603 -- a module of ours
                command, stdin=content, stdout=answer, stderr=subprocess.DEVNULL, cwd=_ROOT, env=environment,
                timeout=seconds, start_new_session=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise UnreadableError from None
        if done.returncode:
            raise UnreadableError
        answer.seek(0)
        return answer.read(limits.ANSWER_BYTES).decode("utf-8", "replace")[: limits.MAX_CHARACTERS]
