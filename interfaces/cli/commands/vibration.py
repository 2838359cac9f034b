"""``plantroom vibration``."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.lazy import load


def vibration(
    file: Annotated[
        Path, typer.Argument(help="Raw acceleration: .wav, .csv, .npy, .npz or .mat.", exists=True, dir_okay=False)
    ],
    speed: Annotated[float, typer.Option(help="Revolutions of the shaft per minute while it was recorded.", min=1)],
    bearing: Annotated[
        str,
        typer.Option(
            help="6203 or 6205, or its rolling elements, their diameter and the pitch diameter in mm: 9,7.94,39.04; with the angle of contact in degrees if it has one."
        ),
    ],
    rate: Annotated[
        float | None, typer.Option(help="Samples per second; a WAV file says it itself.", min=1, show_default=False)
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="Which of several: the heading or number of a column, the name of an array.")
    ] = None,
    band: Annotated[
        str | None,
        typer.Option(
            help="Where the structure rings, in Hz: 2000-4000. [default: an octave up to a third of the rate]"
        ),
    ] = None,
    asset: Annotated[str, typer.Option(help="What to call the machine.")] = "The machine",
    chart: Annotated[
        Path | None, typer.Option(help="Draw the spectrum into this file: .svg, .png or .pdf.", dir_okay=False)
    ] = None,
) -> None:
    """Look for a bearing defect in a recording of acceleration: a second or more at several kilohertz."""
    load("interfaces.cli.work.vibration:judge")(file, speed, bearing, rate, channel, band, asset, chart)
