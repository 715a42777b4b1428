"""Every check that runs no test: style, types, migrations, production settings. Names all that failed."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, "manage.py"]
CHECKS = {
    "ruff check": [sys.executable, "-m", "ruff", "check", "--quiet", "."],
    "ruff format": [sys.executable, "-m", "ruff", "format", "--quiet", "--check", "."],
    "mypy": [sys.executable, "-m", "mypy", "."],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "check --deploy": [*MANAGE, "check", "--deploy", "--fail-level", "DEBUG"],
}
# What a server in production has: nothing of the machine that this runs on.
PRODUCTION = {"SITE_URL": "https://portal.example", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2}
NOT_OURS = ("DEBUG", "DATABASE_URL", "ALLOWED_HOSTS", "EMAIL_URL", "CACHE_URL")


def failing(environment: Mapping[str, str]) -> list[str]:
    """Runs every check; returns the names of those that found something."""
    failed = []
    for name, command in CHECKS.items():
        print(f"--- {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
    return failed


def main() -> int:
    """Returns 1 when a check found something."""
    ours = {key: value for key, value in os.environ.items() if key not in NOT_OURS}
    with tempfile.TemporaryDirectory(prefix="portal-lint-") as folder:
        failed = failing({**ours, **PRODUCTION, "VAR_DIR": folder})
    print(f"Not in order: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
