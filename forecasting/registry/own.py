"""An engineer's own models: checked on the plant's own readings, kept as shadows, and measured beside the live model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from forecasting.jobs.training import HORIZON, STEP_S, TRAIN_DAYS, classes_of_points, model_name
from forecasting.plant_points import Measured, read_series
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import AGAINST, Trained, Version
from forecasting.series import NotEnoughData, Series
from graph_schema.errors import InvalidInput, NotFound, PlantroomError
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History

if TYPE_CHECKING:
    from forecasting.telemetry.candidates import Fitted
    from forecasting.telemetry.comparison import Comparison, Measure
    from forecasting.telemetry.model import TelemetryModel
    from forecasting.telemetry.own.model import OwnModel

OUTSIDE = "outside_air_temperature"
LIVE = "live"
_MOST_POINTS = 40  # of a class, in a backtest
_WINDOWS = 240
_TO_LEARN_FROM = 10  # points of each class from which the live kind learns anew
_BOOSTING = "boosting"


@dataclass(frozen=True, slots=True)
class Judged:
    """One class: the version that is kept, how it and the live kind did on the same windows; ``live`` None where there is none."""

    version: Version
    own: Measure
    live: Measure | None
    live_label: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of each class; for those that are left out the reason."""

    judged: tuple[Judged, ...]
    left_out: Mapping[str, str]


class _TooLittle(PlantroomError):
    """There is too little history for a backtest. Unlike ``NotEnoughData`` it can travel between processes."""


@dataclass(frozen=True, slots=True)
class _Task:
    """What is compared in another process. ``live`` is the live version's artifact; ``boosted`` the boosting kind as it was before the
    backtests, where that is the live one's kind and there was enough to learn from."""

    own: OwnModel
    series: tuple[Series, ...]
    outside: Series | None
    live: bytes | None
    boosted: Fitted | None
    horizon: int


@dataclass(slots=True)
class _Plant:
    """What the classes of one call have in common. ``boosted`` is learnt when a class first asks for it."""

    by_class: Mapping[str, Sequence[Measured]]
    outside: Series | None
    boosted: Fitted | None = None
    asked: bool = False


def regressors(own: OwnModel, outside: Series | None) -> list[Series]:
    """What the model's regressors are, in their order; NaN where there are none any more."""
    missing = Series(0, STEP_S, np.full(1, np.nan))
    return [outside if outside is not None and name == OUTSIDE else missing for name in own.regressors]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Registers and measures own models of one plant. The computing is the executor's."""

    graph: GraphStore
    history: History
    ontology: Ontology
    registry: ModelRegistry
    executor: Executor
    now: datetime
    report: Callable[[str], None]

    async def register(self, own: OwnModel, class_: str, horizon: int) -> Judgement:
        """A shadow for each class of points that ``class_`` names (a Brick class, its snake case, or ``all``).

        Raises ``InvalidInput`` with what is wrong where the model cannot be used, ``NotFound`` where no point is of such a class.
        """
        plant = await self._plant()
        if plant.outside is not None:
            own = replace(own, regressors=(OUTSIDE,))
        wanted = self._classes(class_, plant.by_class)
        judged: list[Judged] = []
        left_out: dict[str, str] = {}
        for quantity in wanted:
            self.report(f"trying {own.name} on {quantity.replace('_', ' ')}")
            try:
                task, live = await self._task(own, quantity, plant, horizon)
                made = await self._compared(task)
            except _TooLittle as error:
                left_out[quantity] = str(error)
                continue
            judged.append(await self._keep(own, quantity, made, live))
        if not judged:
            raise InvalidInput(f"{own.name} is not registered: {next(iter(left_out.values()))}.")
        return Judgement(tuple(judged), left_out)

    async def score(self, name: str) -> Judgement:
        """Measure an own model beside the live one of each of its classes, on what was read until now."""
        from forecasting.registry.artifacts import loaded

        versions = await self.registry.own(name)
        if not versions:
            raise NotFound(f"There is no own model “{name}”. `plantroom models list` shows those that exist.")
        plant = await self._plant()
        judged: list[Judged] = []
        left_out: dict[str, str] = {}
        for version in _newest(versions):
            quantity = version.name.removeprefix(model_name(""))
            self.report(f"measuring {version.label}")
            model: TelemetryModel = loaded(await self.registry.artifact(version))
            own: OwnModel = model.fitted  # pyright: ignore[reportAssignmentType]
            try:
                task, live = await self._task(own, quantity, plant, model.horizon)
                made = await self._compared(task)
            except _TooLittle as error:
                left_out[quantity] = str(error)
                continue
            except InvalidInput as error:
                left_out[quantity] = str(error)
                await self.registry.failed(version, str(error))
                continue
            await self.registry.worked(version)
            other = live if live is not None and live.version != version.version else None
            kept = await self.registry.put_metrics(version, _metrics(made, other))
            judged.append(Judged(kept, made.own, made.live, live.label if live else ""))
        return Judgement(tuple(judged), left_out)

    async def _compared(self, task: _Task) -> _Made:
        made = await asyncio.wrap_future(self.executor.submit(_judged, task))
        if isinstance(made, _TooLittle):
            raise made
        return made

    def _classes(self, class_: str, by_class: Mapping[str, Sequence[Measured]]) -> list[str]:
        if class_ == "all":
            found = sorted(by_class)
        else:
            below = {self.ontology.quantity(one) for one in self.ontology.descendants(class_)}
            found = sorted({class_, self.ontology.quantity(class_), *below} & set(by_class))
        if not found:
            known = ", ".join(sorted(by_class)) or "none yet"
            raise NotFound(f"No point with readings is of class {class_}. Those with readings: {known}.")
        return found

    async def _plant(self) -> _Plant:
        by_class = await classes_of_points(self.graph)
        outside = await self._series(by_class.get(OUTSIDE, ())[:1])
        return _Plant(by_class, outside[0] if outside else None)

    async def _boosted(self, plant: _Plant) -> Fitted | None:
        """The boosting kind learns from all classes together, so it does so once."""
        if not plant.asked:
            self.report("learning the live kind anew from what came before the backtest")
            points = [one for group in plant.by_class.values() for one in group[:_TO_LEARN_FROM]]
            series = await self._series(points)
            plant.boosted, plant.asked = await asyncio.wrap_future(self.executor.submit(_boosted, series)), True
        return plant.boosted

    async def _series(self, points: Sequence[Measured]) -> list[Series]:
        start, sources = self.now - timedelta(days=TRAIN_DAYS), [one.source for one in points]
        return list((await read_series(self.history, sources, start, self.now, STEP_S)).values()) if sources else []

    async def _task(self, own: OwnModel, quantity: str, plant: _Plant, horizon: int) -> tuple[_Task, Version | None]:
        from forecasting.telemetry.comparison import sound

        live, _ = await self.registry.running(model_name(quantity))
        try:
            series = sound(await self._series(plant.by_class.get(quantity, ())[:_MOST_POINTS]), horizon)
        except NotEnoughData as error:
            raise _TooLittle(str(error)) from error
        artifact = await self.registry.artifact(live) if live is not None else None
        boosted = await self._boosted(plant) if live is not None and live.kind == _BOOSTING else None
        return _Task(own, tuple(series), plant.outside, artifact, boosted, horizon), live

    async def _keep(self, own: OwnModel, quantity: str, made: _Made, live: Version | None) -> Judged:
        name = model_name(quantity)
        start = self.now - timedelta(days=TRAIN_DAYS)
        earlier = [one for one in await self.registry.own(own.name) if one.name == name and one.state == "shadow"]
        version = await self.registry.add(
            Trained(
                name, own.name, start.astimezone(UTC), self.now.astimezone(UTC), _metrics(made, live), made.artifact,
                own.name,
            ),
            may_lead=False,
        )  # fmt: skip
        for one in earlier:
            if one.live_since is None:  # one that was live stays there to roll back to
                await self.registry.retire(name, one.version)
        return Judged(version, made.own, made.live, live.label if live else "")


@dataclass(frozen=True, slots=True)
class _Made:
    own: Measure
    live: Measure | None
    artifact: bytes


def _newest(versions: Sequence[Version]) -> list[Version]:
    found: dict[str, Version] = {}
    for one in versions:
        if one.name not in found or one.version > found[one.name].version:
            found[one.name] = one
    return list(found.values())


def _metrics(made: _Made, live: Version | None) -> dict[str, float]:
    found = {"loss": made.own.loss, "mase": made.own.mase, "coverage": made.own.coverage}
    found["windows"] = float(made.own.windows)
    if made.live is not None and live is not None:
        found |= {AGAINST: float(live.version), "loss of the live model": made.live.loss}
    return found


def _boosted(series: Sequence[Series]) -> Fitted | None:
    """In another process: the boosting kind as it was before the backtests. None where there was too little to learn from."""
    from forecasting.telemetry.boosting import Boosting
    from forecasting.telemetry.candidates import CandidateFailed
    from forecasting.telemetry.champion import learnt_before

    try:
        return learnt_before(Boosting(), series, HORIZON)
    except (CandidateFailed, ValueError):  # no series at all has no common step either
        return None


def _judged(task: _Task) -> _Made | _TooLittle:
    """In another process: the own model and the live kind on the same windows. Raises ``InvalidInput`` where the own one fails."""
    from forecasting.registry.artifacts import dumped
    from forecasting.telemetry.comparison import compared
    from forecasting.telemetry.conformal import calibrated
    from forecasting.telemetry.model import Score, TelemetryModel
    from forecasting.telemetry.plausibility.continuity import learn_continuity

    own = task.own
    outside = regressors(own, task.outside)
    count = _affordable(own, task)
    contenders: dict[str, tuple[Fitted, Sequence[Series]]] = {own.name: (own, outside)}
    if task.live is not None and (live := _live(task)) is not None:
        contenders[LIVE] = live
    try:
        result: Comparison = compared(contenders, task.series, task.horizon, count)
    except NotEnoughData as error:
        return _TooLittle(str(error))
    if own.name in result.failures:
        raise InvalidInput(result.failures[own.name])
    measure = result.measures[own.name]
    said, tried = result.said[own.name], result.tried
    pull = learn_continuity(said, tried.windows, tried.came)
    calibration = calibrated(pull.joined(said, tried.windows), tried.came)
    scores = (Score(own.name, measure.loss, measure.windows),)
    model = TelemetryModel(own, calibration, task.horizon, STEP_S, scores, pull)
    return _Made(measure, result.measures.get(LIVE), dumped(model))


def _affordable(own: OwnModel, task: _Task) -> int:
    """How many windows a backtest takes: as many as fit into half of a batch's time. What is wrong with the model shows here first."""
    from time import perf_counter

    from forecasting.telemetry.candidates import CandidateFailed
    from forecasting.telemetry.conformal import FEWEST
    from forecasting.telemetry.windows import current

    few = list(task.series[:3])
    outside = regressors(own, task.outside)
    seen = current(few, task.horizon, [outside] * len(few) if outside else None)
    try:
        with own.calls() as calls:
            began = perf_counter()
            for row in range(len(seen)):
                calls.forecast(own.history(seen, row), task.horizon)
            each = (perf_counter() - began) / len(seen)
    except CandidateFailed as error:
        raise InvalidInput(str(error)) from error
    count = min(_WINDOWS, int(own.limits.batch_s / 2 / max(each, 1e-6)))
    if count < 2 * FEWEST:
        raise InvalidInput(
            f"{own.name}: a call takes {each:.2g} s; {2 * FEWEST} calls have to fit into {own.limits.batch_s / 2:g} s."
        )
    return count


def _live(task: _Task) -> tuple[Fitted, Sequence[Series]] | None:
    """The live model's kind, as it would have been before the backtest began: what it learnt from later must not help it.

    None where there was too little to learn from by then.
    """
    from forecasting.registry.artifacts import loaded
    from forecasting.telemetry.own.model import OwnModel

    assert task.live is not None
    fitted = loaded(task.live).fitted
    if fitted.name == _BOOSTING:
        return (task.boosted, ()) if task.boosted is not None else None
    return fitted, regressors(fitted, task.outside) if isinstance(fitted, OwnModel) else ()
