"""The process that reads one file: `python -m library.reading.process ENDING`, the file as standard input.

It writes the text in UTF-8 to standard output and ends with 0, or with anything else where it could not.
"""

import resource
import signal
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from library.reading import limits


def _set_limits() -> None:
    """The kernel ends what takes more, also when nobody is left to wait for it."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.ANSWER_BYTES, limits.ANSWER_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(limits.WALL_SECONDS)


def _parts(content: BinaryIO, ending: str) -> Iterator[str]:
    if ending == "pdf":
        from library.reading.pdf import pages

        return pages(content)
    from library.reading.office import paragraphs

    return paragraphs(content, ending)


def joined(parts: Iterable[str]) -> str:
    """Returns the parts a line each, at most MAX_CHARACTERS; what no database takes is left out."""
    text, length = [], 0
    for part in parts:
        clean = part.replace("\0", "").encode("utf-8", "ignore").decode()
        text.append(clean)
        length += len(clean) + 1
        if length > limits.MAX_CHARACTERS:
            break
    return "\n".join(text)[: limits.MAX_CHARACTERS]


def main() -> None:
    """Reads standard input; a traceback would say nothing that the exit code does not."""
    _set_limits()
    try:
        text = joined(_parts(sys.stdin.buffer, sys.argv[1]))
    except BaseException:
        sys.exit(1)
    sys.stdout.buffer.write(text.encode())


if __name__ == "__main__":
    main()
