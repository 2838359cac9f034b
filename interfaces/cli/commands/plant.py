"""``plantroom import``, ``replay`` and ``simulate``: where a plant and its readings come from."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import do_here
from interfaces.cli.lazy import load


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Building models (.ttl, .zinc, .trio, .json) or plant descriptions (.yaml, .csv).", exists=True
        ),
    ],
) -> None:
    """Bring plant models into the graph, and say what was understood."""
    load("interfaces.cli.work.plant:import_")(files)


def replay(
    file: Annotated[Path, typer.Argument(help="A CSV file of recorded readings.", exists=True)],
    map: Annotated[Path, typer.Option("--map", help="YAML map of its columns.", exists=True)],
    speed: Annotated[str, typer.Option(help="Times as fast as it was recorded, or max.")] = "max",
) -> None:
    """Play recorded data through MQTT, with its original timestamps."""
    do_here("plant.replay", {}, file=file, map=map, pace=_speed(speed))


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise typer.BadParameter("a number above zero, or max", param_hint="--speed")
    return speed


def simulate(
    plant: Annotated[str, typer.Argument(help="A plant description, or demo.")] = "demo",
    fault: Annotated[
        list[str] | None, typer.Option(help="Something that goes wrong now: ASSET:FAULT[:SEVERITY].")
    ] = None,
    days: Annotated[float, typer.Option(help="Days of history to write first.", min=0, max=400)] = 0,
) -> None:
    """Publish a simulated plant's readings over MQTT like any devices, until Ctrl-C."""
    do_here("plant.simulate", {}, plant=plant, faults=fault or [], days=days)
