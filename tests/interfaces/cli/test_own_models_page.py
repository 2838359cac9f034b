"""docs/engineers/own-models.md is followed to the letter on a demo plant."""

import asyncio
import re
import shlex
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/engineers/own-models.md").read_text("utf-8")
_SPEC = spec_from_file_location("own_graphs", ROOT / "tests/forecasting/telemetry/own/conftest.py")
assert _SPEC
assert _SPEC.loader
graphs: Any = module_from_spec(_SPEC)
_SPEC.loader.exec_module(graphs)
MODEL = "telemetry/zone_air_temperature"
WIDE = {"COLUMNS": "200", "OMP_NUM_THREADS": "1"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands() -> list[list[str]]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [words[1:] for line in lines if (words := shlex.split(line))[0] == "plantroom"]


async def until_a_model_is_live(terminal: Any) -> None:
    """The demo plant learns its models while it is already served; a command that asks takes from the CPU that it learns with."""
    async with asyncio.timeout(300):
        while not re.search("│ live +│", (await terminal.run("models", "list", MODEL, **WIDE)).out):  # noqa: ASYNC110
            await asyncio.sleep(5)


@pytest.mark.slow
async def test_the_page_works_as_it_is_written(terminal):
    pytest.importorskip("onnxruntime")
    (function,) = blocks("python")
    terminal.file("my_models.py", function)
    terminal.file("ridge.onnx", graphs.linear_graph(graphs.usual_day()))
    said: dict[str, str] = {}
    async with terminal.running("demo", "--days", "24", "--port", "0") as demo:
        await demo.serving()
        await until_a_model_is_live(terminal)
        for arguments in commands():
            shown = await terminal.run(*arguments, **WIDE)
            key = " ".join(arguments[1:3])
            said[key] = said.get(key, "") + shown.out + shown.err
            if arguments[1] not in ("promote", "retire"):
                assert shown.code == 0, f"{arguments}: {shown.err}"
        broken = terminal.file("my_models.py", function.replace("np.resize(usual, horizon)", "usual[:3]"))
        changed = await terminal.run("models", "score", "damped_season", **WIDE)
        refused = await terminal.run(
            "models", "register", "short", "--callable", "my_models:damped_season", "--path", ".", "--class",
            "Zone_Air_Temperature_Sensor", **WIDE,
        )  # fmt: skip
        absent = await terminal.run("models", "score", "nobody", **WIDE)

    registered = said["register damped_season"]
    assert re.search(r"“damped_season” runs my_models:damped_season in \S+, SHA-256 [0-9a-f]{64}", registered)
    assert "✓ telemetry/zone_air_temperature v2 is in shadow" in registered
    assert re.search(r"v1, live, learnt anew.*\d\.\d{3}", registered)
    assert "damped_season (own)" in said["list"]
    assert "v1, live" in said["score damped_season"]
    compared = said["compare telemetry/zone_air_temperature"]
    assert re.search(r"2\s*│ shadow │ damped_season", compared)
    better = re.search(r"It loses [\d.]+% less", said["score damped_season"])
    if better:
        assert "v2 is live" in said["promote telemetry/zone_air_temperature"]
        assert "is live" in said["retire telemetry/zone_air_temperature"]
    else:
        assert (
            "v2 is not better than telemetry/zone_air_temperature v1 in the backtest"
            in said["promote telemetry/zone_air_temperature"]
        )
        assert "v2 is retired" in said["retire telemetry/zone_air_temperature"]
    assert "v3 is in shadow" in said["register ridge"]
    assert "ridge (own)" in said["list telemetry/zone_air_temperature"]
    assert broken
    assert (changed.code, refused.code, absent.code) == (0 if better else 1, 1, 1)
    assert "operands could not be broadcast" in refused.err
    assert "There is no own model “nobody”" in absent.err
