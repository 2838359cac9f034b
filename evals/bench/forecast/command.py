"""``plantroom bench forecast``: figures on public data, beside what they have to reach."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from evals.bench.forecast.targets import TARGETS

bench = typer.Typer(help="Measure forecasts on public data.", no_args_is_help=True)

# Each module has run(folder) and says in its docstring how the data are split.
PARTS = ("cmapss", "ai4i", "skab", "nab", "m4", "ett", "lbnl", "cwru", "azure", "demo-faults", "demo-young", "fleet")
_NEED_NO_DATA = {"demo-faults", "demo-young", "fleet"}


@bench.callback()
def _group() -> None:
    """Measure forecasts on public data."""


@bench.command()
def forecast(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder with the public data sets; docs/engineers/forecasts.md says where to get them."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help=f"Parts to run: {', '.join(PARTS)}.")] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = Path("build/bench/forecast.json"),
) -> None:
    """Forecasts, failure models and anomaly detectors on public data."""
    console = Console()
    parts = _chosen(only)
    if data is None and (needing := [part for part in parts if part not in _NEED_NO_DATA]):
        raise typer.BadParameter(f"{', '.join(needing)} need the public data: name their folder with --data")
    figures: dict[str, float] = {}
    missing: list[str] = []
    for part in parts:
        began = monotonic()
        with console.status(f"{part} …"):
            try:
                found = import_module(f"evals.bench.forecast.{part.replace('-', '_')}").run(data or Path())
            except FileNotFoundError as error:
                missing.append(f"{part}: {error.filename} is not there")
                continue
        figures |= {key: value for key, value in found.items() if value is not None}
        console.print(f"{part}: {monotonic() - began:.0f} s")
        # After each part: a later one that fails must not cost what took long.
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    console.print(_table(figures))
    for line in missing:
        console.print(f"[yellow]not run:[/] {line}")
    if figures:
        console.print(f"Written to {out}")
    if missing and not figures:
        raise typer.Exit(1)


def _chosen(only: Sequence[str] | None) -> Sequence[str]:
    unknown = sorted(set(only or ()) - set(PARTS))
    if unknown:
        raise typer.BadParameter(f"there is no part {', '.join(unknown)}; the parts are {', '.join(PARTS)}")
    return [part for part in PARTS if part in only] if only else PARTS


def _table(figures: Mapping[str, float]) -> Table:
    table = Table("figure", "value", "target", "", title="Forecasts on public data")
    known = {target.key for target in TARGETS}
    for target in TARGETS:
        if target.key in figures:
            value = figures[target.key]
            table.add_row(
                target.title,
                f"{value:.3f}",
                target.words,
                "[green]reached[/]" if target.met(value) else "[red]missed[/]",
            )
    for key, value in figures.items():
        if key not in known:
            table.add_row(key.replace("_", " "), f"{value:.3f}", "", "")
    return table
