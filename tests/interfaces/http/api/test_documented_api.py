"""docs/engineers/api.md: its examples run as they are, and print what it says."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs/engineers/api.md").read_text("utf-8")
COMMANDS = re.findall(r"```sh\n(curl .+?)\n# prints (.+?)\n```", PAGE, re.DOTALL)


async def run(plant, *command: str) -> str:
    environment = {**os.environ, "PLANT": plant.url, "KEY": "ann"}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=pipe, stderr=pipe)
    out, err = await asyncio.wait_for(process.communicate(), 400)
    assert process.returncode == 0, err.decode()
    return out.decode()


def test_there_are_examples():
    assert len(COMMANDS) == PAGE.count("```sh\ncurl") > 5


@pytest.mark.parametrize(("command", "prints"), COMMANDS)
async def test_the_commands_run(plant, command: str, prints: str):
    assert prints in await run(plant, "sh", "-c", command)


async def test_the_mcp_client_runs(plant):
    (code,) = re.findall(r"```python mcp\n(.+?)```", PAGE, re.DOTALL)
    assert int(await run(plant, sys.executable, "-c", code)) > 1


async def test_the_tables_name_what_there_is(plant):
    paths = (await plant.http.get("/api/v1/openapi.json")).json()["paths"]
    named = re.findall(r"^\| `(/[a-z-]+)`", PAGE, re.MULTILINE)
    assert len(named) > 5
    assert set(named) <= paths.keys()
