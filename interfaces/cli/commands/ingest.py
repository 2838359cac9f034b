"""``plantroom ingest`` and ``plantroom bridge``."""

from typing import Annotated

import typer

from interfaces.cli.lazy import load
from interfaces.cli.options import Map, Verbose


def ingest(
    map: Map = None,
    metrics_port: Annotated[
        int | None, typer.Option(help="Port of this machine alone for /metrics.", min=0, max=65535)
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Write what arrives over MQTT, or from Kafka, to history and to the graph, until Ctrl-C."""
    load("interfaces.cli.work.ingesting:ingest")(map, metrics_port, verbose)


def bridge(map: Map = None, verbose: Verbose = False) -> None:
    """Forward what arrives over MQTT to Kafka, for any number of ingest commands, until Ctrl-C."""
    load("interfaces.cli.work.ingesting:bridge")(map, verbose)
