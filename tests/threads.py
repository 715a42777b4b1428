"""Work done by many threads at once, each with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def at_once(times: int, work: Callable[[int], Any]) -> list[Any]:
    """Returns what `work(0)` … `work(times - 1)` returned, all of them started at the same moment."""
    start = threading.Barrier(times)

    def one(number: int) -> Any:
        start.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
