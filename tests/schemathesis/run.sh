#!/bin/sh
# schemathesis against the emulator, with both specifications. What it does not check, and why, stands in schemathesis.toml.
#
# With --prepare it only installs schemathesis.
#
# Exit code: 0 when all checks pass, 77 when it cannot run here (the reason is on standard error), anything else when one fails.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/schemathesis
target=${CARGO_TARGET_DIR:-$root/target}
work=$target/schemathesis
python=$work/venv/bin/python

# Inside of an emulator, for one API.
if [ $# -eq 2 ] && [ "$1" = --inside ]; then
    AJO_TOKEN=$("$target/debug/ajo" auth token)
    AJO_HOOKS=$here/checks.py
    export AJO_TOKEN AJO_HOOKS
    # It keeps files where it is called.
    cd "$work"
    exec "$python" -m schemathesis.cli --config-file "$here/schemathesis.toml" run "$root/openapi/$2.yaml" --url "$AJO_BASE_URL"
fi

skip() {
    echo "skipped: $1" >&2
    exit 77
}

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || skip 'there is no python3 of 3.11 or newer'
# The stamp is the list itself, so that another list is installed anew.
if ! cmp -s "$here/requirements.txt" "$work/installed.txt"; then
    rm -rf "$work"
    mkdir -p "$work"
    python3 -m venv "$work/venv" >"$work/venv.log" 2>&1 || skip "python3 could not make a virtual environment: $work/venv.log"
    "$python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps \
        --requirement "$here/requirements.txt" >"$work/pip.log" 2>&1 || skip "pip could not install schemathesis: $work/pip.log"
    cp "$here/requirements.txt" "$work/installed.txt"
fi
if [ "${1-}" = --prepare ]; then exit; fi

cargo build --quiet --locked --package ajo --manifest-path "$root/Cargo.toml"
for api in capping throttling; do
    # can_deploy_method: the specification has GET alone, and the emulator would take POST as well.
    "$target/debug/ajo" emulator exec --auth strict --strict-contract --switch can_deploy_method=get -- "$here/run.sh" --inside "$api"
done
