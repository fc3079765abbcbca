"""Prints figures for `cargo xtask bench`, one JSON object per line, and starts processes on a core."""
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
OUT = TARGET / "bench"
RELEASE = TARGET / "release"
AJO = RELEASE / "ajo"
# The two cores that xtask selected; without them, nothing is pinned.
SERVER_CORE, CLIENT_CORE = [int(core) for core in os.environ.get("BENCH_CORES", "").split(",") if core] or (None, None)


def print_figure(name, value, unit, ratio=None):
    """Prints a figure, and its ratio to the other client, if any."""
    print(json.dumps({"name": name, "value": value, "unit": unit, "ratio": ratio}, ensure_ascii=False))


def start(core, command, **options):
    """Starts a process, pinned to this core if there is one."""
    pin = None if core is None else lambda: os.sched_setaffinity(0, {core})
    return subprocess.Popen(command, preexec_fn=pin, **options)
