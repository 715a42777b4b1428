"""Processes of the portal's own that work on the database of the test: started, stopped, killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

ROOT = Path(__file__).parent.parent
INHERITED = {"PATH", "HOME", "LANG", "TMPDIR"}


class Stage:
    """Where other processes meet this one: a database and a folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def env(self, **variables: str) -> dict[str, str]:
        """The environment of a portal in production on this database."""
        return {
            **{name: value for name, value in os.environ.items() if name in INHERITED},
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "cop_portal.settings",
            "SECRET_KEY": "only-for-tests-" + "x" * 40,
            "SITE_URL": "http://localhost:8000",
            "VAR_DIR": str(self.folder),
            **variables,
        }

    @contextmanager
    def running(self, *command: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """Runs `python <command>`; what is still running at the end is killed. `.stdout` has all it says."""
        with subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.env(**variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.fixture
def stage(transactional_db, tmp_path):
    """The database of this test, open to other processes."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return Stage(f"sqlite:///{name}", tmp_path)
    return Stage(urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")), tmp_path)


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> float:
    """Returns after how many seconds `condition` came true."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() > began + seconds:
            raise TimeoutError(f"not within {seconds} seconds")
        time.sleep(0.02)
    return time.monotonic() - began
