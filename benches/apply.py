#!/usr/bin/env python3
"""Compares `ajo apply` with a sequential script that follows Adobe's Postman recipe: create, canDeploy, deploy.

`cargo xtask bench apply` runs `apply.py RUN`. Both clients create the same configurations in an empty emulator that delays each call
by 20 ms. In odd runs the script goes first.
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
SETTINGS = ["BASE_URL", "IMS_URL", "CLIENT_ID", "CLIENT_SECRET", "ORG_ID", "SCOPES", "SANDBOX"]


class Service:
    """An empty emulator with a delay for each call."""

    def __enter__(self):
        command = [figures.AJO, "emulator", "serve", "--port", "0", "--fault", f"*.*=delay:{LATENCY * 1000:.0f}"]
        self.process = figures.start(figures.SERVER_CORE, command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.settings = {}
        while "AJO_SANDBOX" not in self.settings:
            name, value = self.process.stdout.readline().removeprefix("export ").strip().split("=", 1)
            self.settings[name] = value.strip("'")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def calls(self):
        """The number of calls so far, token requests included."""
        with urllib.request.urlopen(f"{self.settings['AJO_IMS_URL']}/_emulator/calls") as response:
            return max(call["number"] for call in json.load(response)["calls"])

    def deployed(self):
        with urllib.request.urlopen(f"{self.settings['AJO_IMS_URL']}/_emulator/configs?limit=1000") as response:
            configs = json.load(response)["configs"]
        return sum(config["state"] == "deployed" for config in configs)


def definitions():
    rating = {"maxCallsCount": 500, "periodInMs": 1000}
    services = {"dataSource": {"maxHttpConnections": 50, "rating": rating}}
    return [{"url": f"https://c{number}.example.org/*", "methods": ["GET"], "services": services} for number in range(CONFIGS)]


def apply(service):
    """Runs `ajo apply`; returns its time and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        limits = {"version": 1, "sandbox": service.settings["AJO_SANDBOX"],
                  "capping": [dict(definition, deployed=True) for definition in definitions()]}
        with open(f"{folder}/limits.json", "w", encoding="utf-8") as file:
            json.dump(limits, file)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AJO_")} | service.settings
        del environment["AJO_SANDBOX"]
        # Ignores the user's profiles and cached tokens.
        environment |= {"AJO_CONFIG_DIR": folder, "AJO_TOKEN_CACHE": "off", "AJO_KEYCHAIN": "off"}
        command = [figures.AJO, "apply", "limits.json", "--yes", f"--concurrency={CONCURRENCY}"]
        began = time.perf_counter()
        child = figures.start(figures.CLIENT_CORE, command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        took = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"ajo apply exited with {child.returncode}")
    # ru_maxrss is in KiB, on macOS in bytes.
    return took, usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def script(service):
    """Makes sequential calls on one connection with one token; returns their time."""
    began = time.perf_counter()
    settings = {name: service.settings[f"AJO_{name}"] for name in SETTINGS}
    form = {"grant_type": "client_credentials", "client_id": settings["CLIENT_ID"],
            "client_secret": settings["CLIENT_SECRET"], "scope": settings["SCOPES"]}
    with urllib.request.urlopen(f"{settings['IMS_URL']}/ims/token/v3", data=urllib.parse.urlencode(form).encode()) as response:
        token = json.load(response)["access_token"]
    headers = {"authorization": f"Bearer {token}", "x-api-key": settings["CLIENT_ID"], "content-type": "application/json",
               "x-gw-ims-org-id": settings["ORG_ID"], "x-sandbox-name": settings["SANDBOX"]}
    base = urllib.parse.urlsplit(settings["BASE_URL"])
    connection = http.client.HTTPConnection(base.netloc)

    def call(method, path, body=None):
        connection.request(method, f"{base.path}/endpointConfigs{path}", body and json.dumps(body), headers)
        response = connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {text.decode()}")
        return json.loads(text) if text else {}

    for definition in definitions():
        uid = call("POST", "", definition)["uid"]
        call("GET", f"/{uid}/canDeploy")
        call("POST", f"/{uid}/deploy")
    return time.perf_counter() - began


def measure(client):
    """Measures one client on a new emulator; returns its result and number of calls."""
    with Service() as service:
        result = client(service)
        if (deployed := service.deployed()) != CONFIGS:
            raise SystemExit(f"{client.__name__}: {deployed} of {CONFIGS} are deployed")
        return result, service.calls()


def main():
    order = [apply, script] if int(sys.argv[1]) % 2 == 0 else [script, apply]
    results = {client: measure(client) for client in order}
    ((apply_time, memory), apply_calls), (script_time, script_calls) = results[apply], results[script]
    bound = apply_calls * LATENCY / CONCURRENCY
    figures.print_figure("ajo apply", apply_time, "s", script_time / apply_time)
    figures.print_figure("sequential script", script_time, "s")
    figures.print_figure("ajo apply, calls", apply_calls, "calls")
    figures.print_figure("sequential script, calls", script_calls, "calls")
    figures.print_figure("calls × latency ÷ concurrency", bound, "s", apply_time / bound)
    figures.print_figure("ajo apply, peak memory", memory, "MiB")


if __name__ == "__main__":
    main()
