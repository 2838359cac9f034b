"""``plantroom read``: devices that know no broker, read and published for."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import EXIT_MISUSED, do_here
from interfaces.cli.lazy import PlainGroup

_LAST_INSTANCE = 4_194_302

MapFile = Annotated[Path, typer.Argument(help="YAML map of what to read.", exists=True, dir_okay=False)]
Once = Annotated[bool, typer.Option("--once", help="Read everything once, publish it and end.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read everything once, show it, and publish nothing.")]

read = typer.Typer(
    help="Read devices that know no broker, and publish for them; nothing is written to a device.", cls=PlainGroup
)


@read.callback()
def _read() -> None:  # pyright: ignore[reportUnusedFunction]
    pass


@read.command()
def modbus(map: MapFile, once: Once = False, dry_run: DryRun = False) -> None:
    """Read registers over Modbus TCP by a map and publish their values, until Ctrl-C."""
    do_here("readers.modbus", {}, map=map, once=once, dry_run=dry_run)


@read.command()
def bacnet(
    map: Annotated[Path | None, typer.Argument(help="YAML map of what to read.", exists=True, dir_okay=False)] = None,
    once: Once = False,
    dry_run: DryRun = False,
    discover: Annotated[bool, typer.Option("--discover", help="Show what answers, and propose a map of it.")] = False,
    instances: Annotated[str, typer.Option("--range", help="Numbers of the devices to look for.")] = "0-4194302",
    address: Annotated[
        list[str] | None,
        typer.Option(help="Ask this address alone, such as 192.168.10.40; may be given several times."),
    ] = None,
    interface: Annotated[
        str | None, typer.Option(help="Our address with its network, such as 192.168.10.5/24 or …/24:47809.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Of the devices' clocks, for trend logs.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A new file to write the map to.")] = None,
) -> None:
    """Find BACnet/IP devices, or read those of a map and publish their values, until Ctrl-C."""
    if discover == (map is not None):
        typer.echo("Name a map to read by, or --discover what there is.", err=True)
        raise typer.Exit(EXIT_MISUSED)
    if output and output.exists():
        raise typer.BadParameter(f"there is a file {output} already; it stays as it is", param_hint="--output")
    if discover:
        low, high = _range(instances)
        do_here(
            "readers.discover", {}, low=low, high=high, addresses=address or [], interface=interface, timezone=timezone,
            output=str(output) if output else None,
        )  # fmt: skip
    else:
        do_here("readers.bacnet", {}, map=map, once=once, dry_run=dry_run, interface=interface)


def _range(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if not (low.isdecimal() and (high or low).isdecimal() and int(low) <= int(high or low) <= _LAST_INSTANCE):
        raise typer.BadParameter(f"such as 1000-1999, at most {_LAST_INSTANCE}", param_hint="--range")
    return int(low), int(high or low)
