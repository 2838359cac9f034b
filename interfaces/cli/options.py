"""Options that several commands have."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Port = Annotated[int | None, typer.Option(help="Port of the web app. [default: 8420]")]
Host = Annotated[
    str | None, typer.Option(help="Address of the web app; others than this machine need users or a password.")
]
Map = Annotated[
    Path | None, typer.Option("--map", help="YAML map of the topics and payloads that devices send.", exists=True)
]
Model = Annotated[Literal["offline", "openai"] | None, typer.Option(help="The planner, instead of the settings' own.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what happens.")]
