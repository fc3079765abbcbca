#!/bin/sh
# Runs schemathesis against the emulator with both specifications. schemathesis.toml lists the disabled checks.
#
# With --prepare it only installs schemathesis.
#
# Exit code: 0 if all checks pass, 77 if it cannot run here (the reason is on standard error), anything else if one fails.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
directory=$root/tests/schemathesis
target=${CARGO_TARGET_DIR:-$root/target}
work=$target/schemathesis
python=$work/venv/bin/python

# Inside `ajo emulator exec`, for one API.
if [ $# -eq 2 ] && [ "$1" = --inside ]; then
    AJO_TOKEN=$("$target/debug/ajo" auth token)
    AJO_HOOKS=$directory/checks.py
    export AJO_TOKEN AJO_HOOKS
    # schemathesis writes files to the working directory.
    cd "$work"
    exec "$python" -m schemathesis.cli --config-file "$directory/schemathesis.toml" run "$root/openapi/$2.yaml" --url "$AJO_BASE_URL"
fi

skip() {
    echo "skipped: $1" >&2
    exit 77
}

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || skip 'python3 3.11 or newer is missing'
# Installs again if the list of requirements has changed.
if ! cmp -s "$directory/requirements.txt" "$work/installed.txt"; then
    rm -rf "$work"
    mkdir -p "$work"
    python3 -m venv "$work/venv" >"$work/venv.log" 2>&1 || skip "python3 could not create a virtual environment: $work/venv.log"
    "$python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps \
        --requirement "$directory/requirements.txt" >"$work/pip.log" 2>&1 || skip "pip could not install schemathesis: $work/pip.log"
    cp "$directory/requirements.txt" "$work/installed.txt"
fi
if [ "${1-}" = --prepare ]; then exit; fi

cargo build --quiet --locked --package ajo --manifest-path "$root/Cargo.toml"
for api in capping throttling; do
    # can_deploy_method: the specification has only GET, but the emulator accepts POST as well by default.
    "$target/debug/ajo" emulator exec --auth strict --strict-contract --quirk can_deploy_method=get -- "$directory/run.sh" --inside "$api"
done
