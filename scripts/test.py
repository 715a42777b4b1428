"""The whole suite: on SQLite, on PostgreSQL, in a browser; arguments are passed on to pytest.

Ends with one line of counts for each part. Fails when a test fails or is skipped, and when a part ran no test.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [sys.executable, "-m", "pytest", "--color=no"]
NO_TESTS = 5
COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?)\b")
CLOSING = re.compile(r"^=*\s*(?:\d+ [a-z]+,? ?)+ in [\d.]+s")


@dataclass
class Part:
    """One run of pytest and, afterwards, what came of it."""

    name: str
    command: list[str]
    counts: dict[str, int] = field(default_factory=dict)
    code: int = 0
    seconds: float = 0

    def run(self, environment: dict[str, str]) -> None:
        """Shows pytest's output as it comes and keeps its closing counts."""
        print(f"\n--- {self.name}", flush=True)
        started = time.monotonic()
        with subprocess.Popen(
            self.command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, errors="replace"
        ) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                if CLOSING.match(line):
                    self.counts = {word: int(number) for number, word in COUNT.findall(line)}
        self.code = process.returncode
        self.seconds = time.monotonic() - started

    def ok(self, *, may_be_empty: bool) -> bool:
        """Whether all that ran passed; without tests only where a part of the suite was asked for."""
        if self.code == NO_TESTS:
            return may_be_empty
        return self.code == 0 and bool(self.counts.get("passed")) and not self.counts.get("skipped")

    def failed(self) -> int:
        """Returns the number of tests that failed, at least 1 where pytest itself did."""
        found = sum(self.counts.get(word, 0) for word in ("failed", "error", "errors"))
        return found or int(self.code not in {0, NO_TESTS})


def parts(arguments: Sequence[str]) -> list[Part]:
    """Returns the three runs; `-m` of ours comes last, so an own one would be lost."""
    pytest = [*PYTEST, "-n", "2", "--dist", "worksteal", *arguments, "-m"]
    postgres = [sys.executable, "scripts/with_postgres.py"]
    return [
        Part("SQLite", [*pytest, "not browser"]),
        Part("PostgreSQL", [*postgres, *pytest, "not browser and not once"]),
        Part("browser", [*pytest, "browser"]),
    ]


def main(arguments: Sequence[str]) -> int:
    """Returns 0 when every part passed."""
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DEBUG"}}
    runs = parts(arguments)
    for part in runs:
        part.run(environment)
    print()
    for part in runs:
        words = ", ".join(f"{number} {word}" for word, number in part.counts.items()) or "no tests"
        print(f"{part.name:<10} {words} in {part.seconds:.0f} s")
    passed = sum(part.counts.get("passed", 0) for part in runs)
    print(f"total: {passed} passed, {sum(part.failed() for part in runs)} failed")
    return 0 if passed and all(part.ok(may_be_empty=bool(arguments)) for part in runs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
