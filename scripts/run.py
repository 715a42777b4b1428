"""The whole portal on this machine: database, demo community, then web and worker until Ctrl-C.

Reads HOST, PORT and everything that cop_portal.settings reads; DEBUG is on unless it is set.
Needs only the standard library, so that the two processes it watches are all that uses memory.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, "manage.py"]
FALSE = {"", "0", "false", "off", "no", "n", "f"}
SECONDS_TO_STOP = 30
SECONDS_TO_START = 60
WELCOME = """
  {url}

  Sign in as {accounts}
  or as admin@cop.example; the password of all is learn-together.
  Ctrl-C stops everything.
"""


class Stopped(Exception):  # noqa: N818 - somebody asked for it: no error
    """Ctrl-C or SIGTERM."""


def stop(signum: int, frame: FrameType | None) -> None:
    raise Stopped


def addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
    """Returns what to listen on; raises OSError when one of them is taken or impossible.

    `localhost` means both loopback addresses, since browsers try either of them first.
    """
    wanted = ["127.0.0.1", "::1"] if host == "localhost" else [host.strip("[]")]
    found = []
    for name in wanted:
        family = socket.AF_INET6 if ":" in name else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_STREAM) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((name, port))
        except OSError:
            if name == "::1" and not port_is_taken(name, port):  # no IPv6 here
                continue
            raise
        found.append((family, f"[{name}]:{port}" if ":" in name else f"{name}:{port}"))
    return found


def port_is_taken(host: str, port: int) -> bool:
    """Whether somebody answers there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def environment(host: str, port: int) -> dict[str, str]:
    """Returns the environment of web and worker: what is set stays, the rest fits a developer."""
    shown = "localhost" if host in {"0.0.0.0", "::", "127.0.0.1"} else host  # noqa: S104
    return {"DEBUG": "1", "SITE_URL": f"http://{shown}:{port}", **os.environ}


def prepare(env: Mapping[str, str]) -> None:
    """Brings the database up to date and the demo community in; raises CalledProcessError."""
    subprocess.run([*MANAGE, "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    if env["DEBUG"].lower() in FALSE:
        subprocess.run([*MANAGE, "collectstatic", "--no-input", "-v0"], cwd=ROOT, env=env, check=True)
    else:  # it refuses beside a real community, and says so; the portal runs all the same
        subprocess.run([*MANAGE, "demo"], cwd=ROOT, env=env, check=False)


def start(env: Mapping[str, str], binds: list[str]) -> dict[str, subprocess.Popen[bytes]]:
    """Starts both processes, each in a group of its own: Ctrl-C reaches them only through us."""
    web = [sys.executable, "-m", "gunicorn", "cop_portal.wsgi:application", "--no-control-socket"]
    web += ["--worker-class", "gthread", "--workers", "1", "--threads", "8", "--log-level", "warning"]
    for bind in binds:
        web += ["--bind", bind]
    commands = {"web": web, "worker": [*MANAGE, "worker"]}
    return {name: subprocess.Popen(line, cwd=ROOT, env=env, process_group=0) for name, line in commands.items()}


def answers(url: str) -> bool:
    """Whether the web process answers its health check."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError:  # an answer too, say a redirect to HTTPS that leads nowhere yet
        return True
    except OSError:
        return False


def watch(processes: Mapping[str, subprocess.Popen[bytes]], bind: str, welcome: str) -> int:
    """Waits until one of the processes ends, which neither should; returns the exit code for that."""
    deadline = time.monotonic() + SECONDS_TO_START
    silent = True
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                print(f"The {name} process ended by itself ({process.returncode}).", file=sys.stderr)
                return 1
        if silent and answers(f"http://{bind}/healthz"):
            silent = False
            print(welcome, flush=True)
        elif silent and time.monotonic() > deadline:
            print(f"No answer within {SECONDS_TO_START} seconds.", file=sys.stderr)
            return 1
        time.sleep(0.1 if silent else 0.5)


def end(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Lets both finish what they are at; whoever takes longer than 30 seconds is killed."""
    deadline = time.monotonic() + SECONDS_TO_STOP
    for process in processes.values():
        process.terminate()
    try:
        for process in processes.values():
            process.wait(max(0, deadline - time.monotonic()))
    except (subprocess.TimeoutExpired, Stopped):  # the second Ctrl-C means: now
        for process in processes.values():
            process.kill()


def accounts() -> str:
    """Returns how to sign in, with the first of the demo community's members as the example."""
    return "mira@cop.example (facilitator), like <id>@cop.example for each demo member,"


def main() -> int:
    """Returns 0 when somebody stopped the portal, 1 when it could not go on."""
    host = os.environ.get("HOST") or "localhost"
    port = int(os.environ.get("PORT") or 8000)
    try:
        binds = [bind for _family, bind in addresses(host, port)]
    except OSError as error:
        print(f"Cannot listen on {host}:{port} ({error.strerror}). Another port: make run PORT=8001", file=sys.stderr)
        return 1
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, stop)
    env = environment(host, port)
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        prepare(env)
        processes = start(env, binds)
        return watch(processes, binds[0], WELCOME.format(url=env["SITE_URL"], accounts=accounts()))
    except subprocess.CalledProcessError as error:
        print(f"{' '.join(error.cmd[1:])} failed, see above.", file=sys.stderr)
        return 1
    except Stopped:
        print("\nStopping.", flush=True)
        return 0
    finally:
        end(processes)


if __name__ == "__main__":
    sys.exit(main())
