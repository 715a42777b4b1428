"""Names that can stand beside other names, and words for a wait."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop_portal.lib.text import MAX_NAME, clean_name, wait_in_words

FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Lea Lead", "Lea Lead"),
        ("  Lea \t\n Lead  ", "Lea Lead"),
        ("Lea\u00a0\u2003Lead", "Lea Lead"),
        ("Le\u200ba\u2060", "Lea"),
        ("\u202eLea\u202c", "Lea"),
        ("Lea\x00\x07", "Lea"),
        ("Ｌｅａ", "Lea"),
        ("ﬁne", "fine"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("علي رضا", "علي رضا"),
        (f"Team {FAMILY}", f"Team {FAMILY}"),
        ("❤️", "❤️"),
        ("👩🏽\u200d💻", "👩🏽\u200d💻"),
        ("🏳️\u200d🌈", "🏳️\u200d🌈"),
        ("a\u200db", "ab"),
        ("👩\u200d", "👩"),
        ("👩\u200d Lea", "👩 Lea"),
        ("a\ufe0f", "a"),
        ("\u3164\u115f\u2800", ""),
        ("\u200b\u200d\ufeff", ""),
        ("\ue000\U000f0000", ""),
        ("", ""),
    ],
)
def test_a_name_is_what_one_sees(typed, name):
    assert clean_name(typed) == name


@given(st.text(max_size=80))
def test_a_clean_name_stays_as_it_is(typed):
    name = clean_name(typed)
    assert clean_name(name) == name


@given(
    st.text(st.sampled_from("ae\u0301\u0316\u200b\u200d\ufe0f👩❤\u3164\u1100\u1161ﷺ½ \u00a8\ud800\x00"), max_size=40)
)
def test_a_clean_name_of_difficult_characters_stays_as_it_is(typed):
    name = clean_name(typed)
    assert clean_name(name) == name


@given(st.text())
def test_a_clean_name_shows_all_it_has_on_one_line(typed):
    name = clean_name(typed)
    hidden = [char for char in name if unicodedata.category(char)[0] == "C" and char != "\u200d"]
    assert (hidden, name.split(" ")) == ([], name.split() or [""])
    assert unicodedata.is_normalized("NFKC", name)


def test_a_very_long_name_is_cut_before_it_costs_time():
    assert len(clean_name("a" + "\u0316\u0301" * 1_000_000)) <= MAX_NAME


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "Try again in 1 second."),
        (60, "Try again in 60 seconds."),
        (91, "Try again in 2 minutes."),
        (300, "Try again in 5 minutes."),
        (5401, "Try again in 2 hours."),
        (86400, "Try again in 24 hours."),
    ],
)
def test_a_wait_is_told_in_the_unit_that_fits(seconds, words):
    assert wait_in_words(seconds) == words
