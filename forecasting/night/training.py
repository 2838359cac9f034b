"""Models of a plant's own points: chosen by their backtest, class by class, and kept in the registry."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from forecasting.plant import Measured, measured_points, read_series
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import Trained, Version
from forecasting.series import NotEnoughData, Series
from graph_schema.errors import InvalidInput
from graph_schema.store import GraphStore
from ingestion.history import History

if TYPE_CHECKING:
    from forecasting.telemetry.model import TelemetryModel

STEP_S = 3600
HORIZON = 168  # steps: a week ahead
TRAIN_DAYS = 60
_MOST_OF_A_CLASS = 100  # points that a class is learnt from; a class of thousands is sampled
_PREFIX = "telemetry/"


@dataclass(frozen=True, slots=True)
class Training:
    """The versions that were made, and why there is none for the other classes."""

    versions: tuple[Version, ...]
    left_out: Mapping[str, str]


def model_name(quantity: str) -> str:
    """The name in the registry of the model for a class of points."""
    return f"{_PREFIX}{quantity}"


async def train_telemetry(
    graph: GraphStore,
    history: History,
    registry: ModelRegistry,
    now: datetime,
    executor: Executor,
    *,
    only: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Training:
    """Train a model for each class of points (or for the ``only`` ones) and keep it: live where there is none yet, else a shadow.

    The computing is the executor's. ``progress`` gets what is being done, in words.

    Raises ``InvalidInput`` for a class that no point has, and where no class has enough history.
    """
    by_class = await classes_of_points(graph)
    unknown = sorted(set(only) - set(by_class))
    if unknown:
        known = ", ".join(sorted(by_class)) or "none yet"
        raise InvalidInput(f"No point with readings is of class {', '.join(unknown)}. Those with readings: {known}.")
    start = now - timedelta(days=TRAIN_DAYS)
    train: dict[str, list[Series]] = {}
    for quantity, points in by_class.items():
        if only and quantity not in only:
            continue
        if progress:
            progress(f"reading {quantity.replace('_', ' ')}")
        sources = [point.source for point in points[:_MOST_OF_A_CLASS]]
        train[quantity] = list((await read_series(history, sources, start, now, STEP_S)).values())
    if progress:
        progress("trying kinds of forecasts on the past")
    fitted = await asyncio.wrap_future(executor.submit(_fit, train, start, now))
    if isinstance(fitted, str):
        raise InvalidInput(f"No class of points can be forecast yet: {fitted}.")
    versions = [await registry.add(model) for model in fitted.values()]
    left_out = {quantity: _reason(train[quantity]) for quantity in train if quantity not in fitted}
    return Training(tuple(versions), left_out)


def _fit(train: Mapping[str, Sequence[Series]], start: datetime, now: datetime) -> dict[str, Trained] | str:
    """In another process: the models by class, or why there is none. Only there the libraries that fit are loaded."""
    from forecasting.telemetry.champion import fit_classes

    try:
        fitted = fit_classes(train, horizon=HORIZON)
    except NotEnoughData as error:
        return str(error)
    return {quantity: _trained(quantity, model, start, now) for quantity, model in fitted.items()}


async def classes_of_points(graph: GraphStore) -> dict[str, list[Measured]]:
    """Points with readings, by their class."""
    found: dict[str, list[Measured]] = {}
    for point in await measured_points(graph):
        found.setdefault(point.quantity, []).append(point)
    return found


def _trained(quantity: str, model: TelemetryModel, start: datetime, now: datetime) -> Trained:
    from forecasting.registry.artifacts import dumped

    chosen = next(score for score in model.scores if score.name == model.name)
    metrics = {"loss": chosen.loss, "windows": float(chosen.windows)}
    metrics |= {f"loss of {score.name}": score.loss for score in model.scores if score is not chosen}
    return Trained(model_name(quantity), model.name, start.astimezone(UTC), now.astimezone(UTC), metrics, dumped(model))


def _reason(series: Sequence[Series]) -> str:
    longest = max((one.days for one in series), default=0.0)
    return str(NotEnoughData(longest, TRAIN_DAYS / 2, "or the values never change"))
