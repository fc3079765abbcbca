#!/usr/bin/env python3
"""Compares the emulator with Prism (a generic mock server) and with bare axum, which is the practical limit.

`cargo xtask bench emulator` runs `emulator.py RUN`. It needs wrk (a Debian package) and npm. Odd runs reverse the order of the
servers. All servers run on one core and wrk on another, both from BENCH_CORES. Every load opens new connections.
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
ROUNDS = 3
SECONDS = 1
# Prism needs longer, because Node.js compiles at run time.
WARM_UP_SECONDS = {"emulator": 1, "bare axum": 1, "Prism": 4}
STARTS = 3
SOAK_CALLS = 1_000_000
PACED_SECONDS = 4
# Many connections, so a late call delays few others.
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


def is_responding(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /nothing HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            return connection.recv(12).startswith(b"HTTP/1.1")
    except OSError:
        return False


class Server:
    """A process on the servers' core, and its loads."""

    def __init__(self, name, command, output=subprocess.DEVNULL):
        self.name = name
        self.port = free_port()
        command = [str(part).replace("PORT", str(self.port)) for part in command]
        began = time.perf_counter()
        self.process = figures.start(figures.SERVER_CORE, command, stdout=output, stderr=subprocess.DEVNULL, text=True)
        atexit.register(self.stop)
        while not is_responding(self.port):
            if self.process.poll() is not None or time.perf_counter() - began > 60:
                sys.exit(f"{command[0]} does not respond")
            time.sleep(0.0005)
        self.start_ms = (time.perf_counter() - began) * 1000
        self.idle_mib = self.memory_mib()

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()
        atexit.unregister(self.stop)

    def target(self, base, uid, headers):
        """Sets the two requests of the loads."""
        root = f"http://127.0.0.1:{self.port}{base}/endpointConfigs"
        self.loads = {"GET": (f"{root}/{uid}", lua(headers)), "validated POST": (root, lua(headers, "POST", DEFINITION))}

    def rate(self, kind, seconds=SECONDS):
        return parse_rate(load(*self.loads[kind], seconds, 32))


def load(url, script, seconds, connections):
    """Runs wrk and returns its output; exits unless all calls succeeded."""
    path = OUT / "load.lua"
    path.write_text(script)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", path, url]
    run = figures.start(figures.CLIENT_CORE, command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output, _ = run.communicate()
    if run.returncode or "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"{url}: not every call succeeded:\n{output}")
    return output


def parse_rate(text):
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])


def measure_latency(url, script, rate):
    """Measures latencies at this rate, in ms. Each connection waits a random time before each call, so calls arrive independently.
    Short runs adjust the waiting time until the rate is right."""
    wait = PACED_CONNECTIONS / rate * 1000
    for seconds in [1, 1, 1, PACED_SECONDS]:
        # Random rounding keeps the mean exact.
        delay = f"\nfunction delay() return math.floor(math.random() * {2 * wait} + math.random()) end"
        output = load(url, script + delay, seconds, PACED_CONNECTIONS)
        actual = parse_rate(output)
        wait = max(0.0, wait + PACED_CONNECTIONS * (1 / rate - 1 / actual) * 1000)
    if not 0.8 < actual / rate < 1.25:
        sys.exit(f"{url}: {actual:.0f} calls per second instead of {rate:.0f}")
    percentiles = {percent: re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", output) for percent in (50, 99)}
    scale = {"us": 0.001, "ms": 1, "s": 1000}
    return {"per_s": actual} | {f"p{percent}": float(it[1]) * scale[it[2]] for percent, it in percentiles.items()}


def lua(headers, method="GET", body=None):
    lines = [f'wrk.method = "{method}"']
    lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items()]
    if body:
        lines += ['wrk.headers["content-type"] = "application/json"', f"wrk.body = [[{body}]]"]
    return "\n".join(lines)


def call(url, headers, method="GET", body=None):
    headers = dict(headers, **({"content-type": "application/json"} if body else {}))
    request = urllib.request.Request(url, method=method, headers=headers, data=body.encode() if body else None)
    with urllib.request.urlopen(request) as response:
        # Bare axum adds its own.
        names = [name for name in response.headers if name.lower() not in ("connection", "content-length", "date")]
        return {"status": response.status, "headers": {name: response.headers[name] for name in names},
                "body": response.read().decode()}


EMULATOR = [figures.AJO, "emulator", "serve", "--port", "PORT"]


def emulator():
    """Starts the emulator; returns it with its settings and its responses to both requests."""
    server = Server("emulator", [*EMULATOR, "--max-configs", "10000000"], subprocess.PIPE)
    settings = {}
    while "AJO_SANDBOX" not in settings:
        name, value = server.process.stdout.readline().removeprefix("export ").strip().split("=", 1)
        settings[name] = value.strip("'")
    headers = request_headers(settings, settings["AJO_IMS_URL"])
    root = f"{settings['AJO_BASE_URL']}/endpointConfigs"
    created = call(root, headers, "POST", DEFINITION)
    uid = json.loads(created["body"])["uid"]
    server.target("/journey/orchestration", uid, headers)
    return server, settings, {"GET": call(f"{root}/{uid}", headers), "POST": created}


def bare_axum(emulator, responses):
    """Starts a server that gets the same requests and returns the same bytes."""
    file = OUT / "responses.json"
    file.write_text(json.dumps(responses))
    server = Server("bare axum", [figures.RELEASE / "bare_axum", "PORT", file])
    server.loads = {kind: (url.replace(f":{emulator.port}/", f":{server.port}/"), script)
                    for kind, (url, script) in emulator.loads.items()}
    return server


def request_headers(settings, root):
    """Returns the headers of every call, with a token from the emulator at this root."""
    form = "&".join(["grant_type=client_credentials", f"client_id={settings['AJO_CLIENT_ID']}",
                     f"client_secret={settings['AJO_CLIENT_SECRET']}", f"scope={settings['AJO_SCOPES']}"])
    grant = json.load(urllib.request.urlopen(f"{root}/ims/token/v3", data=form.encode()))
    return {"authorization": f"Bearer {grant['access_token']}", "x-api-key": settings["AJO_CLIENT_ID"],
            "x-gw-ims-org-id": settings["AJO_ORG_ID"], "x-sandbox-name": settings["AJO_SANDBOX"]}


def soak(settings):
    """Makes a million calls that do not change the number of configurations; returns the memory after each load."""
    server = Server("soak", EMULATOR)
    root = f"http://127.0.0.1:{server.port}"
    headers = request_headers(settings, root)
    base = f"{root}/journey/orchestration"
    uid = json.loads(call(f"{base}/endpointConfigs", headers, "POST", DEFINITION)["body"])["uid"]
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
        calls += int(re.search(r"(\d+) requests in", load(base, script, 3, 32))[1])
        memory.append(round(server.memory_mib(), 1))
    server.stop()
    return memory


def install_prism():
    home = OUT / "prism"
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text(json.dumps({"private": True}))
    program = home / "node_modules/@stoplight/prism-cli/dist/index.js"
    if not program.exists():
        npm = subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock",
                              f"@stoplight/prism-cli@{PRISM_VERSION}"], cwd=home, capture_output=True, text=True)
        if npm.returncode:
            sys.exit(f"npm failed to install Prism:\n{npm.stderr}")
    return program


def prism():
    # Silent, because it would log each request.
    server = Server("Prism", ["node", install_prism(), "mock", "-v", "silent", "-p", "PORT", "-h", "127.0.0.1",
                              ROOT / "openapi" / "capping.yaml"])
    headers = {"authorization": "Bearer x", "x-api-key": "k", "x-gw-ims-org-id": "A1B2C3@AdobeOrg", "x-sandbox-name": "prod"}
    server.target("", "u-1", headers)
    return server


def show_rates(servers, reverse):
    """Prints calls per second. The servers take turns; a ratio is the median of the rounds' ratios."""
    emulator_server, bare, prism_server = servers
    for server in servers:
        server.rate("GET", WARM_UP_SECONDS[server.name])
        server.rate("validated POST", 1)
    for kind in emulator_server.loads:
        rounds = []
        for number in range(ROUNDS):
            order = servers[::-1] if (number % 2 == 0) == reverse else servers
            rounds.append({server.name: server.rate(kind) for server in order})
        rate = {server.name: statistics.median(it[server.name] for it in rounds) for server in servers}
        ratio = {server.name: statistics.median(it["emulator"] / it[server.name] for it in rounds) for server in (bare, prism_server)}
        figures.print_figure(f"{kind}, emulator compared with bare axum", rate["emulator"], "calls/s", ratio["bare axum"])
        figures.print_figure(f"{kind}, bare axum", rate["bare axum"], "calls/s")
        figures.print_figure(f"{kind}, emulator", rate["emulator"], "calls/s", ratio["Prism"])
        figures.print_figure(f"{kind}, Prism", rate["Prism"], "calls/s")
        if kind == "GET":
            half = {server.name: rate[server.name] / 2 for server in servers}
    return half


def show_latencies(emulator_server, prism_server, half):
    own, same, other = [measure_latency(*server.loads["GET"], rate) for server, rate in
                        [(emulator_server, half["emulator"]), (emulator_server, half["Prism"]), (prism_server, half["Prism"])]]
    figures.print_figure("half load, emulator", own["per_s"], "calls/s")
    figures.print_figure("Prism's half load, Prism", other["per_s"], "calls/s")
    for percentile in ("p50", "p99"):
        figures.print_figure(f"{percentile} at half load, emulator", own[percentile], "ms")
        figures.print_figure(f"{percentile} at Prism's half load, emulator", same[percentile], "ms", other[percentile] / same[percentile])
        figures.print_figure(f"{percentile} at Prism's half load, Prism", other[percentile], "ms")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    run = int(sys.argv[1])
    starts = []
    for _ in range(STARTS):
        server = Server("start", EMULATOR)
        starts.append(server.start_ms)
        server.stop()
    prism_server = prism()
    emulator_server, settings, responses = emulator()
    bare = bare_axum(emulator_server, responses)
    start = statistics.median(starts)
    figures.print_figure("start to first response, emulator", start, "ms", prism_server.start_ms / start)
    figures.print_figure("start to first response, Prism", prism_server.start_ms, "ms")
    figures.print_figure("idle memory, emulator", emulator_server.idle_mib, "MiB", prism_server.idle_mib / emulator_server.idle_mib)
    figures.print_figure("idle memory, Prism", prism_server.idle_mib, "MiB")
    half = show_rates([emulator_server, bare, prism_server], reverse=run % 2 == 1)
    show_latencies(emulator_server, prism_server, half)
    for server in (emulator_server, bare, prism_server):
        server.stop()
    memory = soak(settings)
    middle = memory[len(memory) // 2]
    figures.print_figure("memory half way through the soak, emulator", middle, "MiB")
    figures.print_figure("memory after the soak, emulator", memory[-1], "MiB", memory[-1] / middle)


if __name__ == "__main__":
    main()
