"""Every check that runs no test: style, types, migrations, production settings. Names all that failed."""

import os
import subprocess
import sys
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


def main() -> int:
    """Returns 1 when a check found something."""
    environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS} | PRODUCTION
    failed = []
    for name, command in CHECKS.items():
        print(f"--- {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
    print(f"Not in order: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
