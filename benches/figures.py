"""Figures as every group of `cargo xtask bench` keeps them: target/bench/GROUP.json."""
import datetime
import json
import os
import pathlib
import platform
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
OUT = TARGET / "bench"
AJO = TARGET / "release" / "ajo"


def row(name, value, unit, ratio=None):
    """A figure; its ratio to what it is compared with, where there is such a thing."""
    return {"name": name, "value": rounded(value), "unit": unit} | ({} if ratio is None else {"ratio": rounded(ratio)})


def rounded(value):
    """Four digits: more than four would be noise."""
    return value if isinstance(value, int) else float(f"{value:.4g}")


def machine():
    try:
        model = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        model = platform.processor() or platform.machine()
    return f"{os.cpu_count()} cores, {model}, {platform.system()}"


def write(group, rows):
    OUT.mkdir(parents=True, exist_ok=True)
    figures = {"group": group, "machine": machine(), "date": datetime.date.today().isoformat(), "rows": rows}
    (OUT / f"{group}.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


def table(head, rows):
    """A table in Markdown, on standard output."""
    print("\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]))
