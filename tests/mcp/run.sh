#!/bin/sh
# Runs client.py with an emulator. Needs the virtual environment of ../python_venv.sh.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}

cargo build --quiet --locked --package ajo --manifest-path "$root/Cargo.toml"
AJO=$target/debug/ajo
export AJO
exec "$AJO" emulator exec -- "$target/mcp/venv/bin/python" "$root/tests/mcp/client.py"
