"""Whatever is typed, there is an answer in time, and the processes that render neither pile up nor stay behind."""

import os
import resource
import signal
import string
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cop_portal.lib.markdown import TextTooComplexError, render
from cop_portal.lib.rendering import limits, pool
from cop_portal.lib.rendering.pool import Pool, RefusedError
from cop_portal.lib.rendering.process import Renderer

ROOT = Path(__file__).resolve().parents[2]
HOPELESS = "[" * 20_000


def table(columns: int, rows: int) -> str:
    return "|a" * columns + "\n" + "|-" * columns + "\n" + "x\n" * rows


def notes(count: int) -> str:
    return "".join(f"[^{number}]" for number in range(count)) + "\n\n" + "[^{0}]: [^1]\n" * count


SLOW = {
    "brackets": HOPELESS,
    "image brackets": "![" * 30_000,
    "brackets that close": "[" * 20_000 + "]" * 20_000,
    "links in links": "[" * 9_000 + "a" + "](b)" * 9_000,
    "open links": "[a](" * 20_000,
    "link titles": "[a](b 'c\" " * 9_000,
    "open angles": "[a](<b" * 15_000,
    "nested emphasis": "*a _b " * 16_000,
    "emphasis inside": "*" * 40_000 + "a" + "*" * 40_000,
    "strong and not": "*a **b " * 14_000,
    "struck": "~~a ~b " * 14_000,
    "quotes": "> " * 40_000,
    "quotes in lists": "> - " * 20_000,
    "quotes down": "".join(">" * depth + " a\n" for depth in range(400)),
    "lists": "- " * 40_000,
    "pluses": "+ " * 40_000,
    "lists down": "".join("  " * depth + "- a\n" for depth in range(300)),
    "loose lists": "- a\n\n    " * 10_000,
    "numbers": "1. a\n" * 18_000,
    "backticks": "`a``b" * 18_000,
    "backticks growing": "".join("`" * count + "a" for count in range(430)),
    "fences": "".join(f"```x{number}\na\n```\n" for number in range(6_000)),
    "open fences": "".join("`" * (3 + number % 20) + "\n" for number in range(6_000)),
    "wide table": table(10_000, 10_000),
    "table of code": "|`" * 30_000 + "\n" + "|-" * 20_000,
    "long table": "|a|b|\n|-|-|\n" + "|a|b|\n" * 16_000,
    "footnotes": notes(4_000),
    "one footnote": "[^1]" * 24_000 + "\n\n[^1]: x",
    "footnote of itself": "[^1]: " + "[^1]" * 24_000,
    "references": "".join(f"[{number}]: /a\n" for number in range(7_000)) + "[1] " * 5_000,
    "long reference": "[a]: /" + "b" * 50_000 + "\n\n" + "[a] " * 12_000,
    "addresses": "http://a.b " * 9_000,
    "one address": "http://a.b/" + "(" * 45_000 + ")" * 44_000,
    "starts of addresses": "http://" * 14_000,
    "mails": "<a@b" * 24_000,
    "tags": "<a b='" * 16_000,
    "comments": "<!--" * 24_000,
    "entities": "&amp;" * 20_000,
    "escapes": "\\*" * 50_000,
    "breaks": "a  \n" * 24_000,
    "headings": "# a\n\n" * 20_000,
    "underlines": "a\n=\n" * 24_000,
    "code of one colour": "```java\n" + "a " * 45_000 + "\n```",
    "code of brackets": "```ruby\n" + "%(" * 45_000 + "\n```",
    "blank lines": "\n" * 99_999 + "a",
    "spaces": "a" + " " * 99_998 + "b",
    "tabs": "- a\n" + "\t" * 90_000 + "b",
    "one word": "a" * 100_000,
    "combining": "e\u0301" * 50_000,
    **{f"only {sign}": sign * 100_000 for sign in string.punctuation},
}


@pytest.fixture
def quick() -> Pool:
    """A pool that gives up soon, so that many slow texts can be tried."""
    quick = Pool(cpu_seconds=0.15, answer_seconds=15)
    yield quick
    quick.trim(kept=0)


@pytest.fixture
def own():
    """A pool for this test alone, with time enough on a busy machine."""
    own = Pool(cpu_seconds=20, answer_seconds=40)
    yield own
    own.trim(kept=0)


def pids(of: Pool) -> list[int]:
    return [renderer.pid for renderer in of._all]


def is_there(pid: int) -> bool:
    """Whether the process exists, as a zombie too."""
    return Path(f"/proc/{pid}").exists()


def wait_until(true, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def timed(run, *args) -> tuple[str, float]:
    """What came of the call ("refused" or "rendered"), and the seconds it took."""
    start = time.monotonic()
    try:
        run(*args)
        outcome = "rendered"
    except (RefusedError, TextTooComplexError):
        outcome = "refused"
    return outcome, time.monotonic() - start


def test_slow_texts_are_answered_or_refused(quick):
    with ThreadPoolExecutor(2) as threads:
        found = dict(
            zip(SLOW, threads.map(lambda text: timed(quick.run, "html", text[:100_000]), SLOW.values()), strict=True)
        )
    assert {name: seconds for name, (_outcome, seconds) in found.items() if seconds > 4.5} == {}
    outcomes = {name: outcome for name, (outcome, _seconds) in found.items()}
    assert {outcomes[name] for name in ("brackets", "wide table", "pluses", "one footnote")} == {"refused"}
    assert {outcomes[name] for name in ("one word", "spaces", "only .", "only (")} == {"rendered"}
    assert quick.run("html", "*still here*") == "<p><em>still here</em></p>"


def test_a_text_that_grows_beyond_use_is_refused(own):
    growing = table(100, 100)
    assert len(growing) < 1_000
    assert timed(own.run, "html", growing)[0] == "refused"
    assert timed(own.run, "html", table(20, 20))[0] == "rendered"


@pytest.mark.parametrize("text", ["[^1]" * 24_000 + "\n\n[^1]: x", table(3_000, 3_000)])
def test_what_is_too_complex_is_refused_in_time(text):
    start = time.monotonic()
    with pytest.raises(TextTooComplexError, match=r"^This text is too complex to show$"):
        render(text)
    assert time.monotonic() - start < 5


def test_sixteen_hostile_threads_leave_the_rest_served():
    start = time.monotonic()
    with ThreadPoolExecutor(16) as threads:
        hostile = [threads.submit(timed, render, HOPELESS) for _ in range(16)]
        time.sleep(0.5)
        meanwhile, seconds = timed(render, "An *ordinary* comment.")
        found = [future.result() for future in hostile]
    assert (meanwhile, seconds < 3) == ("rendered", True)
    assert [outcome for outcome, _seconds in found] == ["refused"] * 16
    assert max(seconds for _outcome, seconds in found) < 5
    assert time.monotonic() - start < 6
    assert render("*after*") == "<p><em>after</em></p>"


def test_many_threads_get_their_own_text_back(own):
    texts = [f"Text *{number}*" + " word" * (number % 7) * 100 for number in range(64)]
    with ThreadPoolExecutor(16) as threads:
        rendered = list(threads.map(lambda text: own.run("html", text), texts))
    expected = [f"<p>{text.replace('*', '<em>', 1).replace('*', '</em>', 1)}</p>" for text in texts]
    assert [text for text, wanted in zip(rendered, expected, strict=True) if text != wanted] == []
    assert len(pids(own)) <= 4


def test_after_a_rush_one_process_stays():
    rushed = Pool(answer_seconds=40, spare_seconds=0.2)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda text: rushed.run("html", text), ["word " * 2_000] * 8))
    before = pids(rushed)
    assert len(before) == 2
    assert wait_until(lambda: len(pids(rushed)) == 1, seconds=5)
    assert wait_until(lambda: [is_there(pid) for pid in before].count(True) == 1, seconds=5)
    rushed.trim(kept=0)
    assert [is_there(pid) for pid in before] == [False, False]


def test_one_process_is_kept_warm_and_none_stays_after_the_end(own):
    own.run("html", "a")
    (first,) = pids(own)
    own.run("html", "b")
    assert pids(own) == [first]
    own.trim(kept=0)
    assert (pids(own), is_there(first)) == ([], False)
    assert own.run("html", "c") == "<p>c</p>"


def test_a_refused_text_leaves_no_process_and_no_zombie(quick):
    quick.run("html", "a")
    (first,) = pids(quick)
    assert timed(quick.run, "html", HOPELESS)[0] == "refused"
    assert (pids(quick), is_there(first)) == ([], False)


def test_a_process_that_died_is_replaced(own):
    own.run("html", "a")
    (first,) = pids(own)
    os.kill(first, signal.SIGKILL)
    assert own.run("html", "b") == "<p>b</p>"
    assert first not in pids(own)
    assert not is_there(first)


@pytest.mark.parametrize("warm", [False, True])
def test_a_text_that_used_up_its_time_is_not_tried_again(quick, monkeypatch, warm):
    started = []
    monkeypatch.setattr(pool, "Renderer", lambda: started.append(Renderer()) or started[-1])
    if warm:
        quick.run("html", "a")
    assert timed(quick.run, "html", HOPELESS)[0] == "refused"
    assert len(started) == 1


def test_a_text_that_ends_every_process_is_refused(own, monkeypatch):
    """As one would that makes the parser crash; the first process may have died of something else."""
    started = []
    monkeypatch.setattr(pool, "Renderer", lambda: started.append(Renderer()) or started[-1])
    own.run("html", "a")
    monkeypatch.setattr("cop_portal.lib.rendering.process._COMMAND", (sys.executable, "-c", ""))
    os.kill(started[0].pid, signal.SIGKILL)
    assert timed(own.run, "html", "b")[0] == "refused"
    assert len(started) == 2
    assert timed(own.run, "html", "c")[0] == "refused"
    assert len(started) == 3


def test_a_process_that_hangs_is_ended_at_the_deadline():
    hanging = Pool(answer_seconds=20)
    hanging.run("html", "a")
    hanging._answer_seconds = 1
    (first,) = pids(hanging)
    os.kill(first, signal.SIGSTOP)
    outcome, seconds = timed(hanging.run, "html", "b")
    assert (outcome, seconds < 3, is_there(first)) == ("refused", True, False)
    hanging.trim(kept=0)


def test_waiting_for_a_process_that_starts_counts_too():
    """A long text does not fit into the socket before the process reads it: then time has passed already."""
    hanging = Pool(cpu_seconds=20, answer_seconds=1.5)
    start = time.monotonic()
    assert timed(hanging.run, "html", ("[" * 900 + "\n\n") * 110)[0] == "refused"
    assert time.monotonic() - start < 2.2


def test_signals_for_the_group_do_not_end_what_is_under_way(own):
    own.run("html", "a")
    (first,) = pids(own)
    os.kill(first, signal.SIGINT)
    os.kill(first, signal.SIGTERM)
    own.run("html", "b")
    assert pids(own) == [first]


def test_no_process_means_refused_not_an_error(own, monkeypatch, caplog):
    monkeypatch.setattr("cop_portal.lib.rendering.process._COMMAND", ("/no/such/program",))
    assert timed(own.run, "html", "a")[0] == "refused"
    assert caplog.messages == ["No process for rendering text could be started"]


def test_a_process_has_limits_and_none_of_our_secrets(own, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hidden")
    monkeypatch.setenv("DATABASE_URL", "postgres://hidden")
    own.run("html", "a")
    (first,) = pids(own)
    assert resource.prlimit(first, resource.RLIMIT_AS) == (limits.MEMORY_BYTES, limits.MEMORY_BYTES)
    assert b"hidden" not in Path(f"/proc/{first}/environ").read_bytes()


def test_a_process_leaves_when_it_has_grown(own):
    own.run("html", "a")
    (first,) = pids(own)
    assert own.run("html", "*a* `b` " * 12_000).count("<em>") == 12_000
    assert (pids(own), is_there(first)) == ([], False)


# --- The life of the parent ----------------------------------------------------------------


def python(source: str) -> subprocess.Popen:
    """Runs a script that may use the renderer, without settings."""
    return subprocess.Popen(
        [sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )


KILLED = """
import threading
from cop_portal.lib.markdown import render
from cop_portal.lib.rendering import pool
render("a")
pool._pool._cpu_seconds = 1
threading.Thread(target=render, args=({text!r},), daemon=True).start()
print(*[renderer.pid for renderer in pool._pool._all], flush=True)
input()
"""


@pytest.mark.parametrize("text", ["", HOPELESS], ids=["idle", "at work"])
def test_a_parent_that_is_killed_leaves_no_process(text):
    parent = python(KILLED.format(text=text))
    pid = int(parent.stdout.readline())
    assert is_there(pid)
    parent.kill()
    parent.communicate()
    assert wait_until(lambda: not is_there(pid), seconds=15)


FORKED = """
import os
from cop_portal.lib.markdown import render
from cop_portal.lib.rendering import pool
pids = lambda: [renderer.pid for renderer in pool._pool._all]
render("a")
first = pids()
child = os.fork()
if child == 0:
    assert pids() == []
    assert render("b") == "<p>b</p>"
    print("child", pids() != first, flush=True)
    raise SystemExit
os.waitpid(child, 0)
assert render("c") == "<p>c</p>"
print("parent", pids() == first)
"""


def test_a_fork_gets_a_process_of_its_own():
    out, _error = python(FORKED).communicate(timeout=20)
    assert out.split("\n") == ["child True", "parent True", ""]


def loaded(module: str, *names: str) -> str:
    """Which of the packages are loaded when `module` is imported."""
    source = f"import sys, {module}; print(*[name for name in {names!r} if name in sys.modules])"
    return python(source).communicate(timeout=20)[0].strip()


def test_the_web_process_loads_no_parser_and_the_renderer_no_django():
    parsers = ("markdown", "pymdownx", "pygments", "bleach", "nh3")
    assert loaded("cop_portal.lib.markdown", *parsers, "django") == "django"
    assert loaded("cop_portal.lib.rendering.worker", *parsers, "django") == " ".join(parsers)


def test_a_short_text_does_not_wait_behind_long_ones():
    busy = Pool(cpu_seconds=0.5, answer_seconds=20)
    threads = [threading.Thread(target=timed, args=(busy.run, "html", HOPELESS)) for _ in range(6)]
    for thread in threads:
        thread.start()
    rendered = busy.run("html", "x" * limits.SHORT_CHARACTERS)
    waiting = [thread.is_alive() for thread in threads]
    for thread in threads:
        thread.join()
    busy.trim(kept=0)
    assert (len(rendered), any(waiting)) == (limits.SHORT_CHARACTERS + len("<p></p>"), True)


def test_the_pool_of_the_portal_has_the_limits_of_the_rules():
    assert (limits.MAX_CHARACTERS, limits.ANSWER_SECONDS < 5) == (100_000, True)
    assert (pool._pool._answer_seconds, pool._pool._cpu_seconds) == (limits.ANSWER_SECONDS, limits.CPU_SECONDS)
