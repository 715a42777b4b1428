"""Markdown in forms, in templates, and the colours of its code."""

import copy
import re

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from pygments.token import STANDARD_TYPES

from cop_portal.lib.markdown import TextTooComplexError
from cop_portal.lib.markdown_field import MarkdownField, MarkdownText

HOPELESS = "+ " * 900
TOO_COMPLEX = "This text is too complex to show"


class NoteForm(forms.Form):
    body = MarkdownField(prefix="note")
    more = MarkdownField(required=False)


def bound(**data: str) -> NoteForm:
    form = NoteForm({"body": "x", **data})
    form.is_valid()
    return form


def test_the_clean_value_is_what_was_typed_with_its_html():
    body = bound(body="# One\r\n\r\n*two*\r ").cleaned_data["body"]
    assert isinstance(body, MarkdownText)
    assert body == "# One\n\n*two*\n "
    assert body.html == '<h2 id="md-note--one">One</h2>\n<p><em>two</em></p>'


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_keeps_its_html(copied):
    body = copied(bound(body="*a*").cleaned_data["body"])
    assert (type(body), body, body.html) == (MarkdownText, "*a*", "<p><em>a</em></p>")


def test_a_field_may_be_empty_where_the_form_says_so():
    form = bound(body=" \r\n\t", more=" ")
    assert form.errors == {"body": ["This field is required."]}
    assert (form.cleaned_data["more"], form.cleaned_data["more"].html) == ("", "")


def test_a_text_that_is_too_complex_is_an_error_and_stays_in_the_form():
    form = bound(body=HOPELESS)
    assert form.errors == {"body": [TOO_COMPLEX]}
    assert HOPELESS in str(form["body"])


def test_null_characters_are_an_error():
    assert bound(body="a\x00b").errors == {"body": ["Null characters are not allowed."]}


def test_line_ends_count_once_and_100_000_characters_are_enough():
    line = "a" * 98 + "\r\n"
    assert bound(body=line * 1_010).errors == {}
    assert bound(body=line * 1_011).errors == {
        "body": ["Ensure this value has at most 100000 characters (it has 100089)."]
    }


def shown(source: str, **context: object) -> str:
    return Template("{% load markdown_text %}" + source).render(Context(context))


def test_the_tag_shows_markdown_with_its_prefix():
    html = '<h2 id="md-comment-7--one">One</h2>'
    assert shown("{% render_markdown text prefix %}", text="# One", prefix="comment-7") == html
    assert shown("{% render_markdown text 7 %}", text="# One") == '<h2 id="md-7--one">One</h2>'
    assert shown("{% render_markdown text %}", text=None) == ""


def test_the_filter_shows_markdown():
    assert shown("{{ text|markdown }}", text="a *b* <i>") == "<p>a <em>b</em> &lt;i&gt;</p>"


@pytest.mark.parametrize("source", ["{% render_markdown text %}", "{{ text|markdown }}"])
def test_what_cannot_be_shown_is_shown_as_it_was_typed(source):
    text = HOPELESS + "<script>"
    escaped = HOPELESS + "&lt;script&gt;"
    assert shown(source, text=text) == f'<p class="muted">{TOO_COMPLEX}</p><pre>{escaped}</pre>'
    too_long = "<b>" * 40_000
    assert shown(source, text=too_long).startswith(
        '<p class="muted">This text is longer than 100,000 characters</p><pre>&lt;b&gt;'
    )


def test_the_error_is_english_and_its_message_the_reader_s():
    with translation.override("en"):
        assert (str(TextTooComplexError()), TextTooComplexError().message) == (TOO_COMPLEX, TOO_COMPLEX)


# --- The colours of code -------------------------------------------------------------------

CSS = (settings.BASE_DIR / "static" / "css" / "code.css").read_text()
SUNKEN = ("#f2eee7", "#101315")


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of #rrggbb."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_code_can_be_read_light_and_dark():
    tokens = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
    assert f"--sunken: light-dark({SUNKEN[0]}, {SUNKEN[1]})" in tokens
    colours = re.findall(r"light-dark\((#\w{6}), (#\w{6})\)", CSS)
    ratios = [
        (max(pair) + 0.05) / (min(pair) + 0.05)
        for scheme in (0, 1)
        for pair in ((luminance(both[scheme]), luminance(SUNKEN[scheme])) for both in colours)
    ]
    assert (len(ratios), min(ratios) >= 4.5) == (12, True)


def test_every_class_in_the_css_of_code_is_one_of_pygments():
    selectors = re.findall(r"\.highlight :is\(([^)]*)\)", CSS)
    classes = {name.strip(" .") for selector in selectors for name in selector.split(",")}
    assert classes - set(STANDARD_TYPES.values()) == set()
