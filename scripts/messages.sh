#!/bin/sh
# Brings the catalogues of locale/ up to date with the words in code and templates, and compiles them.
set -eu
cd "$(dirname "$0")/.."

if ! command -v msgfmt >/dev/null 2>&1; then
    echo "gettext is missing (xgettext, msgmerge, msgfmt). Install the package gettext." >&2
    exit 1
fi
export DEBUG=1
.venv/bin/python manage.py makemessages --locale de --no-obsolete --add-location file \
    --ignore '.venv/*' --ignore 'tests/*' --ignore 'bench/*' --ignore 'var/*'
.venv/bin/python manage.py compilemessages --locale de --ignore '.venv/*'
