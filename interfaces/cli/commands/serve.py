"""``plantroom demo`` and ``plantroom serve``."""

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
