#!/bin/sh
# Compiles both requirement files; they name no index, so that they install from any mirror.
# The developers' file is held to the versions of the other one: the second contains the first.
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/python -m uv pip compile pyproject.toml --quiet --universal --generate-hashes --python-version 3.12 \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@"
}

compile "$@" -o requirements.txt
compile "$@" --extra dev -c requirements.txt -o requirements-dev.txt
