"""Models of a plant's own points: chosen by their backtest, class by class, and kept in the registry."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from forecasting.plant_points import Measured, measured_points, read_series
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import ENOUGH_DAYS, NotBetter, Trained, Version
from forecasting.series import NotEnoughData, Series
from forecasting.telemetry.comparison import sound
from graph_schema.errors import InvalidInput, PlantroomError
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History

if TYPE_CHECKING:
    from forecasting.telemetry.champion import Learnt, Settings
    from forecasting.telemetry.model import TelemetryModel

STEP_S = 3600
HORIZON = 168  # steps: a week ahead
TRAIN_DAYS = 60
_MOST_OF_A_CLASS = 100  # points that a class is learnt from; a class of thousands is sampled
_WINDOWS = 300  # of a class's backtest; twice as many change the loss a week ahead by less than half a percent
_OF_OTHERS = 6  # points of each class that is not trained now, for what all have in common
_MOST_SHADOWS = 2  # trained ones of a class, while nights are too few to decide between them
_NEVER = datetime.min.replace(tzinfo=UTC)
_PREFIX = "telemetry/"
PLAIN = "plain kinds alone"
_PLAIN_WINDOWS = 120


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
    width: int,
    *,
    only: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Training:
    """Train a model for each class of points (or for the ``only`` ones) and keep it: live where there is none yet, else a shadow.

    The computing is the executor's, of ``width`` classes at once. ``progress`` gets what is being done, in words.

    Raises ``InvalidInput`` for a class that no point has, and where no class has enough history.
    """
    by_class = await classes_of_points(graph)
    unknown = sorted(set(only) - set(by_class))
    if unknown:
        known = ", ".join(sorted(by_class)) or "none yet"
        raise InvalidInput(f"No point with readings is of class {', '.join(unknown)}. Those with readings: {known}.")
    classes = [quantity for quantity in by_class if not only or quantity in only]
    made = await _Training(history, registry, now, executor, width, progress).train(by_class, classes)
    if not made.versions:
        raise InvalidInput(
            f"No class of points can be forecast yet: {next(iter(made.left_out.values()), 'no points')}."
        )
    return made


async def train_what_is_due(
    graph: GraphStore,
    history: History,
    registry: ModelRegistry,
    now: datetime,
    executor: Executor,
    width: int,
    *,
    after: timedelta | None,
    most_s: float,
    plain: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Training:
    """Train the classes whose last training is longer ago than ``after`` (None: that had none), the oldest first, for ``most_s`` seconds.

    A trained version that has been a shadow for a week side by side takes over if it lost less, and is retired otherwise, so that
    there is room for the next. What there was no time for is due again the next night; own models are left alone. With ``plain`` the kinds
    that need no learning are tried alone, in seconds; a class with none but such a model is due the next night.
    """
    by_class = await classes_of_points(graph)
    ages: list[tuple[datetime, str]] = []
    for quantity in by_class:
        versions = [one for one in await registry.versions(model_name(quantity)) if one.own is None]
        if not plain:
            versions = [one for one in versions if PLAIN not in one.metrics]
        last = max((one.data_to for one in versions), default=_NEVER)
        if last == _NEVER or (after is not None and last <= now - after):
            ages.append((last, quantity))
            await _settle(registry, versions)
    training = _Training(history, registry, now, executor, width, progress, perf_counter() + most_s, plain)
    return await training.train(by_class, [quantity for _, quantity in sorted(ages)])


async def _settle(registry: ModelRegistry, versions: Sequence[Version]) -> None:
    """Of the trained shadows of one model that were never live: take over, or make room."""
    shadows = [one for one in versions if one.state == "shadow" and one.live_since is None]
    scores = await registry.scores(versions[0].name) if shadows else {}
    for one in shadows:
        score = scores.get(one.version)
        if score is None or score.days < ENOUGH_DAYS:
            continue
        try:
            await registry.promote(one.name, one.version)
        except NotBetter:
            await registry.retire(one.name, one.version)
    for one in shadows[_MOST_SHADOWS:]:  # the newest come first
        if (await registry.version(one.name, one.version)).state == "shadow":
            await registry.retire(one.name, one.version)


@dataclass(frozen=True, slots=True)
class _Training:
    """One piece of work in which models of classes are made, until ``until`` on the performance counter."""

    history: History
    registry: ModelRegistry
    now: datetime
    executor: Executor
    width: int
    progress: Callable[[str], None] | None = None
    until: float = float("inf")
    plain: bool = False

    async def train(self, by_class: Mapping[str, Sequence[Measured]], classes: Sequence[str]) -> Training:
        """Each model is kept as soon as it is made, so an interruption costs one class."""
        train: dict[str, list[Series]] = {}
        left_out: dict[str, str] = {}
        for quantity in classes:
            self._tell(f"reading {quantity.replace('_', ' ')}")
            series = await self._series(by_class[quantity][:_MOST_OF_A_CLASS])
            try:
                train[quantity] = sound(series, HORIZON)
            except NotEnoughData as error:
                left_out[quantity] = str(error)
        if not train:
            return Training((), left_out)
        others = [
            one for quantity, points in by_class.items() if quantity not in classes for one in points[:_OF_OTHERS]
        ]
        learn_from = [one for series in train.values() for one in series] + await self._series(others)
        self._tell("learning from all classes together")
        learnt = await asyncio.wrap_future(self.executor.submit(_learn, learn_from, self.plain))
        made: dict[str, Version | str] = {}
        gate = asyncio.Semaphore(self.width)

        async def one(quantity: str) -> None:
            async with gate:
                if perf_counter() < self.until:
                    made[quantity] = await self._made(learnt, quantity, train[quantity])

        try:
            async with asyncio.TaskGroup() as group:
                for quantity in train:
                    group.create_task(one(quantity))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        in_order = [(quantity, made[quantity]) for quantity in train if quantity in made]
        left_out |= {quantity: one for quantity, one in in_order if isinstance(one, str)}
        return Training(tuple(one for _, one in in_order if not isinstance(one, str)), left_out)

    async def _made(self, learnt: Learnt, quantity: str, series: Sequence[Series]) -> Version | str:
        self._tell(f"trying kinds of forecasts on the past of {quantity.replace('_', ' ')}")
        task = (learnt, quantity, series, self.now - timedelta(days=TRAIN_DAYS), self.now, self.plain)
        made = await asyncio.wrap_future(self.executor.submit(_choose, *task))
        return made if isinstance(made, str) else await self.registry.add(made)

    async def _series(self, points: Sequence[Measured]) -> list[Series]:
        start = self.now - timedelta(days=TRAIN_DAYS)
        sources = [point.source for point in points]
        return list((await read_series(self.history, sources, start, self.now, STEP_S)).values()) if sources else []

    def _tell(self, sentence: str) -> None:
        if self.progress:
            self.progress(sentence)


def _learn(series: Sequence[Series], plain: bool) -> Learnt:
    """In another process. Only there the libraries that fit are loaded."""
    from forecasting.telemetry.champion import learn

    return learn(series, horizon=HORIZON, settings=_settings(plain))


def _settings(plain: bool) -> Settings:
    from forecasting.telemetry.champion import CANDIDATES, PLAIN_CANDIDATES, Settings

    return Settings(PLAIN_CANDIDATES if plain else CANDIDATES, windows=_PLAIN_WINDOWS if plain else _WINDOWS)


def _choose(
    learnt: Learnt, quantity: str, series: Sequence[Series], start: datetime, now: datetime, plain: bool
) -> Trained | str:
    """In another process: the model of a class, or why there is none."""
    from forecasting.telemetry.champion import choose

    try:
        model = choose(learnt, series, horizon=HORIZON, settings=_settings(plain))
    except PlantroomError as error:
        return str(error)
    return _trained(quantity, model, start, now, plain)


async def classes_of_points(graph: GraphStore) -> dict[str, list[Measured]]:
    """Points with readings, by their class."""
    found: dict[str, list[Measured]] = {}
    for point in await measured_points(graph):
        found.setdefault(point.quantity, []).append(point)
    return found


def _trained(quantity: str, model: TelemetryModel, start: datetime, now: datetime, plain: bool) -> Trained:
    from forecasting.registry.artifacts import dumped

    chosen = next(score for score in model.scores if score.name == model.name)
    metrics = {"loss": chosen.loss, "windows": float(chosen.windows)}
    metrics |= {f"loss of {score.name}": score.loss for score in model.scores if score is not chosen}
    if plain:
        metrics[PLAIN] = 1.0
    return Trained(model_name(quantity), model.name, start.astimezone(UTC), now.astimezone(UTC), metrics, dumped(model))
