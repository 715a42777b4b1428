"""`make run` and its set-up: what they start, what they say, how they end."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

ROOT = Path(__file__).parent.parent
SECONDS = 60


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def environment(**own: str) -> dict[str, str]:
    """The environment without what the tests have set for themselves."""
    unwanted = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "DEBUG", "SITE_URL", "HOST", "PORT"}
    return {name: value for name, value in os.environ.items() if name not in unwanted} | own


def children_of(pid: int) -> dict[str, int]:
    """The processes that `make run` watches, by name."""
    return {
        "web" if "gunicorn" in child.cmdline() else child.cmdline()[-1]: child.pid
        for child in psutil.Process(pid).children()
    }


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    """Where the data of these portals lies: the first one finds nothing, the others what was there."""
    return tmp_path_factory.mktemp("var")


@contextmanager
def portal(folder: Path, **own: str):
    """Runs the portal until it says that it is there; gives the process and what it said."""
    env = environment(VAR_DIR=str(folder), PORT=str(free_port()), **own)
    command = [sys.executable, "scripts/run.py"]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        said = []
        for line in run.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        try:
            yield run, "".join(said), f"http://localhost:{env['PORT']}"
        finally:
            if run.poll() is None:
                run.terminate()
            run.stdout.read()


def status_of(url: str) -> int:
    """How the portal answers a visitor."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=20)) as connection:
        connection.request("GET", urlsplit(url).path)
        return connection.getresponse().status


def gone(pid: int) -> bool:
    """Whether a process has ended, within some seconds."""
    for _ in range(100):
        if not psutil.pid_exists(pid):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_web_and_worker_run_until_somebody_stops_them(var, signum):
    with portal(var) as (run, said, url):
        assert url in said
        assert "mira@cop.example" in said
        assert "admin@cop.example" in said
        assert "learn-together" in said
        assert status_of(f"{url}/accounts/login/") == 200
        watched = children_of(run.pid)
        assert set(watched) == {"web", "worker"}
        run.send_signal(signum)
        assert run.wait(SECONDS) == 0
        assert [name for name, pid in watched.items() if not gone(pid)] == []


@pytest.mark.parametrize(("dies", "stays"), [("web", "worker"), ("worker", "web")])
def test_when_one_dies_the_other_is_stopped(var, dies, stays):
    with portal(var) as (run, _said, _url):
        watched = children_of(run.pid)
        os.kill(watched[dies], signal.SIGKILL)
        assert run.wait(SECONDS) == 1
        assert gone(watched[stays])
        assert f"The {dies} process ended by itself" in run.stdout.read()


def test_a_port_that_is_taken_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = environment(VAR_DIR=str(tmp_path), PORT=str(port))
        run = subprocess.run(
            [sys.executable, "scripts/run.py"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
    assert run.returncode == 1
    assert run.stderr == (
        f"Cannot listen on localhost:{port} (Address already in use). Another port: make run PORT=8001\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def bare(tmp_path):
    """A project with nothing in its lock, and a PATH without any Python: (its folder, the folder on PATH)."""
    project, path = tmp_path / "project", tmp_path / "bin"
    (project / "scripts").mkdir(parents=True)
    path.mkdir()
    shutil.copy(ROOT / "scripts/setup.sh", project / "scripts")
    (project / "requirements.txt").write_text("# nothing\n")
    for tool in ("sh", "dirname", "cmp", "cp", "rm"):
        (path / tool).symlink_to(shutil.which(tool))
    return project, path


def set_up(project: Path, path: Path) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(path), "HOME": str(project)}
    command = ["sh", "scripts/setup.sh"]
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)


def test_without_python_there_is_a_clear_message(bare):
    run = set_up(*bare)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "The portal needs Python 3.12 or newer (with venv, ssl and sqlite3), and none was found.\n"
        "Install one, or name yours: make run PYTHON=/path/to/python3\n"
    )


def test_the_venv_is_made_once_and_anew_when_it_broke(bare):
    project, path = bare
    for name, lines in (("python3.13", "exit 127"), ("python3", f'exec "{Path(sys.executable).resolve()}" "$@"')):
        (path / name).write_text(f"#!/bin/sh\n{lines}\n")  # the first is how pyenv leaves a version that is not chosen
        (path / name).chmod(0o755)
    made = f"Making .venv with Python {'.'.join(map(str, sys.version_info[:3]))}."
    first, second = set_up(project, path), set_up(project, path)
    assert (first.returncode, first.stdout.splitlines()[0], first.stderr) == (0, made, "")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    configuration = project / ".venv/pyvenv.cfg"
    configuration.write_text(configuration.read_text().replace("version = 3.", "version = 3.9"))
    third, fourth = set_up(project, path), set_up(project, path)
    assert (third.returncode, third.stdout.splitlines()[0]) == (0, made)
    assert (fourth.returncode, fourth.stdout) == (0, "")
