"""Models of failures for each kind of equipment, and how likely each asset is to fail: what a night makes of work orders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from forecasting.failure_forecast import Failing, drop_failing, put_failing
from forecasting.failures.histories import days_of
from forecasting.failures.minimum_data import NEED_FAILURES, TooFewFailures
from forecasting.failures.moments import HORIZON_DAYS
from forecasting.failures.windows import Watched
from forecasting.jobs.failure_records import Record, read_record, watched
from forecasting.jobs.runs import Outcome, RunLog, Work, run_units
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import NotBetter, Trained, Version
from forecasting.series import NotEnoughData
from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History

if TYPE_CHECKING:
    from forecasting.failures.life.run_to_failure import Lives
    from forecasting.failures.model_selection import Chosen, FailingModel

FAILURE, LIFE = "failure/", "life/"
_THINGS_IN_A_UNIT = 250
_OLD_RECORD = timedelta(days=60)
_TOO_FAR = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class FailuresLearnt:
    """The versions that were made, and why there is no model of the other kinds of equipment, by the name that it would have."""

    versions: tuple[Version, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class FailuresForetold:
    """How a run went: assets with a probability, assets of which it cannot be told, why not, and the units that failed, in words."""

    told: int = 0
    cannot_tell: int = 0
    why: str | None = None
    failures: tuple[str, ...] = ()


async def train_failures(
    graph: GraphStore,
    history: History,
    ontology: Ontology,
    registry: ModelRegistry,
    now: datetime,
    executor: Executor,
    *,
    only: Sequence[str] = (),
    every: bool = False,
    progress: Callable[[str], None] | None = None,
) -> FailuresLearnt:
    """Train models of the kinds of equipment of which eight failures are known, where eight more are known than the newest version
    learnt from; with ``every``, whether or not.

    A version is live where there was none, and where it lost less than the live one on what came since that was trained. ``only``
    are names of models. Raises ``InvalidInput`` for a name that no kind has.
    """
    record = await read_record(graph, history, ontology, now)
    names = {prefix + kind.lower(): (prefix, kind) for kind in record.kinds for prefix in (FAILURE, LIFE)}
    if unknown := sorted(set(only) - set(names)):
        known = ", ".join(sorted(names)) or f"none, as no kind of equipment has {NEED_FAILURES} failures on record"
        raise InvalidInput(f"There is nothing to learn {', '.join(unknown)} from. Models can be made of: {known}.")
    made: list[Version] = []
    left_out: dict[str, str] = {}
    for name, (prefix, kind) in names.items():
        if only and name not in only:
            continue
        versions = await registry.versions(name)
        newest = max((days_of(one.data_to) for one in versions), default=None)
        if not every and newest is not None and record.failures(kind, newest) < NEED_FAILURES:
            continue
        if progress:
            progress(f"Learning from the failures of {kind.replace('_', ' ').lower()}")
        fleet = await _fleet(history, record, kind, now)
        live = next((one for one in versions if one.state == "live"), None)
        task = _Lesson(name, kind, fleet, await registry.artifact(live) if live else None, live)
        trained = await asyncio.wrap_future(executor.submit(_learn if prefix == FAILURE else _learn_life, task))
        if isinstance(trained, str):
            left_out[name] = trained
        else:
            assert record.since is not None
            assert record.until is not None
            found = Trained(name, trained.kind, record.since, record.until, trained.metrics, trained.artifact)
            made.append(await _settled(registry, await registry.add(found), versions))
    return FailuresLearnt(tuple(made), left_out)


async def foretell_failures(
    graph: GraphStore,
    history: History,
    ontology: Ontology,
    registry: ModelRegistry,
    now: datetime,
    executor: Executor,
    width: int,
    progress: Callable[[int, int], None] | None = None,
) -> FailuresForetold:
    """Write for each piece of equipment how likely it fails. A second call on the same day does what the first left undone.

    Without any work orders nothing is written, and what was is dropped.
    """
    record = await read_record(graph, history, ontology, now)
    if not record.pasts:
        await drop_failing(graph, now + timedelta(days=1))
        return FailuresForetold(why="There are no work orders of failures to learn from.")
    plan = _Plan(graph, history, registry, record, now)
    work = Work(plan.read, _foretell, plan.keep)
    run = f"failures {now:%Y-%m-%d} {await _state_of(record, registry)}"
    report = await run_units(run, sorted(plan.units), work, executor, width, RunLog(history), progress)
    await drop_failing(graph, now - timedelta(days=2))
    why = next((str(one["why"]) for one in report.outcomes.values() if one.get("why")), None)
    return FailuresForetold(report.total("told"), report.total("cannot tell"), why, report.failed)


async def _state_of(record: Record, registry: ModelRegistry) -> str:
    """New orders or another live model make another run of the same day."""
    live = [
        one.label for one in await registry.versions() if one.state == "live" and one.name.startswith((FAILURE, LIFE))
    ]
    return sha256(repr((live, sorted(record.pasts.items()))).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What is learnt in another process; ``live`` is the version to be compared with, and its artifact."""

    name: str
    kind: str
    fleet: Sequence[Watched]
    artifact: bytes | None
    live: Version | None


@dataclass(frozen=True, slots=True)
class _Learnt:
    kind: str
    metrics: Mapping[str, float]
    artifact: bytes


@dataclass(frozen=True, slots=True)
class _Task:
    """Assets of one kind on their way to another process, with the live models of it, by label; ``unknown`` says why there is none."""

    now: datetime
    until: datetime | None
    ids: tuple[str, ...]
    assets: tuple[Watched, ...]
    failing: tuple[str, bytes] | None
    life: tuple[str, bytes] | None
    unknown: str


async def _fleet(history: History, record: Record, kind: str, now: datetime) -> list[Watched]:
    ids = record.learnt_from(kind)
    return await watched(history, record, ids, record.signals(ids), now)


async def _settled(registry: ModelRegistry, made: Version, before: Sequence[Version]) -> Version:
    """A version that was better takes over; of those that were not, the newest waits for somebody's decision."""
    for one in before:
        if one.state == "shadow":
            await registry.retire(one.name, one.version)
    if made.state == "shadow" and "loss of the live model" in made.metrics:
        try:
            return await registry.promote(made.name, made.version)
        except NotBetter:
            pass
    return made


def _learn(lesson: _Lesson) -> _Learnt | str:
    """In another process. Only there the libraries that fit are loaded."""
    from forecasting.failures.model_selection import Rival, choose
    from forecasting.registry.artifacts import dumped

    rival = None
    if lesson.artifact is not None and lesson.live is not None:
        rival = Rival(_failing_model(lesson.artifact), lesson.live.version, days_of(lesson.live.data_to))
    try:
        made: Chosen = choose(lesson.kind, lesson.fleet, rival)
    except NotEnoughData as error:
        return str(error)
    return _Learnt(made.model.kind, made.metrics, dumped(made.model))


def _learn_life(lesson: _Lesson) -> _Learnt | str:
    from forecasting.failures.life.run_to_failure import learn
    from forecasting.registry.artifacts import dumped

    try:
        model, metrics = learn(lesson.kind, lesson.fleet)
    except NotEnoughData as error:
        return str(error)
    return _Learnt("remaining life", metrics, dumped(model))


class _Plan:
    """The equipment of a plant in units of one kind, and how a unit is read and kept."""

    def __init__(
        self, graph: GraphStore, history: History, registry: ModelRegistry, record: Record, now: datetime
    ) -> None:
        self._graph, self._history, self._registry = graph, history, registry
        self._record, self._now = record, now
        self.units: dict[str, tuple[str | None, str, list[str]]] = {}
        kinds = {class_: _kind(record, class_) for class_ in {asset.class_ for asset in record.assets.values()}}
        by_kind: dict[tuple[str | None, str], list[str]] = {}
        for id_, asset in sorted(record.assets.items()):
            by_kind.setdefault(kinds[asset.class_], []).append(id_)
        for (kind, why), ids in by_kind.items():
            for start in range(0, len(ids), _THINGS_IN_A_UNIT):
                some = ids[start : start + _THINGS_IN_A_UNIT]
                self.units[f"{kind or why} from {some[0]}"] = (kind, why, some)

    async def read(self, unit: str) -> _Task:
        kind, why, ids = self.units[unit]
        if kind is None:
            return _Task(self._now, self._record.until, tuple(ids), (), None, None, why)
        failing, life = await self._live(FAILURE + kind.lower()), await self._live(LIFE + kind.lower())
        signals = self._record.signals(self._record.learnt_from(kind))
        assets = await watched(self._history, self._record, ids, signals, self._now)
        unknown = (
            "not enough data: eight failures are on record, but too few of them with thirty days known before and after"
        )
        return _Task(self._now, self._record.until, tuple(ids), tuple(assets), failing, life, unknown)

    async def keep(self, unit: str, made: list[Failing]) -> Outcome:
        del unit
        await put_failing(self._graph, made)
        told = sum(one.probability is not None for one in made)
        why = next((one.unknown for one in made if one.unknown), None)
        return {"told": told, "cannot tell": len(made) - told, "why": why}

    async def _live(self, name: str) -> tuple[str, bytes] | None:
        live, _ = await self._registry.running(name)
        return (live.label, await self._registry.artifact(live)) if live else None


def _kind(record: Record, class_: str) -> tuple[str | None, str]:
    """The kind that a class is told by, or why there is none."""
    try:
        return record.kind(class_), ""
    except TooFewFailures as error:
        return None, str(error)


def _foretell(task: _Task) -> list[Failing]:
    """In another process."""
    if task.failing is None:
        return [Failing(id_, HORIZON_DAYS, task.now, unknown=task.unknown) for id_ in task.ids]
    label, artifact = task.failing
    model = _failing_model(artifact)
    told = [_failing(task, label, model, asset) for asset in task.assets]
    if task.life is None:
        return told
    label, artifact = task.life
    lives = _lives(artifact)
    return [_with_life(task, label, lives, *pair) for pair in zip(told, task.assets, strict=True)]


def _failing(task: _Task, label: str, model: FailingModel, asset: Watched) -> Failing:
    from forecasting.failures.explanation import reasons

    at = days_of(task.now)
    bare = Failing(asset.past.asset, HORIZON_DAYS, task.now, model=label)
    moment = model.moment(asset, at)
    if moment is None:
        return replace(bare, model=None, unknown="it has failed, and no closed work order says that it was repaired")
    probability = float(model.probabilities([moment])[0])
    said = reasons(model, asset.past, moment, probability)
    if task.until is not None and task.now - task.until > _OLD_RECORD:
        said = (*said, f"the newest work order is of {task.until:%d %B %Y}; what was done since is not known")
    early, middle, late = (_when(task.now, model.days_until(share, moment)) for share in (0.1, 0.5, 0.9))
    return replace(
        bare, probability=probability, usual=model.share, reasons=said, expected_at=middle, earliest_at=early, latest_at=late
    )  # fmt: skip


def _with_life(task: _Task, label: str, lives: Lives, told: Failing, asset: Watched) -> Failing:
    left = lives.predict(asset, days_of(task.now))
    if left is None or told.probability is None:
        return told
    return replace(
        told,
        life_days=left.expected,
        life_low=left.low90,
        life_high=left.high90,
        life_reasons=tuple(f"{one.words}: about {one.effect:.0f} days less" for one in left.drivers if one.effect >= 1),
        life_model=label,
    )


def _when(now: datetime, days: float | None) -> datetime | None:
    if days is None or days > _TOO_FAR / timedelta(days=1):
        return None
    return (now + timedelta(days=days)).astimezone(UTC)


Model = TypeVar("Model")


def _as(type_: type[Model], found: Any) -> Model:
    if not isinstance(found, type_):
        raise InvalidInput(f"The model file holds no {type_.__name__}.")
    return found


def _failing_model(artifact: bytes) -> FailingModel:
    from forecasting.failures.model_selection import FailingModel
    from forecasting.registry.artifacts import loaded

    return _as(FailingModel, loaded(artifact))


def _lives(artifact: bytes) -> Lives:
    from forecasting.failures.life.run_to_failure import Lives
    from forecasting.registry.artifacts import loaded

    return _as(Lives, loaded(artifact))
