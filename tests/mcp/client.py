"""Lists the tools of `ajo mcp`, plans, and simulates with the official SDK. Runs inside `ajo emulator exec`."""

import asyncio
import json
import os
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from mcp import ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client

AJO = os.environ["AJO"]
TOOLS = ["list", "get", "explain", "validate", "plan", "drift", "simulate", "size"]
LIMITS = """version: 1
sandbox: prod
capping:
  - url: https://api.example.org/*
    methods: [POST]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 100, periodInMs: 1000 } }
"""


def request_log(query: str) -> list[dict]:
    """The calls that the emulator has received."""
    with urllib.request.urlopen(f"{os.environ['AJO_IMS_URL']}/_emulator/calls{query}") as response:
        return json.load(response)["calls"]


def environment() -> dict[str, str]:
    """The SDK passes on no variable that it does not know."""
    return {name: value for name, value in os.environ.items() if name.startswith("AJO_") or name == "PATH"}


async def check(root: Path) -> None:
    async def list_roots(_context) -> types.ListRootsResult:
        return types.ListRootsResult(roots=[types.Root(uri=root.as_uri())])

    server = StdioServerParameters(command=AJO, args=["mcp"], env=environment(), cwd="/")
    async with stdio_client(server) as (reads, writes):
        async with ClientSession(reads, writes, list_roots_callback=list_roots) as session:
            started = await session.initialize()
            assert started.server_info.name == "ajo", started
            tools = (await session.list_tools()).tools
            assert [tool.name for tool in tools] == TOOLS, tools
            for tool in tools:
                assert tool.annotations.read_only_hint and not tool.annotations.destructive_hint, tool
                assert tool.input_schema["type"] == "object" and tool.output_schema["type"] == "object", tool

            async def call(name: str, arguments: dict) -> dict:
                """The SDK checks the structured content with the output schema."""
                result = await session.call_tool(name, arguments)
                assert not result.is_error, (name, result)
                return result.structured_content

            async def refuse(name: str, arguments: dict) -> str:
                result = await session.call_tool(name, arguments)
                assert result.is_error, (name, arguments, result)
                return result.content[0].text

            plan = await call("plan", {"files": ["prod.yaml"]})
            assert plan["source"]["kind"] == "localServer" and plan["source"]["sandbox"] == "prod", plan
            assert plan["data"]["outcome"] == "changes" and "ajo apply --plan" in plan["next"], plan
            simulated = await call("simulate", {"files": ["prod.yaml"], "traffic": ["150x10"]})
            assert simulated["data"]["totals"]["rejected"] == 500, simulated
            assert simulated["source"]["kind"] == "offline", simulated
            assert (await call("list", {}))["data"]["total"] == 0
            assert (await call("drift", {"files": ["prod.yaml"]}))["data"]["outcome"] == "changes"
            assert (await call("validate", {"files": ["prod.yaml"]}))["data"]["outcome"] == "clean"
            assert (await call("size", {"servers": 100, "latency": "100", "audience": 10000}))["data"]["options"]
            await call("explain", {"method": "POST", "url": "https://api.example.org/v1", "files": ["prod.yaml"]})
            assert "uid" in await refuse("get", {"uid": "none"})
            for path in ["../outside.yaml", str(root.parent / "outside.yaml"), "link.yaml", "/etc/passwd", "~/x.yaml", "-"]:
                for name in ["validate", "plan", "drift"]:
                    assert "root:" not in await refuse(name, {"files": [path]}), path
                await refuse("simulate", {"files": [path], "traffic": ["1x1"]})


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory).resolve() / "root"
        root.mkdir()
        (root / "prod.yaml").write_text(LIMITS)
        (root.parent / "outside.yaml").write_text(LIMITS)
        (root / "link.yaml").symlink_to(root.parent / "outside.yaml")
        files = sorted(root.iterdir())
        asyncio.run(asyncio.wait_for(check(root), 120))
        assert sorted(root.iterdir()) == files
    assert not request_log("?mutating=true") and len(request_log("")) > 5
    listed = json.loads(subprocess.run([AJO, "capping", "list", "--output=json"], check=True, capture_output=True).stdout)
    assert not listed["results"], listed
    print(f"{len(TOOLS)} tools; nothing was changed")


main()
