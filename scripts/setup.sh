#!/bin/sh
# Makes .venv hold exactly the locked packages: `sh scripts/setup.sh` for running, `... dev` for developing.
# Needs a Python of 3.12 or newer somewhere on the machine; does nothing when nothing changed.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
fit='import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 12))'
whole='import sys; sys.exit(sys.version_info < (3, 12) or f"version = {sys.version_info[0]}.{sys.version_info[1]}." not in open(".venv/pyvenv.cfg").read())'

# A name on PATH says little (pyenv's stand-ins fail, python3 may be old), so each candidate is run.
find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.14 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        if "$candidate" -c "$fit" >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    candidate=$(uv python find '>=3.12' 2>/dev/null) || return 1
    "$candidate" -c "$fit" >/dev/null 2>&1 && printf '%s\n' "$candidate"
}

make_venv() {
    if ! python=$(find_python); then
        echo "The portal needs Python 3.12 or newer (with venv, ssl and sqlite3), and none was found." >&2
        echo "Install one, or name yours: make run PYTHON=/path/to/python3" >&2
        exit 1
    fi
    echo "Making $venv with $("$python" --version)."
    rm -rf "$venv"
    "$python" -m venv "$venv"
}

# The lock that was installed last lies in the venv; when it equals the present one, all is there.
install() {
    cmp -s "$1" "$venv/$1" && return 0
    echo "Installing the packages of $1; the first time this takes a minute."
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$1"
    cp "$1" "$venv/$1"
}

"$venv/bin/python" -c "$whole" >/dev/null 2>&1 || make_venv
if [ "${1:-}" = dev ]; then
    install requirements-dev.txt
    cp requirements.txt "$venv/requirements.txt" # the developers' lock holds all of it
else
    install requirements.txt
fi
