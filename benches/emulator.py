#!/usr/bin/env python3
"""The emulator compared with Prism (a generic mock server) and with bare axum, which is the practical limit.

`cargo xtask bench emulator` runs it: emulator.py RUN. It needs wrk (a Debian package) and npm. In odd runs the order of the
contestants is reversed. All servers run on one core and wrk on another, which BENCH_CORES names; every load opens new connections.
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
# Prism compiles while it runs.
WARM_UP_SECONDS = {"emulator": 1, "bare axum": 1, "Prism": 4}
STARTS = 3
SOAK_CALLS = 1_000_000
PACED_SECONDS = 4
# Many, so that a late call delays few others.
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
    """A process on the servers' core, and the loads for it."""

    def __init__(self, name, command, output=subprocess.DEVNULL):
        self.name = name
        self.port = free_port()
        command = [str(part).replace("PORT", str(self.port)) for part in command]
        began = time.perf_counter()
        self.process = figures.start(figures.SERVER_CORE, command, stdout=output, stderr=subprocess.DEVNULL, text=True)
        atexit.register(self.stop)
        while not answers(self.port):
            if self.process.poll() is not None or time.perf_counter() - began > 60:
                sys.exit(f"{command[0]} does not answer")
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
        """Remembers the two requests of the loads."""
        root = f"http://127.0.0.1:{self.port}{base}/endpointConfigs"
        self.loads = {"GET": (f"{root}/{uid}", lua(headers)), "validated POST": (root, lua(headers, "POST", DEFINITION))}

    def rate(self, kind, seconds=SECONDS):
        return rate_of(load(*self.loads[kind], seconds, 32))


def load(url, script, seconds, connections):
    """The output of wrk, all of whose calls succeeded."""
    path = OUT / "load.lua"
    path.write_text(script)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", path, url]
    run = figures.start(figures.CLIENT_CORE, command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output, _ = run.communicate()
    if run.returncode or "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"{url}: not every call succeeded:\n{output}")
    return output


def rate_of(text):
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])


def paced(url, script, rate):
    """Latencies at this rate, in ms. Each connection waits a random number of milliseconds before each call, so that calls arrive
    independently. Short runs adjust the waiting time until the rate is right."""
    wait = PACED_CONNECTIONS / rate * 1000
    for seconds in [1, 1, 1, PACED_SECONDS]:
        # Rounded up or down at random, so that the mean is right.
        delay = f"\nfunction delay() return math.floor(math.random() * {2 * wait} + math.random()) end"
        text = load(url, script + delay, seconds, PACED_CONNECTIONS)
        reached = rate_of(text)
        wait = max(0.0, wait + PACED_CONNECTIONS * (1 / rate - 1 / reached) * 1000)
    if not 0.8 < reached / rate < 1.25:
        sys.exit(f"{url}: {reached:.0f} calls per second instead of {rate:.0f}")
    found = {share: re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", text) for share in (50, 99)}
    scale = {"us": 0.001, "ms": 1, "s": 1000}
    return {"per_s": reached} | {f"p{share}": float(it[1]) * scale[it[2]] for share, it in found.items()}


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
        # The server adds its own.
        names = [name for name in response.headers if name.lower() not in ("connection", "content-length", "date")]
        return {"status": response.status, "headers": {name: response.headers[name] for name in names},
                "body": response.read().decode()}


EMULATOR = [figures.AJO, "emulator", "serve", "--port", "PORT"]


def emulator():
    """Returns it with its headers, its base path and the responses to both requests."""
    server = Server("emulator", [*EMULATOR, "--max-configs", "10000000"], subprocess.PIPE)
    settings = {}
    while "AJO_SANDBOX" not in settings:
        name, value = server.process.stdout.readline().removeprefix("export ").strip().split("=", 1)
        settings[name] = value.strip("'")
    headers = all_headers(settings, settings["AJO_IMS_URL"])
    root = f"{settings['AJO_BASE_URL']}/endpointConfigs"
    created = call(root, headers, "POST", DEFINITION)
    uid = json.loads(created["body"])["uid"]
    server.target("/journey/orchestration", uid, headers)
    return server, settings, {"GET": call(f"{root}/{uid}", headers), "POST": created}


def bare_axum(emulator, responses):
    """Gets the same requests, and returns the same bytes."""
    file = OUT / "responses.json"
    file.write_text(json.dumps(responses))
    server = Server("bare axum", [figures.RELEASE / "bare_axum", "PORT", file])
    server.loads = {kind: (url.replace(f":{emulator.port}/", f":{server.port}/"), script)
                    for kind, (url, script) in emulator.loads.items()}
    return server


def all_headers(settings, root):
    """The headers of every call, with a token from the emulator at this root."""
    form = "&".join(["grant_type=client_credentials", f"client_id={settings['AJO_CLIENT_ID']}",
                     f"client_secret={settings['AJO_CLIENT_SECRET']}", f"scope={settings['AJO_SCOPES']}"])
    grant = json.load(urllib.request.urlopen(f"{root}/ims/token/v3", data=form.encode()))
    return {"authorization": f"Bearer {grant['access_token']}", "x-api-key": settings["AJO_CLIENT_ID"],
            "x-gw-ims-org-id": settings["AJO_ORG_ID"], "x-sandbox-name": settings["AJO_SANDBOX"]}


def soak(settings):
    """A million calls that leave as many configurations as before; returns the memory after each load."""
    server = Server("soak", EMULATOR)
    root = f"http://127.0.0.1:{server.port}"
    headers = all_headers(settings, root)
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
            sys.exit(f"npm cannot install Prism:\n{npm.stderr}")
    return program


def prism():
    # Silent: it would log each request.
    server = Server("Prism", ["node", install_prism(), "mock", "-v", "silent", "-p", "PORT", "-h", "127.0.0.1",
                              ROOT / "openapi" / "capping.yaml"])
    headers = {"authorization": "Bearer x", "x-api-key": "k", "x-gw-ims-org-id": "A1B2C3@AdobeOrg", "x-sandbox-name": "prod"}
    server.target("", "u-1", headers)
    return server


def show_rates(servers, reverse):
    """Calls per second. The contestants take turns; a ratio is the median of what each round says."""
    ours, bare, theirs = servers
    for server in servers:
        server.rate("GET", WARM_UP_SECONDS[server.name])
        server.rate("validated POST", 1)
    for kind in ours.loads:
        rounds = []
        for number in range(ROUNDS):
            order = servers[::-1] if (number % 2 == 0) == reverse else servers
            rounds.append({server.name: server.rate(kind) for server in order})
        rate = {server.name: statistics.median(it[server.name] for it in rounds) for server in servers}
        ratio = {server.name: statistics.median(it["emulator"] / it[server.name] for it in rounds) for server in (bare, theirs)}
        figures.show(f"{kind}, emulator compared with bare axum", rate["emulator"], "calls/s", ratio["bare axum"])
        figures.show(f"{kind}, bare axum", rate["bare axum"], "calls/s")
        figures.show(f"{kind}, emulator", rate["emulator"], "calls/s", ratio["Prism"])
        figures.show(f"{kind}, Prism", rate["Prism"], "calls/s")
        if kind == "GET":
            half = {server.name: rate[server.name] / 2 for server in servers}
    return half


def show_latencies(ours, theirs, half):
    own, same, other = [paced(*server.loads["GET"], rate) for server, rate in
                        [(ours, half["emulator"]), (ours, half["Prism"]), (theirs, half["Prism"])]]
    figures.show("half load, emulator", own["per_s"], "calls/s")
    figures.show("Prism's half load, Prism", other["per_s"], "calls/s")
    for share in ("p50", "p99"):
        figures.show(f"{share} at half load, emulator", own[share], "ms")
        figures.show(f"{share} at Prism's half load, emulator", same[share], "ms", other[share] / same[share])
        figures.show(f"{share} at Prism's half load, Prism", other[share], "ms")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    run = int(sys.argv[1])
    starts = []
    for _ in range(STARTS):
        server = Server("start", EMULATOR)
        starts.append(server.start_ms)
        server.stop()
    theirs = prism()
    ours, settings, responses = emulator()
    bare = bare_axum(ours, responses)
    start = statistics.median(starts)
    figures.show("start to first response, emulator", start, "ms", theirs.start_ms / start)
    figures.show("start to first response, Prism", theirs.start_ms, "ms")
    figures.show("idle memory, emulator", ours.idle_mib, "MiB", theirs.idle_mib / ours.idle_mib)
    figures.show("idle memory, Prism", theirs.idle_mib, "MiB")
    half = show_rates([ours, bare, theirs], reverse=run % 2 == 1)
    show_latencies(ours, theirs, half)
    for server in (ours, bare, theirs):
        server.stop()
    memory = soak(settings)
    middle = memory[len(memory) // 2]
    figures.show("memory half way through the soak, emulator", middle, "MiB")
    figures.show("memory after the soak, emulator", memory[-1], "MiB", memory[-1] / middle)


if __name__ == "__main__":
    main()
