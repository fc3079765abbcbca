#!/bin/sh
# Installs tests/FOLDER/requirements.txt into a virtual environment and prints the path of its Python.
#
# Exit code: 77 if it cannot do so; the reason is on standard error.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
requirements=$root/tests/$1/requirements.txt
work=${CARGO_TARGET_DIR:-$root/target}/$1
python=$work/venv/bin/python

skip() {
    echo "skipped: $1" >&2
    exit 77
}

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || skip 'python3 3.11 or newer is missing'
# Installs again if the list of requirements has changed.
if ! cmp -s "$requirements" "$work/installed.txt"; then
    rm -rf "$work"
    mkdir -p "$work"
    python3 -m venv "$work/venv" >"$work/venv.log" 2>&1 || skip "python3 could not create a virtual environment: $work/venv.log"
    "$python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps \
        --requirement "$requirements" >"$work/pip.log" 2>&1 || skip "pip could not install $requirements: $work/pip.log"
    cp "$requirements" "$work/installed.txt"
fi
echo "$python"
