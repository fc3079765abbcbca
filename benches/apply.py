#!/usr/bin/env python3
"""`ajo apply` beside a sequential script, which does what Adobe's Postman recipe does: create, canDeploy, deploy.

Run it with `cargo xtask bench apply`. Both bring the same configurations into an empty emulator that takes 20 ms for each call.
"""
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import figures

CONFIGS = 200
LATENCY = 0.020
CONCURRENCY = 8
# Each takes seconds, so a disturbed run is more likely than an interesting one: the middle one counts.
RUNS = 3
SETTINGS = ["BASE_URL", "IMS_URL", "CLIENT_ID", "CLIENT_SECRET", "ORG_ID", "SCOPES", "SANDBOX"]


class Service:
    """An emulator with nothing in it, which is slow."""

    def __enter__(self):
        command = [figures.AJO, "emulator", "serve", "--port", "0", "--fault", f"*.*=delay:{LATENCY * 1000:.0f}"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.settings = {}
        while "AJO_SANDBOX" not in self.settings:
            name, value = self.process.stdout.readline().removeprefix("export ").strip().split("=", 1)
            self.settings[name] = value.strip("'")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def calls(self):
        """How many calls it has seen, with those for tokens: they are numbered."""
        with urllib.request.urlopen(f"{self.settings['AJO_IMS_URL']}/_emulator/calls") as answer:
            return max(call["number"] for call in json.load(answer)["calls"])

    def deployed(self):
        with urllib.request.urlopen(f"{self.settings['AJO_IMS_URL']}/_emulator/configs?limit=1000") as answer:
            configs = json.load(answer)["configs"]
        return sum(config["state"] == "deployed" for config in configs)


def definitions():
    rating = {"maxCallsCount": 500, "periodInMs": 1000}
    services = {"dataSource": {"maxHttpConnections": 50, "rating": rating}}
    return [{"url": f"https://c{number}.example.org/*", "methods": ["GET"], "services": services} for number in range(CONFIGS)]


def applied(service):
    """`ajo apply`; gives most of its memory, too."""
    with tempfile.TemporaryDirectory() as folder:
        limits = {"version": 1, "sandbox": service.settings["AJO_SANDBOX"],
                  "capping": [dict(definition, deployed=True) for definition in definitions()]}
        with open(f"{folder}/limits.json", "w", encoding="utf-8") as file:
            json.dump(limits, file)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AJO_")} | service.settings
        del environment["AJO_SANDBOX"]
        # Neither a profile nor a cached token of whoever runs this.
        environment |= {"AJO_CONFIG_DIR": folder, "AJO_TOKEN_CACHE": "off", "AJO_KEYCHAIN": "off"}
        command = [figures.AJO, "apply", "limits.json", "--yes", f"--concurrency={CONCURRENCY}"]
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        took = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"ajo apply ended with {child.returncode}")
    # In KiB, but for macOS.
    return took, usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def scripted(service):
    """One call after the other, on one connection, with one token."""
    began = time.perf_counter()
    settings = {name: service.settings[f"AJO_{name}"] for name in SETTINGS}
    form = {"grant_type": "client_credentials", "client_id": settings["CLIENT_ID"],
            "client_secret": settings["CLIENT_SECRET"], "scope": settings["SCOPES"]}
    with urllib.request.urlopen(f"{settings['IMS_URL']}/ims/token/v3", data=urllib.parse.urlencode(form).encode()) as answer:
        token = json.load(answer)["access_token"]
    headers = {"authorization": f"Bearer {token}", "x-api-key": settings["CLIENT_ID"], "content-type": "application/json",
               "x-gw-ims-org-id": settings["ORG_ID"], "x-sandbox-name": settings["SANDBOX"]}
    base = urllib.parse.urlsplit(settings["BASE_URL"])
    connection = http.client.HTTPConnection(base.netloc)

    def call(method, path, body=None):
        connection.request(method, f"{base.path}/endpointConfigs{path}", body and json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else {}

    for definition in definitions():
        uid = call("POST", "", definition)["uid"]
        call("GET", f"/{uid}/canDeploy")
        call("POST", f"/{uid}/deploy")
    return time.perf_counter() - began


def measured(how):
    """The run that took neither the longest nor the shortest time: what it gave, and its calls."""
    runs = []
    for _ in range(RUNS):
        with Service() as service:
            given = how(service)
            runs.append((given, service.calls()))
            if (deployed := service.deployed()) != CONFIGS:
                raise SystemExit(f"{how.__name__}: {deployed} of {CONFIGS} are deployed")
    return sorted(runs)[RUNS // 2]


def main():
    (ours, memory), our_calls = measured(applied)
    theirs, their_calls = measured(scripted)
    bound = our_calls * LATENCY / CONCURRENCY
    figures.write("apply", [
        figures.row("ajo apply", ours, "s", theirs / ours),
        figures.row("sequential script", theirs, "s"),
        figures.row("ajo apply, calls", our_calls, "calls"),
        figures.row("sequential script, calls", their_calls, "calls"),
        figures.row("calls × latency ÷ concurrency", bound, "s", ours / bound),
        figures.row("ajo apply, most memory", memory, "MiB"),
    ])
    print(f"{CONFIGS} configurations created and deployed, {LATENCY * 1000:.0f} ms a call\n")
    figures.table(["", f"ajo apply, {CONCURRENCY} at a time", "sequential script", ""], [
        ["wall time, s", f"{ours:.2f}", f"{theirs:.2f}", f"{theirs / ours:.1f} times as fast"],
        ["calls", str(our_calls), str(their_calls), f"{our_calls / their_calls:.2f} times as many"],
        ["calls × latency ÷ concurrency, s", f"{bound:.2f}", "", f"{ours / bound:.2f} times that"],
        ["most memory, MiB", f"{memory:.1f}", "", ""],
    ])


if __name__ == "__main__":
    main()
