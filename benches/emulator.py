#!/usr/bin/env python3
"""The emulator beside Prism (a generic mock server), on the same spec, on this machine, in one run.

Run it with `cargo xtask bench emulator`. It needs wrk (Debian has it) and npm, prints a table and writes target/bench/emulator.json.
Every load goes to 127.0.0.1 and is bounded in time.
"""
import atexit
import json
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

import figures
from figures import OUT, ROOT

PRISM_VERSION = "5.14.2"
# This project's requirement, on an unburdened machine: see the issue "The emulator as a product". What is promised are ratios.
TARGETS = {"start_ms": 25, "idle_mib": 14.3, "get_per_s": 25_000, "post_per_s": 10_000}
NAMES = {"start_ms": "start to first answer", "idle_mib": "idle memory", "get_per_s": "GET", "post_per_s": "validated POST"}
UNITS = {"start_ms": "ms", "idle_mib": "MiB", "get_per_s": "calls/s", "post_per_s": "calls/s"}
LESS_IS_BETTER = ("start_ms", "idle_mib")
SECONDS = 5
SOAK_CALLS = 1_000_000
PACED_SECONDS = 10
# Many, so that a call that is late makes few others late.
PACED_CONNECTIONS = 100

DEFINITION = json.dumps({
    "url": "https://api.example.org/data/2.5/weather",
    "methods": ["GET"],
    "services": {"dataSource": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
    "orgId": "A1B2C3@AdobeOrg",
})


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /nothing HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            return connection.recv(12).startswith(b"HTTP/1.1")
    except OSError:
        return False


class Server:
    def __init__(self, command, output=subprocess.DEVNULL):
        self.port = free_port()
        began = time.perf_counter()
        command = [part.replace("PORT", str(self.port)) for part in command]
        self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, text=True)
        atexit.register(self.stop)
        while not answers(self.port):
            if self.process.poll() is not None or time.perf_counter() - began > 60:
                sys.exit(f"{command[0]} does not answer")
            time.sleep(0.0005)
        self.start_ms = (time.perf_counter() - began) * 1000

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()
        atexit.unregister(self.stop)


def wrk(url, script, seconds=SECONDS, connections=32):
    text = load(url, script, seconds, connections)
    return rate_of(text), int(re.search(r"(\d+) requests in", text)[1])


def warm(get, get_script, post, post_script):
    """Both kinds of calls, before one is counted: what compiles while it runs has done so then."""
    wrk(get, get_script, seconds=SECONDS)
    wrk(post, post_script, seconds=2)


def load(url, script, seconds, connections):
    """What wrk says after a load all of whose calls succeeded."""
    path = OUT / "load.lua"
    path.write_text(script)
    run = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", path, url],
                         capture_output=True, text=True)
    if run.returncode or "Non-2xx" in run.stdout or "Socket errors" in run.stdout:
        sys.exit(f"{url}: not every call succeeded:\n{run.stdout}{run.stderr}")
    return run.stdout


def rate_of(text):
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])


def paced(url, script, rate):
    """Latencies at this rate, in ms. Each connection waits before each call, by chance and in whole milliseconds, so the calls of
    all of them come as independent ones do. The waiting is adjusted in short runs until the rate is right."""
    wait = PACED_CONNECTIONS / rate * 1000
    for seconds in [2, 2, 2, PACED_SECONDS]:
        # Any whole number up to the next, so that the mean is right.
        delay = f"\nfunction delay() return math.floor(math.random() * {2 * wait} + math.random()) end"
        text = load(url, script + delay, seconds, PACED_CONNECTIONS)
        reached = rate_of(text)
        wait = max(0.0, wait + PACED_CONNECTIONS * (1 / rate - 1 / reached) * 1000)
    if not 0.8 < reached / rate < 1.25:
        sys.exit(f"{url}: {reached:.0f} calls a second, and {rate:.0f} were meant")
    found = {share: re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", text) for share in (50, 99)}
    scale = {"us": 0.001, "ms": 1, "s": 1000}
    return {"per_s": reached} | {f"p{share}_ms": float(it[1]) * scale[it[2]] for share, it in found.items()}


def lua(headers, method="GET", body=None):
    lines = [f'wrk.method = "{method}"']
    lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items()]
    if body:
        lines += ['wrk.headers["content-type"] = "application/json"', f"wrk.body = [[{body}]]"]
    return "\n".join(lines)


def call(url, headers, method="GET", body=None):
    headers = dict(headers, **({"content-type": "application/json"} if body else {}))
    request = urllib.request.Request(url, method=method, headers=headers, data=body.encode() if body else None)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def emulator(half_of_prism):
    command = [str(figures.AJO), "emulator", "serve", "--port", "PORT", "--max-configs", "10000000"]
    starts = []
    for _ in range(10):
        server = Server(command)
        starts.append(server.start_ms)
        server.stop()
    server = Server(command, subprocess.PIPE)
    settings = {}
    while "AJO_SANDBOX" not in settings:
        name, value = server.process.stdout.readline().removeprefix("export ").strip().split("=", 1)
        settings[name] = value.strip("'")
    idle = server.memory_mib()
    headers = all_headers(settings, settings["AJO_IMS_URL"])
    base = settings["AJO_BASE_URL"]
    uid = json.loads(call(f"{base}/endpointConfigs", headers, "POST", DEFINITION))["uid"]
    warm(f"{base}/endpointConfigs/{uid}", lua(headers), f"{base}/endpointConfigs", lua(headers, "POST", DEFINITION))
    get, _ = wrk(f"{base}/endpointConfigs/{uid}", lua(headers))
    half = paced(f"{base}/endpointConfigs/{uid}", lua(headers), get / 2)
    same = paced(f"{base}/endpointConfigs/{uid}", lua(headers), half_of_prism)
    post, _ = wrk(f"{base}/endpointConfigs", lua(headers, "POST", DEFINITION))
    server.stop()
    soak = soaked(command[:-2], settings)
    return {"start_ms": statistics.median(starts), "idle_mib": idle, "get_per_s": get, "post_per_s": post, "half": half,
            "same": same, "soak": soak}


def all_headers(settings, root):
    """What every call carries, with a token from the emulator at this root."""
    form = "&".join(["grant_type=client_credentials", f"client_id={settings['AJO_CLIENT_ID']}",
                     f"client_secret={settings['AJO_CLIENT_SECRET']}", f"scope={settings['AJO_SCOPES']}"])
    grant = json.load(urllib.request.urlopen(f"{root}/ims/token/v3", data=form.encode()))
    return {"authorization": f"Bearer {grant['access_token']}", "x-api-key": settings["AJO_CLIENT_ID"],
            "x-gw-ims-org-id": settings["AJO_ORG_ID"], "x-sandbox-name": settings["AJO_SANDBOX"]}


def soaked(command, settings):
    """A million calls of every kind that leaves as much as it finds; the memory at each tenth."""
    server = Server(command)
    root = f"http://127.0.0.1:{server.port}"
    headers = all_headers(settings, root)
    base = f"{root}/journey/orchestration"
    uid = json.loads(call(f"{base}/endpointConfigs", headers, "POST", DEFINITION))["uid"]
    path = f"/journey/orchestration/endpointConfigs/{uid}"
    script = lua(headers) + f"""
local number = 0
request = function()
  number = number + 1
  local kind = number % 5
  if kind == 0 then return wrk.format("PUT", "{path}", wrk.headers, [[{DEFINITION}]]) end
  if kind == 1 then return wrk.format("GET", "{path}/canDeploy") end
  if kind == 2 then return wrk.format("POST", "{path}/deploy") end
  if kind == 3 then return wrk.format("POST", "/journey/orchestration/list/endpointConfigs") end
  return wrk.format("GET", "{path}")
end
"""
    calls, memory = 0, []
    while calls < SOAK_CALLS:
        _, made = wrk(base, script, seconds=3)
        calls += made
        memory.append(round(server.memory_mib(), 1))
    server.stop()
    return {"calls": calls, "memory_mib": memory}


def prism():
    home = OUT / "prism"
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text(json.dumps({"private": True}))
    npm = subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock",
                          f"@stoplight/prism-cli@{PRISM_VERSION}"], cwd=home, capture_output=True, text=True)
    if npm.returncode:
        sys.exit(f"npm cannot install Prism:\n{npm.stderr}")
    # Silent: it would write a line for each request, which is no part of answering one.
    command = ["node", str(home / "node_modules/@stoplight/prism-cli/dist/index.js"), "mock", "-v", "silent", "-p", "PORT",
               "-h", "127.0.0.1", str(ROOT / "openapi" / "capping.yaml")]
    starts = []
    for _ in range(3):
        server = Server(command)
        starts.append(server.start_ms)
        server.stop()
    server = Server(command)
    idle = server.memory_mib()
    headers = {"authorization": "Bearer x", "x-api-key": "k", "x-gw-ims-org-id": "A1B2C3@AdobeOrg", "x-sandbox-name": "prod"}
    base = f"http://127.0.0.1:{server.port}"
    warm(f"{base}/endpointConfigs/u-1", lua(headers), f"{base}/endpointConfigs", lua(headers, "POST", DEFINITION))
    get, _ = wrk(f"{base}/endpointConfigs/u-1", lua(headers))
    half = paced(f"{base}/endpointConfigs/u-1", lua(headers), get / 2)
    post, _ = wrk(f"{base}/endpointConfigs", lua(headers, "POST", DEFINITION))
    server.stop()
    return {"start_ms": statistics.median(starts), "idle_mib": idle, "get_per_s": get, "post_per_s": post, "half": half}


def rows(ours, theirs):
    """The figures, and their ratios: how many times better the emulator is than Prism."""
    for key, name in NAMES.items():
        ratio = theirs[key] / ours[key] if key in LESS_IS_BETTER else ours[key] / theirs[key]
        yield figures.row(f"{name}, emulator", ours[key], UNITS[key], ratio)
        yield figures.row(f"{name}, Prism", theirs[key], UNITS[key])
    for name, it in [("half load, emulator", ours["half"]), ("Prism's half load, Prism", theirs["half"])]:
        yield figures.row(name, it["per_s"], "calls/s")
    for share in ("p50_ms", "p99_ms"):
        name = share.removesuffix("_ms")
        yield figures.row(f"{name} at half load, emulator", ours["half"][share], "ms")
        # At the same rate: the halves of the two are far apart.
        ratio = theirs["half"][share] / ours["same"][share]
        yield figures.row(f"{name} at Prism's half load, emulator", ours["same"][share], "ms", ratio)
        yield figures.row(f"{name} at Prism's half load, Prism", theirs["half"][share], "ms")
    memory = ours["soak"]["memory_mib"]
    yield figures.row("soak, emulator", ours["soak"]["calls"], "calls")
    yield figures.row("memory half way through the soak, emulator", memory[len(memory) // 2], "MiB")
    yield figures.row("memory after the soak, emulator", memory[-1], "MiB", memory[-1] / memory[len(memory) // 2])


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    theirs = prism()
    ours = emulator(theirs["half"]["per_s"])
    figures.write("emulator", list(rows(ours, theirs)))
    lines = []
    for key, name in NAMES.items():
        ratio = theirs[key] / ours[key] if key in LESS_IS_BETTER else ours[key] / theirs[key]
        target = f"{'≤' if key in LESS_IS_BETTER else '≥'} {TARGETS[key]:,}"
        lines.append([f"{name}, {UNITS[key]}", f"{ours[key]:,.1f}", f"{theirs[key]:,.1f}", f"{ratio:,.0f} times", target])
    for share in ("p50_ms", "p99_ms"):
        name, mine, other = share.removesuffix("_ms"), ours["same"][share], theirs["half"][share]
        lines.append([f"{name} at Prism's half load, {theirs['half']['per_s']:,.0f} calls/s, ms", f"{mine:.2f}", f"{other:.2f}",
                      f"{other / mine:,.1f} times", ""])
        lines.append([f"{name} at its own half load, {ours['half']['per_s']:,.0f} calls/s, ms", f"{ours['half'][share]:.2f}", "", "", ""])
    soak = ours["soak"]
    memory = soak["memory_mib"]
    lines.append([f"memory half way through {soak['calls']:,} calls, and after them, MiB", f"{memory[len(memory) // 2]}, {memory[-1]}",
                  "", "", ""])
    figures.table(["", "ajo emulator", "Prism", "better by", "wanted of it"], lines)
    print(f"\nMemory during the soak: {' '.join(map(str, memory))} MiB")


if __name__ == "__main__":
    main()
