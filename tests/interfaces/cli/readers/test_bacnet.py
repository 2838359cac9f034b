"""``plantroom read bacnet`` as its page shows it, in this process."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from ingestion.readers.bacnet.object_map import BacnetMap
from interfaces.cli.person import Person
from interfaces.local.operation import Desk, operation_named
from interfaces.progress import silent
from interfaces.settings import Settings
from tests.ingestion.readers.bacnet.conftest import loopback, own_interface

__all__ = ["loopback", "own_interface"]

PAGE = (Path(__file__).parents[4] / "docs" / "operators" / "readers.md").read_text("utf-8")


async def run(home: Path, name: str, **options: Any) -> list[str]:
    out = StringIO()
    desk = Desk(None, Settings(home=home), Console(file=out, width=300), silent, Person())
    await operation_named(f"readers.{name}").run(desk, **options)
    return out.getvalue().splitlines()


async def test_what_is_found_is_shown_as_on_the_page_and_the_map_reads_it(loopback, own_interface: str, tmp_path: Path):
    shown = re.search(r"\$ plantroom read bacnet --discover.*?\n(.*?)```", PAGE, re.DOTALL)
    assert shown
    path = tmp_path / "ahu.yaml"
    told = await run(
        tmp_path / "home", "discover", low=1000, high=1999, addresses=[loopback.address], interface=own_interface,
        timezone="Europe/Berlin", output=str(path),
    )  # fmt: skip
    expected = shown[1].replace("192.168.10.40", loopback.address).replace("ahu.yaml", str(path)).splitlines()
    assert told == expected
    loopback.note(("2026-10-24", "12:00:00", 12.5))
    read = await run(tmp_path / "home", "bacnet", map=path, once=False, dry_run=True, interface=None)
    assert read[1:3] == ["  analog-input,1  13.2 °C", "  binary-input,1  on"]
    assert read[3:] == ["1001  2026-10-24 10:00:00Z", "  analog-input,1  12.5 °C"]


def test_the_map_of_the_page_is_one():
    found = re.search(r"```yaml\n(interface:.*?)```", PAGE, re.DOTALL)
    assert found
    device = BacnetMap.model_validate(yaml.safe_load(found[1])).devices[0]
    assert [one.name for one in device.objects] == ["analog-input,1", "fan_on"]
