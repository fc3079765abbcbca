"""Reads one scenario with its trace per line of standard input, and writes one result per line, as JSON."""

import json
import sys

from model import Simulation

for line in sys.stdin:
    json.dump(Simulation(json.loads(line)).run(), sys.stdout, separators=(",", ":"))
    print(flush=True)
