"""CSV that no spreadsheet takes for formulas."""

import csv
import io
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from cop_portal.lib.csv import csv_response, lines, safe_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("  =1", "'  =1"),
        ("\u00a0\u200b\ufeff=1", "'\u00a0\u200b\ufeff=1"),
        ("\u3164\u2060@x", "'\u3164\u2060@x"),
        ("a=1", "a=1"),
        ("  a", "  a"),
        ("", ""),
        (" ", " "),
        ("'=1", "'=1"),
        (-2, -2),
        (-2.5, -2.5),
        (Decimal("-2.50"), Decimal("-2.50")),
        (None, ""),
        (True, "True"),
        (gettext_lazy("=1"), "'=1"),
    ],
)
def test_text_that_starts_like_a_formula_is_marked(value, cell):
    assert (safe_cell(value), type(safe_cell(value))) == (cell, type(cell))


def read(body: bytes, delimiter=",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4), max_size=4))
def test_every_text_comes_back(rows):
    assert read(b"".join(lines(rows))) == [[str(safe_cell(cell)) for cell in row] for row in rows]


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers())
def test_no_text_reads_as_a_formula_or_makes_cells_whatever_separates_them(text, number):
    for delimiter in ";\t|":
        for row in read(b"".join(lines([[text, "x"]])), delimiter):
            assert [cell.lstrip()[:1] in set("=+-@＝＋－＠") for cell in row] == [False] * len(row)
    assert read(b"".join(lines([[text, number]])))[0][1] == str(number)


def test_lone_surrogates_do_not_stop_a_download():
    assert read(b"".join(lines([["a\ud800b"]]))) == [["a?b"]]


def test_a_response_is_a_download_that_spreadsheets_read_as_utf_8():
    response = csv_response("Rückblick", [["frage", "anzahl"], ["Größe", 3]])
    assert b"".join(response) == '\ufeff"frage","anzahl"\r\n"Größe",3\r\n'.encode()
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == "attachment; filename*=utf-8''R%C3%BCckblick.csv"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a/../b\\c", 'attachment; filename="a-..-b-c.csv"'),
        ('say "hi"', 'attachment; filename="say \\"hi\\".csv"'),
        ("a\r\nSet-Cookie: x", 'attachment; filename="a Set-Cookie: x.csv"'),
        ("", 'attachment; filename="table.csv"'),
    ],
)
def test_no_name_breaks_the_header(name, header):
    assert csv_response(name, []).headers["Content-Disposition"] == header
