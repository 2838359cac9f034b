"""``plantroom models``: the versions of the plant's own models, and which of them are used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from interfaces.progress import Report

if TYPE_CHECKING:
    from forecasting.jobs.forecast_verification import Band
    from forecasting.registry.store import ModelRegistry
    from forecasting.registry.versions import Version
    from interfaces.app.composition import App

models = typer.Typer(help="Train, compare and choose the models that forecast.", no_args_is_help=True)
out = Console(highlight=False)

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

    async def work(app: App, registry: ModelRegistry, report: Report) -> None:
        from forecasting.jobs.executors import open_executor
        from forecasting.jobs.failure_forecasts import FAILURE, LIFE, train_failures
        from forecasting.jobs.training import train_telemetry

        now, wanted = app.clock(), names or []
        of_failures = [one for one in wanted if one.startswith((FAILURE, LIFE))]
        of_points = [one for one in wanted if one not in of_failures]
        with open_executor(app.settings.forecast_processes, app.settings.dask_url) as (executor, width):
            if of_failures or not wanted:
                learnt = await train_failures(
                    app.graph, app.history, app.ontology, registry, now, executor,
                    only=of_failures, every=True, progress=report,
                )  # fmt: skip
                _show_trained(learnt.versions, learnt.left_out)
            if of_points or not wanted:
                done = await train_telemetry(
                    app.graph, app.history, registry, now, executor, width, only=of_points, progress=report
                )
                _show_trained(done.versions, done.left_out)

    _with_registry(work)


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

    async def work(app: App, registry: ModelRegistry, report: Report) -> None:
        from forecasting.telemetry.own.checking import started
        from interfaces.cli.own_models import prepared, print_judgement, workshop

        own = prepared(name, callable_, onnx, path, call_s, memory_mb)
        whole = await started(own)
        out.print(f"“{escape(name)}” runs {escape(whole.origin)}, SHA-256 {whole.checksum}.")
        with workshop(app, registry, report) as shop:
            print_judgement(out, await shop.register(whole, class_, horizon_h), name)

    _with_registry(work)


@models.command()
def score(name: Annotated[str, typer.Argument(help="Name of your model.")]) -> None:
    """Measure your own model beside the live one now, on the same windows of the last weeks."""

    async def work(app: App, registry: ModelRegistry, report: Report) -> None:
        from interfaces.cli.own_models import print_judgement, workshop

        with workshop(app, registry, report) as shop:
            print_judgement(out, await shop.score(name), name)

    _with_registry(work)


@models.command("list")
def list_(name: Annotated[str | None, typer.Argument(help="Only this model.")] = None) -> None:
    """Show all versions."""

    async def work(app: App, registry: ModelRegistry, report: Report) -> None:
        versions = await registry.versions(name)
        if not versions:
            out.print("There are no models yet: `plantroom models train` makes them.")
            return
        _show(versions)

    _with_registry(work)


@models.command()
def compare(name: Name) -> None:
    """Set the live version and the shadows side by side: in the backtest, and on the days that all of them foretold."""

    async def work(app: App, registry: ModelRegistry, report: Report) -> None:
        live, shadows = await registry.running(name)
        scores = await registry.scores(name)
        table = Table(
            "version",
            "state",
            "kind",
            "loss in the backtest",
            "days",
            "loss since",
            "live one's then",
            "80% interval holds",
        )
        for one in [*([live] if live else []), *shadows]:
            score = scores.get(one.version)
            table.add_row(
                str(one.version), one.state, one.kind, _number(one.metrics.get("loss")),
                str(score.days) if score else "–", _number(score.loss if score else None), _number(score.live_loss if score else None),
                f"{score.coverage:.0%}" if score and score.coverage is not None else "–",
            )  # fmt: skip
        out.print(table)
        out.print(f"A loss is a share of what {_naive(name)} loses: less is better.")

    _with_registry(work)


@models.command("hindsight")
def hindsight_() -> None:
    """What was told of things (that they leave their limits, or fail, within 30 days), and what came of it."""

    async def work(app: App, registry: ModelRegistry, report: Report) -> None:
        from forecasting.jobs.forecast_verification import hindsight

        bands, first = await hindsight(app.history)
        over = [one for one in bands if one.things > one.open]
        if over:
            _show_hindsight(over)
        elif first is not None:
            out.print(
                f"Nothing can be looked back on yet: the time of the first forecasts is over on {first:%d %B %Y}."
            )
        else:
            out.print(
                "Nothing was told yet: a served plant looks ahead every night, and at once with `plantroom forecast`."
            )

    _with_registry(work)


@models.command()
def promote(name: Name, version: Number) -> None:
    """Make a shadow live, if it was better than the live version."""

    async def work(app: App, registry: ModelRegistry, report: Report) -> None:
        out.print(f"[green]✓[/] {(await registry.promote(name, version)).label} is live.")

    _with_registry(work)


@models.command()
def rollback(name: Name) -> None:
    """Go back to the version that was live before."""

    async def work(app: App, registry: ModelRegistry, report: Report) -> None:
        out.print(f"[green]✓[/] {(await registry.rollback(name)).label} is live again.")

    _with_registry(work)


@models.command()
def retire(name: Name, version: Number) -> None:
    """Stop scoring a shadow."""

    async def work(app: App, registry: ModelRegistry, report: Report) -> None:
        out.print(f"[green]✓[/] {(await registry.retire(name, version)).label} is retired.")

    _with_registry(work)


def _with_registry(act: Callable[[App, ModelRegistry, Report], Awaitable[None]]) -> None:
    from interfaces.cli.main import run, settings_with

    settings = settings_with()

    async def work(report: Report) -> None:
        from forecasting.registry.store import ModelRegistry
        from interfaces.app.composition import open_app

        async with open_app(settings, report) as app:
            await act(app, ModelRegistry(app.history), report)

    run(work)


def _show_trained(versions: Sequence[Version], left_out: Mapping[str, str]) -> None:
    if versions:
        _show(list(versions))
    for name, reason in sorted(left_out.items()):
        out.print(f"[yellow]left out:[/] {name}: {reason}")


def _show(versions: list[Version]) -> None:
    table = Table("model", "version", "state", "kind", "loss", "windows", "data until", "made with")
    for one in versions:
        table.add_row(
            one.name, str(one.version), one.state, f"{one.kind} (own)" if one.own else one.kind,
            _number(one.metrics.get("loss")), f"{one.metrics.get('windows', 0):.0f}",
            f"{one.data_to:%Y-%m-%d %H:%M}", one.code_version,
        )  # fmt: skip
    out.print(table)
    for one in versions:
        if one.failure:
            at = f", {one.failed_at:%Y-%m-%d %H:%M}" if one.failed_at else ""
            out.print(f"[yellow]skipped:[/] {escape(f'{one.label}{at}: {one.failure}')}")


_WHAT = {"limits": "leaves its limits", "failure": "fails"}


def _show_hindsight(bands: Sequence[Band]) -> None:
    table = Table(
        "within 30 days",
        "told",
        "times",
        "came",
        "stayed away",
        "told on average",
        "came on average",
        "mended",
        "not known",
    )
    for one in bands:
        settled = one.came + one.stayed_away
        told = "something is wrong" if one.flagged else "sound"
        table.add_row(
            _WHAT[one.what],
            told if one.low is None or one.high is None else f"{one.low:.0%} to {one.high:.0%}",
            str(one.things - one.open), str(one.came), str(one.stayed_away),
            "–" if one.told is None else f"{one.told:.0%}", f"{one.came / settled:.0%}" if settled else "–",
            str(one.mended), str(one.not_known),
        )  # fmt: skip
    out.print(table)
    out.print(
        "Mended: flagged, and maintained as planned before it came. Where the two averages agree, probabilities can be taken at their word."
    )


def _naive(name: str) -> str:
    """What a model of that name has to be better than."""
    if name.startswith("failure/"):
        return "telling how often things of that kind fail"
    return "telling the mean life left" if name.startswith("life/") else "repeating the day before"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
