"""The translations are complete and compiled. `make messages` brings catalogues up to date."""

import pytest

from tests.catalogues import catalogues, mo_entries, po_entries, words_of_python, words_of_template, words_on_screen

pytestmark = pytest.mark.once

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Home"
msgstr "Start"

#, fuzzy
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


def test_compiled_catalogues_equal_their_sources():
    for path in catalogues():
        source = {key: words for key, words in po_entries(path.read_text()).items() if all(words)}
        compiled = mo_entries(path.with_suffix(".mo"))
        assert {key: words for key, words in compiled.items() if key} == {k: w for k, w in source.items() if k}, path


def test_every_word_on_screen_is_translated():
    for path in catalogues():
        translated = {key for key, words in po_entries(path.read_text()).items() if all(words)}
        assert sorted(words_on_screen() - translated) == [], path


def test_a_catalogue_is_read():
    entries = po_entries(PO)
    del entries[""]
    assert entries == {"Home": ["Start"], "verb\x04like": ["mögen"], "%(n)d seat": ["%(n)d Platz", "%(n)d Plätze"]}


def test_words_in_code_are_found():
    source = '_("a")\nf(gettext_lazy("b"), ngettext("c", "d", n), pgettext("e", "f"), _(name), other("g"))'
    assert set(words_of_python(source)) == {"a", "b", "c", "e\x04f"}


def test_words_in_templates_are_found():
    source = (
        '{% translate "a" %}{% translate \'b "c"\' as x %}{% translate "d" context "e" %}{{ _("f")|upper }}'
        "{% blocktranslate %}g {{ name }}{% endblocktranslate %}"
        "{% blocktranslate trimmed count n=rows|length %}\n  {{ n }} h\n{% plural %}\n  {{ n }} hs\n"
        "{% endblocktranslate %}{# not _('this') #}"
    )
    assert set(words_of_template(source)) == {"a", 'b "c"', "e\x04d", "f", "g %(name)s", "%(n)s h"}
