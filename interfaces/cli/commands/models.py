"""``plantroom models``: the versions of the plant's own models, and which of them are used."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import do, do_here
from interfaces.cli.options import AsJson

models = typer.Typer(help="Train, compare and choose the models that forecast.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of a model, as `plantroom models list` shows it.")]
Number = Annotated[int, typer.Argument(help="Number of the version.")]


@models.command()
def train(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Classes of points, or models of failures such as failure/pump and life/pump; all by default."
        ),
    ] = None,
) -> None:
    """Train models on the plant's own history: live where there is none yet, else in shadow beside the live one."""
    do_here("models.train", {}, names=names or [])


@models.command()
def register(
    name: Annotated[str, typer.Argument(help="What to call your model.")],
    class_: Annotated[
        str, typer.Option("--class", help="Class of points, such as Zone_Air_Temperature_Sensor, or all.")
    ],
    callable_: Annotated[str | None, typer.Option("--callable", help="Your function: package.module:function.")] = None,
    onnx: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="An ONNX file in its place.")] = None,
    path: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Folder of your function; else it is installed.")
    ] = None,
    horizon_h: Annotated[int, typer.Option(min=24, max=168, help="Hours that it foretells.")] = 168,
    call_s: Annotated[float, typer.Option(min=0.01, max=60, help="Seconds that one call may take.")] = 5.0,
    memory_mb: Annotated[int, typer.Option(min=128, max=65_536, help="Memory that it may have.")] = 1024,
) -> None:
    """Register a model of your own: it is tried on the plant's readings, and runs in shadow beside the live one."""
    do_here(
        "models.register", {}, name=name, class_=class_, callable_=callable_, onnx=onnx, path=path,
        horizon_h=horizon_h, call_s=call_s, memory_mb=memory_mb,
    )  # fmt: skip


@models.command()
def score(name: Annotated[str, typer.Argument(help="Name of your model.")]) -> None:
    """Measure your own model beside the live one now, on the same windows of the last weeks."""
    do_here("models.score", {}, name=name)


@models.command("list")
def list_(name: Annotated[str | None, typer.Argument(help="Only this model.")] = None) -> None:
    """Show all versions."""
    do("models.list_", name=name)


@models.command()
def compare(name: Name) -> None:
    """Set the live version and the shadows side by side: in the backtest, and on the days that all of them foretold."""
    do("models.compare", name=name)


@models.command()
def usage(days: Annotated[int, typer.Option(min=1, max=3_650, help="Days to look back.")] = 30) -> None:
    """What questions cost at the language model, by person: how many, tokens, cost and time."""
    do("models.usage", days=days)


@models.command()
def accuracy(as_json: AsJson = False) -> None:
    """How right each version of a model was, by what finished work orders found: precision, lead time, false alarms."""
    do("models.accuracy", quiet=as_json, as_json=as_json)


@models.command()
def hindsight() -> None:
    """What was told of assets (that they leave their limits, or fail, within 30 days), and what came of it."""
    do("models.hindsight")


@models.command()
def promote(name: Name, version: Number) -> None:
    """Make a shadow live, if it was better than the live version."""
    do("models.promote", name=name, version=version)


@models.command()
def rollback(name: Name) -> None:
    """Go back to the version that was live before."""
    do("models.rollback", name=name)


@models.command()
def retire(name: Name, version: Number) -> None:
    """Stop scoring a shadow."""
    do("models.retire", name=name, version=version)
