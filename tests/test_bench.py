"""The yardstick itself: what `make bench` compares with stays what it is, and the table says what is over its goal."""

import os

from bench import processes
from bench.__main__ import line

FLOOR = 4.0
HOME = {"name": "home", "goals": [7, 25, 1.0], "queries": 7, "kilobytes": 24.96, "milliseconds": 4.0, "status": 200}


def test_the_floor_is_one_page_of_31_kilobytes_and_five_queries():
    figures = processes.json_of("bench.floor", dict(os.environ))
    assert (figures["status"], figures["queries"], round(figures["kilobytes"])) == (200, 5, 31)
    assert figures["milliseconds"] > 0


def test_a_page_within_its_goals():
    assert line(HOME, FLOOR).split() == ["home", "7", "7", "25.0", "25", "4.00", "1.00", "1.0"]


def test_a_page_over_its_goals():
    page = HOME | {"queries": 8, "milliseconds": 4.5}
    assert line(page, FLOOR).split(maxsplit=8)[-1] == "over: queries, CPU"


def test_a_broken_page_is_named():
    assert line(HOME | {"status": 500}, FLOOR).split(maxsplit=8)[-1] == "status 500"


def test_a_page_without_goals():
    assert line({**HOME, "goals": [None] * 3}, FLOOR).split() == ["home", "7", "25.0", "4.00", "1.00"]
