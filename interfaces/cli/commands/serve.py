"""``plantroom demo``, ``plantroom serve`` and ``plantroom start``."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.lazy import load
from interfaces.cli.options import Host, Map, Port


def demo(
    port: Port = None,
    host: Host = None,
    days: Annotated[float, typer.Option(help="Days of history to begin with.", min=0.1, max=400)] = 30,
) -> None:
    """Start the demo plant: servers, a month of history, live readings, the web app."""
    load("interfaces.cli.work.serving:demo")(port, host, days)


def serve(port: Port = None, host: Host = None, map: Map = None) -> None:
    """Serve the plant: ingestion and the web app, until Ctrl-C."""
    load("interfaces.cli.work.serving:serve")(port, host, map)


def start(
    folder: Annotated[
        Path, typer.Argument(help="A folder with models, exports, order books and maps.", exists=True, file_okay=False)
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the plant afterwards.")] = True,
    timezone: Annotated[str | None, typer.Option(help="Where the clock of these files is: Europe/Berlin.")] = None,
    port: Port = None,
    host: Host = None,
) -> None:
    """Look at a folder of your own files, bring in what is understood, and serve it. Again: goes on where it was."""
    load("interfaces.cli.work.start.start:start")(folder, yes, serve, timezone, port, host)
