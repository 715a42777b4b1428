#!/bin/sh
# Prints the path of a Chromium that runs, after installing Debian's where there is none.
set -eu

find_chromium() {
    for candidate in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if "$candidate" --version >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_chromium() {
    command -v apt-get >/dev/null 2>&1 || return 1
    echo "Installing Chromium for the tests in a browser." >&2
    { as_root apt-get -qq update && as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install chromium; } >&2
}

find_chromium && exit 0
install_chromium && find_chromium && exit 0
echo "The tests in a browser need Chromium, and it could not be installed here." >&2
echo "Install Chromium or Chrome, or name yours: make test CHROMIUM=/path/to/chromium" >&2
exit 1
