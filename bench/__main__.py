"""`make bench`: prints what the pages cost beside the floor, and what the processes cost."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import processes

LINE = "{:<26}{:>9}{:>6}{:>8}{:>6}{:>9}{:>9}{:>6}  {}"
HEAD = ("page", "queries", "goal", "KB", "goal", "CPU ms", "x floor", "goal", "")
MOST_MEMORY = 110
MOST_CHECK = 2.0


def line(page: Mapping[str, Any], floor: float) -> str:
    """Returns one line of the table; `floor` is the CPU time of the floor in milliseconds."""
    ratio = page["milliseconds"] / floor
    values = (page["queries"], round(page["kilobytes"], 1), round(ratio, 2))
    goals = page.get("goals", (None, None, None))
    words = zip(("queries", "KB", "CPU"), values, goals, strict=True)
    over = [word for word, value, goal in words if goal is not None and value > goal]
    notes = [f"over: {', '.join(over)}"] * bool(over) + [f"status {page['status']}"] * (page["status"] != 200)  # noqa: PLR2004
    queries, kilobytes, floors = ("" if goal is None else str(goal) for goal in goals)
    cells = (values[0], queries, values[1], kilobytes, f"{page['milliseconds']:.2f}", f"{ratio:.2f}", floors)
    return LINE.format(page["name"], *cells, ", ".join(notes)).rstrip()


def pages(env: Mapping[str, str]) -> dict[str, Any]:
    """Prints the table of pages; returns what bench.portal said.

    The floor is measured before and after the pages: the lesser of both counts.
    """
    floors = [processes.json_of("bench.floor", env)]
    portal = processes.json_of("bench.portal", env)
    floors.append(processes.json_of("bench.floor", env))
    floor = min(floors, key=lambda one: one["milliseconds"])
    print(LINE.format(*HEAD).rstrip())
    for page in [{"name": "floor", **floor}, *portal["pages"]]:
        print(line(page, floor["milliseconds"]))
    return portal


def memory(env: Mapping[str, str], portal: Mapping[str, Any]) -> None:
    """Prints the memory of a web worker that has answered every page."""
    if not Path("/proc/self/smaps_rollup").exists():
        print("memory of a web worker: measured on Linux only")
        return
    sizes = processes.worker_memory(env, portal["cookie"], portal["paths"])
    print(f"memory of a web worker: RSS {sizes['Rss']:.0f} MiB, PSS {sizes['Pss']:.0f} MiB (goal {MOST_MEMORY})")


def cold_start(env: Mapping[str, str], folder: Path) -> None:
    """Prints the CPU time of `manage.py check` beside that of an empty project."""
    command = [sys.executable, "manage.py", "check"]
    project = processes.empty_project(folder / "empty")
    ours = processes.cpu_of(command, processes.ROOT, env)
    empty = processes.cpu_of(command, project, {**env, "DJANGO_SETTINGS_MODULE": "empty.settings"})
    print(f"manage.py check: {ours:.0f} ms, empty project {empty:.0f} ms: {ours / empty:.2f} x (goal {MOST_CHECK:.0f})")


def main(arguments: Sequence[str]) -> int:
    """Returns 0: goals are reported, nothing fails. `growth` and sizes measure how pages grow instead."""
    if arguments and arguments[0] == "growth":
        return subprocess.run([sys.executable, "-m", "bench.growth", *arguments[1:]], check=False).returncode
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        var = Path(folder) / "var"
        env = processes.environment(var)
        portal = pages(env)
        memory(env, portal)
        cold_start(env, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
