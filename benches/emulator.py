#!/usr/bin/env python3
"""The emulator beside Prism (a generic mock server), on the same spec, on this machine, in one run.

Run it with `cargo xtask bench emulator`. It needs wrk (Debian has it) and npm, prints a table and writes target/bench/emulator.json.
Every load goes to 127.0.0.1 and is bounded in time.
"""
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "bench"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PRISM_VERSION = "5.14.2"
# This project's requirement: see the issue "The emulator as a product".
TARGETS = {"start_ms": 25, "idle_mib": 14.3, "get_per_s": 25_000, "post_per_s": 10_000}
SECONDS = 5
SOAK_CALLS = 1_000_000

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
    def __init__(self, command, environment=None):
        self.port = free_port()
        began = time.perf_counter()
        command = [part.replace("PORT", str(self.port)) for part in command]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
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


def wrk(url, script, seconds=SECONDS, connections=32):
    path = OUT / "load.lua"
    path.write_text(script)
    run = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", path, url],
                         capture_output=True, text=True, check=True)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)[1])
    count = int(re.search(r"(\d+) requests in", run.stdout)[1])
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", run.stdout)
    if wrong or "Socket errors" in run.stdout:
        sys.exit(f"{url}: not every call succeeded:\n{run.stdout}")
    return rate, count


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


def emulator():
    command = [str(TARGET / "release" / "ajo"), "emulator", "serve", "--port", "PORT", "--max-configs", "10000000"]
    starts = []
    for _ in range(10):
        server = Server(command)
        starts.append(server.start_ms)
        server.stop()
    server = Server(command)
    settings = {}
    while "AJO_SANDBOX" not in settings:
        name, value = server.process.stdout.readline().removeprefix("export ").strip().split("=", 1)
        settings[name] = value.strip("'")
    idle = server.memory_mib()
    headers = all_headers(settings, settings["AJO_IMS_URL"])
    base = settings["AJO_BASE_URL"]
    uid = json.loads(call(f"{base}/endpointConfigs", headers, "POST", DEFINITION))["uid"]
    get, _ = wrk(f"{base}/endpointConfigs/{uid}", lua(headers))
    post, _ = wrk(f"{base}/endpointConfigs", lua(headers, "POST", DEFINITION))
    server.stop()
    soak = soaked(command[:-2], settings)
    return {"start_ms": statistics.median(starts), "idle_mib": idle, "get_per_s": get, "post_per_s": post, "soak": soak}


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
    subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock",
                    f"@stoplight/prism-cli@{PRISM_VERSION}"], cwd=home, check=True, capture_output=True)
    command = ["node", str(home / "node_modules/@stoplight/prism-cli/dist/index.js"), "mock", "-p", "PORT", "-h", "127.0.0.1",
               str(ROOT / "openapi" / "capping.yaml")]
    starts = []
    for _ in range(3):
        server = Server(command)
        starts.append(server.start_ms)
        server.stop()
    server = Server(command)
    idle = server.memory_mib()
    headers = {"authorization": "Bearer x", "x-api-key": "k", "x-gw-ims-org-id": "A1B2C3@AdobeOrg", "x-sandbox-name": "prod"}
    base = f"http://127.0.0.1:{server.port}"
    get, _ = wrk(f"{base}/endpointConfigs/u-1", lua(headers))
    post, _ = wrk(f"{base}/endpointConfigs", lua(headers, "POST", DEFINITION))
    server.stop()
    return {"start_ms": statistics.median(starts), "idle_mib": idle, "get_per_s": get, "post_per_s": post}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cargo", "build", "--release", "--quiet", "--package", "ajo"], cwd=ROOT, check=True)
    results = {"emulator": emulator(), "prism": prism()}
    (OUT / "emulator.json").write_text(json.dumps(results, indent=2) + "\n")
    print("| | ajo emulator | Prism | ratio | target | |\n|---|---|---|---|---|---|")
    names = {"start_ms": "start to first answer, ms", "idle_mib": "idle memory, MiB", "get_per_s": "GET/s",
             "post_per_s": "validated POST/s"}
    met = True
    for key, name in names.items():
        ours, theirs, target = results["emulator"][key], results["prism"][key], TARGETS[key]
        less_is_better = key in ("start_ms", "idle_mib")
        good = ours <= target if less_is_better else ours >= target
        met &= good
        ratio = theirs / ours if less_is_better else ours / theirs
        print(f"| {name} | {ours:,.1f} | {theirs:,.1f} | {ratio:,.0f} times | {'≤' if less_is_better else '≥'} {target:,} | "
              f"{'met' if good else 'MISSED'} |")
    soak = results["emulator"]["soak"]
    half = soak["memory_mib"][len(soak["memory_mib"]) // 2]
    flat = soak["memory_mib"][-1] <= half * 1.1
    met &= flat
    print(f"\nSoak: {soak['calls']:,} calls; memory {' '.join(map(str, soak['memory_mib']))} MiB: {'flat' if flat else 'NOT FLAT'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
