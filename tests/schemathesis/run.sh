#!/bin/sh
# Runs schemathesis against the emulator with both specifications. schemathesis.toml lists the disabled checks.
# Needs the virtual environment of ../python_venv.sh.
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

cargo build --quiet --locked --package ajo --manifest-path "$root/Cargo.toml"
for api in capping throttling; do
    # can_deploy_method: the specification has only GET, but the emulator accepts POST as well by default.
    "$target/debug/ajo" emulator exec --auth strict --strict-contract --quirk can_deploy_method=get -- "$directory/run.sh" --inside "$api"
done
