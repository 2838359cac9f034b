"""What ``plantroom models register`` and ``score`` say of an engineer's own model."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forecasting.jobs.executors import open_executor
from forecasting.registry.own import Judged, Judgement, Workshop
from forecasting.registry.store import ModelRegistry
from forecasting.telemetry.comparison import Measure
from forecasting.telemetry.own.calls import Limits
from forecasting.telemetry.own.model import OwnModel
from graph_schema.errors import InvalidInput
from interfaces.app.composition import App
from interfaces.progress import Report

_LARGEST_GRAPH = 100 << 20


def prepared(
    name: str, callable_: str | None, onnx: Path | None, path: Path | None, call_s: float, memory_mb: int
) -> OwnModel:
    """The model that the command line names. Raises ``InvalidInput`` where it names none, or two."""
    limits = Limits(call_s=call_s, memory_mb=memory_mb)
    if (callable_ is None) == (onnx is None):
        raise InvalidInput("Give either --callable package.module:function or --onnx FILE.")
    if onnx is not None:
        if find_spec("onnxruntime") is None:
            raise InvalidInput("onnxruntime is not installed here: `pip install plantroom[onnx]`.")
        if onnx.stat().st_size > _LARGEST_GRAPH:
            raise InvalidInput(f"{onnx} is larger than {_LARGEST_GRAPH >> 20} MB.")
        return OwnModel(name, "", graph=onnx.read_bytes(), limits=limits)
    assert callable_ is not None
    module, colon, function = callable_.partition(":")
    if not (colon and module and function):
        raise InvalidInput(f"--callable {callable_} has to be package.module:function.")
    return OwnModel(name, "", callable_, str(path.resolve()) if path else "", limits=limits)


@contextmanager
def workshop(app: App, registry: ModelRegistry, report: Report) -> Generator[Workshop]:
    """Where own models are tried, with a process that computes."""
    with open_executor(1, app.settings.dask_url) as (executor, _):
        yield Workshop(app.graph, app.history, app.ontology, registry, executor, app.clock(), report)


def print_judgement(console: Console, judgement: Judgement, name: str) -> None:
    """A table for each class, and what to do next."""
    for one in judgement.judged:
        _print_judged(console, one)
    for quantity, reason in judgement.left_out.items():
        console.print(f"[yellow]left out:[/] {escape(f'{quantity}: {reason}')}")
    if judgement.judged:
        console.print(
            "A loss (pinball) and a MASE are in units of the change from day to day: less is better. "
            f"`plantroom models score {escape(name)}` measures anew."
        )


def _print_judged(console: Console, one: Judged) -> None:
    version = one.version
    table = Table("on the same windows", "loss", "MASE", "80% interval holds", "windows", "seconds")
    _add(table, f"{version.kind}, v{version.version}, {version.state}", one.own)
    if one.live is not None:
        _add(table, f"{one.live_label.rpartition(' ')[2]}, live, learnt anew from what came before", one.live)
    console.print(
        f"[green]✓[/] {escape(version.label)} is {'in shadow' if version.state == 'shadow' else version.state}"
    )
    console.print(table)
    if one.live is None:
        console.print("There is no live model of this class to compare with: `plantroom models train` makes one.")
    elif version.state == "shadow":
        console.print(_advice(one))


def _advice(one: Judged) -> str:
    assert one.live is not None
    model, number = one.version.name, one.version.version
    if one.own.loss < one.live.loss:
        return f"It loses {1 - one.own.loss / one.live.loss:.1%} less: `plantroom models promote {model} {number}` makes it live."
    return (
        f"It loses {one.own.loss / one.live.loss - 1:.1%} more than the live one, and cannot be promoted yet. "
        f"It runs in shadow; `plantroom models retire {model} {number}` ends that."
    )


def _add(table: Table, label: str, measure: Measure) -> None:
    table.add_row(
        escape(label), f"{measure.loss:.3f}", f"{measure.mase:.3f}", f"{measure.coverage:.0%}",
        str(measure.windows), f"{measure.seconds:.1f}",
    )  # fmt: skip
