"""What whole processes cost: the memory of a web worker, the time of a command from cold."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
VISITS = 40


def json_of(module: str, env: Mapping[str, str]) -> dict[str, Any]:
    """Returns what `python -m module` prints."""
    run = subprocess.run([sys.executable, "-m", module], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)


def cpu_of(command: list[str], folder: Path, env: Mapping[str, str]) -> float:
    """Returns the CPU milliseconds of a command, the least of five runs after a first one that compiles."""
    spent = []
    for _ in range(RUNS + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent[1:]) * 1000


def empty_project(folder: Path) -> Path:
    """Makes what `startproject` makes; returns its folder."""
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "django", "startproject", "empty", str(folder)], check=True)
    return folder


@contextmanager
def web(env: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Runs gunicorn with one worker; gives the worker's process id and the address."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "cop_portal.wsgi", "--no-control-socket", "--log-level", "warning"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "8", "--bind", f"127.0.0.1:{port}"]
    url = f"http://localhost:{port}"
    with subprocess.Popen(command, cwd=ROOT, env=env) as server:
        try:
            wait_for(f"{url}/healthz")
            yield child_of(server.pid), url
        finally:
            server.send_signal(signal.SIGTERM)


def wait_for(url: str) -> None:
    """Returns when something answers; raises TimeoutError after 20 seconds."""
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own address
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def child_of(pid: int) -> int:
    """Returns the process id of the only child of a process."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def memory_of(pid: int) -> dict[str, float]:
    """Returns MiB: `Rss` counts what is shared with other processes in full, `Pss` in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines[1:]}
    return {name: sizes[name] for name in ("Rss", "Pss")}


def worker_memory(env: Mapping[str, str], cookie: str, paths: list[str]) -> dict[str, float]:
    """Returns the memory of a web worker that has answered each of the paths a few times."""
    with web(env) as (pid, url):
        for number in range(VISITS):
            request = urllib.request.Request(url + paths[number % len(paths)], headers={"Cookie": cookie})  # noqa: S310
            urllib.request.urlopen(request, timeout=20).close()  # noqa: S310 - our own address
        return memory_of(pid)


def environment(var: Path) -> dict[str, str]:
    """Returns the environment of a server in production mode whose data lies in `var`."""
    unwanted = {"DEBUG", "DATABASE_URL", "SITE_URL", "ALLOWED_HOSTS", "CACHE_URL", "PYTHONDONTWRITEBYTECODE"}
    own = {
        "DJANGO_SETTINGS_MODULE": "cop_portal.settings",
        "SECRET_KEY": "only-for-measuring-" + "x" * 40,
        "SITE_URL": "http://localhost",
        "VAR_DIR": str(var),
        "PYTHONPYCACHEPREFIX": str(var / "bytecode"),
    }
    return {name: value for name, value in os.environ.items() if name not in unwanted} | own
