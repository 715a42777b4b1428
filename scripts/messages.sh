#!/bin/sh
# Brings the catalogues of locale/ up to date with the words in code and templates, and compiles them.
# What is new stands there with an empty msgstr; tests/test_catalogues.py names it until it is translated.
set -eu
cd "$(dirname "$0")/.."

if ! command -v msgfmt >/dev/null 2>&1; then
    echo "gettext is missing (xgettext, msgmerge, msgfmt). Install the package gettext." >&2
    exit 1
fi
export DEBUG=1
words=locale/de/LC_MESSAGES/django.po
.venv/bin/python manage.py makemessages --locale de --no-obsolete --no-wrap --add-location file \
    --ignore 'tests/*' --ignore 'bench/*' --ignore 'scripts/*' --ignore 'static/*' --ignore 'var/*'
# A guess is worse than a gap, and the date of collecting would make every file differ.
msgattrib --no-wrap --clear-fuzzy --empty --clear-previous --output-file "$words" "$words"
sed -i.old '/^"POT-Creation-Date:/d' "$words" && rm "$words.old"
.venv/bin/python manage.py compilemessages --locale de --ignore '.venv/*'
