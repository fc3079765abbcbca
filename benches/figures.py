"""Prints figures for `cargo xtask bench`, one JSON object per line, and starts processes on a core of their own."""
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
OUT = TARGET / "bench"
RELEASE = TARGET / "release"
AJO = RELEASE / "ajo"
SERVER_CORE, CLIENT_CORE = 0, 1


def show(name, value, unit, ratio=None):
    """Prints a figure, and its ratio to the other contestant if there is one."""
    print(json.dumps({"name": name, "value": value, "unit": unit, "ratio": ratio}, ensure_ascii=False))


def start(core, command, **options):
    """Starts a process, on this core where that is possible."""
    can_pin = hasattr(os, "sched_setaffinity") and os.cpu_count() > 1
    pin = (lambda: os.sched_setaffinity(0, {core})) if can_pin else None
    return subprocess.Popen(command, preexec_fn=pin, **options)
