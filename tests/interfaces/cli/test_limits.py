"""Limits as an operator sets them: listed with where they come from, kept over an import, and put back."""

import pytest

PLANT = """
site: {id: house, name: House}
assets:
  - id: tank-1
    name: Tank 1
    class: Storage_Tank
    points:
      water_temperature: {unit: °C, source: tank-1/t, low: 40, high: 60, deadband: 2}
      water_level: {unit: m, source: tank-1/level}
"""


async def test_limits_are_set_listed_kept_and_put_back(served):
    terminal, _ = served
    file = terminal.file("house.yaml", PLANT)
    assert (await terminal.run("import", file)).code == 0
    point = "Tank 1 Water Temperature"
    done = await terminal.run("limits", "set", point, "--high", "65", "--delay-on", "2m", COLUMNS="220")
    assert done.code == 0, done.err
    assert "high 65 °C, delay on 2 min" in done.out
    assert (await terminal.run("import", file)).code == 0
    (listed,) = (await terminal.run("limits", "tank 1", "--json")).json()
    assert listed["high"] == {"value": 65.0, "from": "set by hand"}
    assert listed["low"] == {"value": 40.0, "from": "plant file"}
    assert listed["delay_off_s"]["from"] == "default"
    refused = await terminal.run("limits", "set", point, "--low", "70", COLUMNS="220")
    assert (refused.code, "low (70) must lie below high (65)" in refused.err) == (1, True)
    assert (await terminal.run("limits", "reset", point)).code == 0
    (back,) = (await terminal.run("limits", "Storage_Tank", "--json")).json()
    assert (back["high"], back["deadband"]["value"]) == ({"value": 60.0, "from": "plant file"}, 2.0)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--delay-on", "soon"), "no duration"),
        (("--delay-off", "2d"), "at most a day"),
        (("--high", "warm"), "no number"),
        (("--deadband", "-1"), "greater than or equal to 0"),
        ((), "say what to set"),
    ],
    ids=["duration", "long delay", "number", "deadband", "nothing"],
)
async def test_nonsense_is_told_before_anything_starts(terminal, arguments: tuple[str, ...], why: str):
    refused = await terminal.run("limits", "set", "p", *arguments, COLUMNS="200")
    assert (refused.code, why in refused.err) == (2, True), refused.err
    assert not terminal.home.exists()
