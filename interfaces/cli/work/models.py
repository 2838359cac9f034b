"""``plantroom models``: the versions of the plant's own models, and which of them are used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forecasting.jobs import forecast_verification
from forecasting.jobs.executors import open_executor
from forecasting.jobs.failure_forecasts import FAILURE, LIFE, train_failures
from forecasting.jobs.forecast_verification import Band
from forecasting.jobs.training import train_telemetry
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import Version
from forecasting.telemetry.own.checking import started
from forecasting.verification.found import accuracy as found_accuracy
from interfaces.app.composition import usage_of
from interfaces.cli.work.own_models import prepared, print_judgement, workshop
from interfaces.local.operation import Desk, operation


def _registry(desk: Desk) -> ModelRegistry:
    return ModelRegistry(desk.app.history)


@operation(served=False)
async def train(desk: Desk, names: Sequence[str]) -> None:
    app, registry, now = desk.app, _registry(desk), desk.app.clock()
    of_failures = [one for one in names if one.startswith((FAILURE, LIFE))]
    of_points = [one for one in names if one not in of_failures]
    with open_executor(app.settings.forecast_processes, app.settings.dask_url) as (executor, width):
        if of_failures or not names:
            learnt = await train_failures(
                app.graph, app.history, app.ontology, registry, now, executor,
                only=of_failures, every=True, progress=desk.report,
            )  # fmt: skip
            _show_trained(desk.out, learnt.versions, learnt.left_out)
        if of_points or not names:
            done = await train_telemetry(
                app.graph, app.history, registry, now, executor, width, only=of_points, progress=desk.report
            )
            _show_trained(desk.out, done.versions, done.left_out)


@operation(served=False)
async def register(
    desk: Desk,
    name: str,
    class_: str,
    callable_: str | None,
    onnx: Path | None,
    path: Path | None,
    horizon_h: int,
    call_s: float,
    memory_mb: int,
) -> None:
    whole = await started(prepared(name, callable_, onnx, path, call_s, memory_mb))
    desk.out.print(f"“{escape(name)}” runs {escape(whole.origin)}, SHA-256 {whole.checksum}.")
    with workshop(desk.app, _registry(desk), desk.report) as shop:
        print_judgement(desk.out, await shop.register(whole, class_, horizon_h), name)


@operation(served=False)
async def score(desk: Desk, name: str) -> None:
    with workshop(desk.app, _registry(desk), desk.report) as shop:
        print_judgement(desk.out, await shop.score(name), name)


@operation()
async def list_(desk: Desk, name: str | None) -> None:
    if versions := await _registry(desk).versions(name):
        _show(desk.out, versions)
    else:
        desk.out.print("There are no models yet: `plantroom models train` makes them.")


@operation()
async def compare(desk: Desk, name: str) -> None:
    registry = _registry(desk)
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
    desk.out.print(table)
    desk.out.print(f"A loss is a share of what {_naive(name)} loses: less is better.")


@operation()
async def accuracy(desk: Desk, as_json: bool) -> None:
    found = await found_accuracy(desk.app.history)
    if as_json:
        desk.write(json.dumps([{**asdict(one), "precision": one.precision} for one in found]))
        return
    if not found:
        desk.out.print(
            "Nothing was flagged yet: a served plant looks ahead every night, and at once with `plantroom forecast`."
        )
        return
    table = Table(
        "model",
        "flagged",
        "came",
        "mended",
        "false alarms",
        "stayed away",
        "open",
        "missed",
        "precision",
        "lead",
        box=None,
        pad_edge=False,
    )
    for one in found:
        counts = (one.findings, one.came, one.mended, one.false_alarms, one.stayed_away, one.open, one.missed)
        precision = "–" if one.precision is None else f"{one.precision:.0%}"
        lead = "–" if one.lead_days is None else f"{one.lead_days:.1f} days"
        table.add_row(escape(one.model), *map(str, counts), precision, lead)
    desk.out.print(table)


@operation()
async def hindsight(desk: Desk) -> None:
    bands, first = await forecast_verification.hindsight(desk.app.history)
    over = [one for one in bands if one.assets > one.open]
    if over:
        _show_hindsight(desk.out, over)
    elif first is not None:
        desk.out.print(
            f"Nothing can be looked back on yet: the time of the first forecasts is over on {first:%d %B %Y}."
        )
    else:
        desk.out.print(
            "Nothing was told yet: a served plant looks ahead every night, and at once with `plantroom forecast`."
        )


@operation()
async def promote(desk: Desk, name: str, version: int) -> None:
    desk.out.print(f"[green]✓[/] {(await _registry(desk).promote(name, version)).label} is live.")


@operation()
async def rollback(desk: Desk, name: str) -> None:
    desk.out.print(f"[green]✓[/] {(await _registry(desk).rollback(name)).label} is live again.")


@operation()
async def retire(desk: Desk, name: str, version: int) -> None:
    desk.out.print(f"[green]✓[/] {(await _registry(desk).retire(name, version)).label} is retired.")


@operation()
async def usage(desk: Desk, days: int) -> None:
    since = desk.app.clock() - timedelta(days=days)
    found = await usage_of(desk.app.settings, desk.app.history).by_person(since)
    if not found:
        desk.out.print(f"Nobody asked a language model in the last {days} days.")
        return
    table = Table("person", "model", "questions", "tokens in", "tokens out", "cost", "seconds each")
    for one in found:
        table.add_row(
            escape(one.person), escape(one.model), f"{one.questions:,}", f"{one.input_tokens:,}", f"{one.output_tokens:,}",
            "not known" if one.cost is None else f"{one.cost:,.2f}", f"{one.ms / one.questions / 1000:.1f}",
        )  # fmt: skip
    desk.out.print(table)


def _show_trained(out: Console, versions: Sequence[Version], left_out: Mapping[str, str]) -> None:
    if versions:
        _show(out, list(versions))
    for name, reason in sorted(left_out.items()):
        out.print(f"[yellow]left out:[/] {name}: {reason}")


def _show(out: Console, versions: list[Version]) -> None:
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


def _show_hindsight(out: Console, bands: Sequence[Band]) -> None:
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
            str(one.assets - one.open), str(one.came), str(one.stayed_away),
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
        return "telling how often assets of that kind fail"
    return "telling the mean life left" if name.startswith("life/") else "repeating the day before"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
