"""The translations are complete, compiled and filled like the originals. `make messages` brings them up to date."""

import re

import pytest
from django.contrib import admin
from django.utils.translation import gettext, ngettext, override

from tests.catalogues import (
    PLACES,
    ROOT,
    Entry,
    Message,
    calls_in,
    calls_in_code,
    catalogues,
    entries_of,
    mo_words,
    po_entries,
    po_words,
    templates,
    words_of_template,
    words_on_screen,
)

ADVICE = "Run `make messages`, translate what is empty, and run it again."
PO = """
# A comment
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: somewhere.py
msgid "Home"
msgstr "Start"

#, fuzzy
#| msgid "Sessions"
msgid "Library"
msgstr "Sitzungen"

msgctxt "verb"
msgid "like"
msgstr "mögen"

#, python-format
msgid "%(n)d seat"
msgid_plural "%(n)d seats"
msgstr[0] "%(n)d Platz"
msgstr[1] ""
"%(n)d "
"Plätze"

#~ msgid "Gone"
#~ msgstr "Weg"
"""
PO_ENTRIES = [
    Entry(Message("Home"), ("Start",)),
    Entry(Message("Library"), ("Sitzungen",), " fuzzy"),
    Entry(Message("like", context="verb"), ("mögen",)),
    Entry(Message("%(n)d seat", "%(n)d seats"), ("%(n)d Platz", "%(n)d Plätze"), " python-format"),
]


# --- Complete ----------------------------------------------------------------------------------
@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-3])
def test_every_word_on_screen_is_in_the_catalogue_and_nothing_else(path):
    entries = {entry.message for entry in entries_of(path)}
    # A singular that stands alone elsewhere has no entry of its own: xgettext keeps one for both.
    served = {(entry.text, entry.context) for entry in entries}
    missing = {
        message: place
        for message, place in words_on_screen().items()
        if message not in entries and (message.plural or (message.text, message.context) not in served)
    }
    assert missing == {}, ADVICE
    assert entries - words_on_screen().keys() == set(), ADVICE


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-3])
def test_everything_is_translated(path):
    assert [entry.message for entry in entries_of(path) if not all(entry.words)] == [], ADVICE
    assert [entry.message for entry in entries_of(path) if "fuzzy" in entry.flags] == []
    assert [entry.message for entry in entries_of(path) if len(entry.words) != 1 + bool(entry.message.plural)] == []


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-3])
def test_compiled_catalogues_equal_their_sources(path):
    assert mo_words(path.with_suffix(".mo")) == po_words(entries_of(path)), ADVICE


def test_german_is_there_and_read_by_django():
    assert [path.parts[-3] for path in catalogues()] == ["de"]
    with override("de"):
        assert gettext("Sessions") == "Treffen"
        assert ngettext("in %(n)d day", "in %(n)d days", 2) % {"n": 2} == "in 2 Tagen"


def test_a_catalogue_is_read():
    assert po_entries(PO) == PO_ENTRIES
    assert po_words(PO_ENTRIES[2:]) == {"verb\x04like": ["mögen"], "%(n)d seat": ["%(n)d Platz", "%(n)d Plätze"]}


# --- Filled like the original ------------------------------------------------------------------
PARTS = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{\w*\}|</?\w+[^>]*>")


def parts(text):
    """Returns the placeholders and tags of a message."""
    return sorted(PARTS.findall(text))


def strays(entry):
    """Returns translations with other placeholders or tags; a singular may say its number in a word."""
    *singular, last = entry.words
    originals = [parts(entry.message.text), parts(entry.message.plural)]
    stray = [words for words in singular if parts(words) not in originals]
    return stray if parts(last) == originals[bool(singular)] else [*stray, last]


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-3])
def test_placeholders_and_tags_are_those_of_the_original(path):
    assert [stray for entry in entries_of(path) for stray in strays(entry)] == []


@pytest.mark.parametrize(
    ("message", "words", "stray"),
    [
        (Message("%(n)s of <b>%(all)s</b>"), ("<b>%(all)s</b>, davon %(n)s",), []),
        (Message("%(n)s of <b>%(all)s</b>"), ("%(n)s von %(all)s",), ["%(n)s von %(all)s"]),
        (Message("{time} in {place}"), ("{time} in {ort}",), ["{time} in {ort}"]),
        (Message("100 %%"), ("100 %",), ["100 %"]),
        (Message("One more", "%(n)s more"), ("Noch eins", "%(n)s weitere"), []),
        (Message("%(n)d day", "%(n)d days"), ("ein Tag", "%(n)d Tage"), ["ein Tag"]),
        (Message("%(n)d day", "%(n)d days"), ("%(n)d Tag", "Tage"), ["Tage"]),
    ],
)
def test_the_search_for_stray_placeholders(message, words, stray):
    assert strays(Entry(message, words)) == stray


def test_quotes_are_german():
    words = [
        words for path in catalogues() if "de" in path.parts for entry in entries_of(path) for words in entry.words
    ]
    seen = [re.sub(r"<[^>]+>", "", text) for text in words]  # what stands in a tag is no quotation
    assert [text for text in seen if text.count("„") != text.count("“") or set(text) & {"”", '"'}] == []


# --- Asked for in a way that can be translated -------------------------------------------------
def test_words_asked_for_at_import_wait_for_their_reader():
    """Otherwise the language of the first moment stays for everybody."""
    assert [(name, call.line) for name, call in calls_in_code() if call.at_import and not call.is_lazy] == []


def test_no_message_is_pieced_together():
    """An f-string or a sum is looked up after it was filled in, and never found."""
    assert [(name, call.line) for name, call in calls_in_code() if call.is_pieced] == []


DATES = re.compile(r"""\|(?:date|time):"(?!c"|Y-m-d"|Y-m"|[A-Z_]+_FORMAT")[^"]*\"""")


def test_dates_are_written_as_the_language_writes_them():
    """A format is a message like any other: German has a point behind the day."""
    found = {str(path.relative_to(ROOT)): DATES.findall(path.read_text()) for path in templates()}
    assert {name: formats for name, formats in found.items() if formats} == {}


def test_columns_of_the_admin_have_names_of_their_own():
    """Django makes English ones of the names of methods and properties."""
    nameless = [
        f"{type(page).__name__}.{name}"
        for model, page in admin.site._registry.items()
        if model.__module__.partition(".")[0] in PLACES
        for name in {*page.list_display, *page.readonly_fields} - {"__str__"}
        if not hasattr(getattr(page, name, None) or getattr(model, name, None), "short_description")
        and name not in {field.name for field in model._meta.get_fields()}
    ]
    assert nameless == []


# --- The search itself -------------------------------------------------------------------------
IMPORT = "from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext as _p\n"


@pytest.mark.parametrize(
    ("code", "messages"),
    [
        (IMPORT + '_("a" " b")', [Message("a b")]),
        (IMPORT + 'f(gettext_lazy("b"), ngettext("c", "d", n))', [Message("b"), Message("c", "d")]),
        (IMPORT + '_p("e", "f")', [Message("f", context="e")]),
        (IMPORT + "_(name)", [None]),
        ("from django.utils import translation\ntranslation.gettext('a')", [Message("a")]),
        ("def gettext_noop(words):\n    return words\ngettext_noop('a')", [Message("a")]),
        ("from elsewhere import gettext as _\n_('a')", []),
    ],
)
def test_words_in_code_are_found(code, messages):
    assert [call.message for call in calls_in(code)] == messages


def test_words_in_templates_are_found():
    source = (
        '{% translate "a" %}{% translate \'b "c"\' as x %}{% translate "d" context "e" %}{{ _("f")|upper }}'
        "{% blocktranslate %}g {{ name }} %{% endblocktranslate %}"
        "{% blocktranslate trimmed count n=rows|length %}\n  {{ n }} h\n{% plural %}\n  {{ n }} hs\n"
        "{% endblocktranslate %}{# not _('this') #}{{ day|date:_(\"j F\") }}"
        '{% blocktranslate with day=x|date:_("j M") %}on {{ day }}{% endblocktranslate %}'
    )
    assert set(words_of_template(source)) == {
        Message("a"), Message('b "c"'), Message("d", context="e"), Message("f"), Message("g %(name)s %%"),
        Message("%(n)s h", "%(n)s hs"), Message("j F"), Message("j M"), Message("on %(day)s"),
    }  # fmt: skip


def test_hasty_and_pieced_words_are_found():
    code = "A = _('a')\nB = gettext_lazy('b')\ndef c(d=_('d')):\n    return _('c')\ne = lambda: _(f'{A}')\n"
    assert [(call.line - 1, call.is_lazy, call.at_import, call.is_pieced) for call in calls_in(IMPORT + code)] == [
        (1, False, True, False),
        (2, True, True, False),
        (3, False, True, False),
        (4, False, False, False),
        (5, False, False, True),
    ]


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('{{ day|date:"j F" }}', 1),
        ('{% blocktranslate with day=x|date:"H:i" %}', 1),
        ('{{ day|date:_("j F") }}', 0),
        ('datetime="{{ day|date:"Y-m-d" }}" {{ day|date:"c" }} {{ day|date:"DATE_FORMAT" }}', 0),
    ],
)
def test_the_search_for_dates(template, found):
    assert len(DATES.findall(template)) == found
