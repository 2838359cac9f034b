"""The plant as the view sees it: read from the graph when somebody comes to look, and then kept by what changes.

While somebody looks, the stream of values brings what was read and the stream of changes what became of it; the graph is read again
only when the plant itself changed.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing

from neo4j.exceptions import Neo4jError

from graph_schema.errors import PlantroomError, Unavailable
from graph_schema.store.graph import GraphStore
from ingestion.alarms.alarms import Alarms
from ingestion.changes import Batch, follow
from ingestion.history.history import History
from ingestion.live.projection import PLANT_CHANGED
from ingestion.live.values import PointValue, Subscription, Values
from ingestion.tasks import end
from interfaces.health import Health, StoreAway
from interfaces.web.room.messages import AwayStore, ReloadMessage, SceneModel, StateMessage, ThingState
from interfaces.web.room.model import PlantRows, build_scene, read_plant, read_points, read_version, shown_as
from interfaces.web.room.shapes import Classes
from interfaces.web.room.state import PlantState
from interfaces.web.sessions import Sessions

log = logging.getLogger(__name__)

BEAT_S = 1.0  # a view is told at least that nothing is new
SPACING_S = 0.2  # and at most so often
ALARMS = ("alarm.raised", "alarm.changed", "alarm.cleared")
SHOWN = ("status.changed", PLANT_CHANGED, *ALARMS)


class LivePlant:
    """``clock`` gives epoch milliseconds; ``health`` says which store is away."""

    def __init__(
        self, graph: GraphStore, alarms: Alarms, classes: Classes, clock: Callable[[], int], health: Health
    ) -> None:
        self._health = health
        self._graph = graph
        self._alarms = alarms
        self._classes = classes
        self._clock = clock
        self._rows: PlantRows | None = None
        self._scene: SceneModel | None = None
        self._state = PlantState()
        self._kept = False
        self._touched: set[str] = set()
        self._rate = Rate()
        self._lock = asyncio.Lock()

    async def scene(self) -> SceneModel:
        """The scene with its state of now; while the graph is away, that of when it was last read."""
        async with self._lock:
            if not self._kept:
                await self._read_if_there()
            assert self._rows is not None
            assert self._scene is not None
            return self._up_to_date(self._scene)

    async def names(self) -> dict[str, str]:
        """What the things and points of the plant are called, by id."""
        scene = await self.scene()
        names = {thing.id: thing.name for thing in (*scene.places, *scene.assets)}
        return self._state.point_names(names) | names

    def note(self, batch: Batch) -> None:
        """Take in what changed. An empty batch says that changes are listened to from now on."""
        if not batch.changes or any(change.kind == PLANT_CHANGED for change in batch.changes):
            self._kept = False
        for change in batch.changes:
            if change.kind == "status.changed":
                self._touched |= self._state.set_status(change.subject, change.data["status"])
            elif change.kind in ALARMS:
                self._state.set_alarm(change.subject, None if change.kind == "alarm.cleared" else change.data["level"])

    def forget(self) -> None:
        """Nobody looks any more: the next who does finds what the graph holds then."""
        self._kept = False

    async def tell(self, values: Sequence[PointValue], now_s: float) -> list[StateMessage | ReloadMessage]:
        """What to tell the views when these values have come. ``now_s`` is of a clock that never jumps."""
        async with self._lock:
            loaded = False
            if not self._kept:
                loaded = await self._read_again()
            touched, fresh = self._state.update(values)
            touched, self._touched = touched | self._touched, set()
            self._rate.add(fresh, now_s)
            told = self._message([self._state.of(thing) for thing in sorted(touched)])
            return [ReloadMessage(), told] if loaded else [told]

    @property
    def waits(self) -> bool:
        """Whether a store is away: then time goes by in waiting, not in work."""
        return bool(self._health.report().away)

    def silence(self) -> StateMessage:
        """What to tell while the graph does not answer: nothing new, and older by the second."""
        return self._message([])

    async def _read_if_there(self) -> None:
        try:
            await self._read()
        except Unavailable as error:
            if self._scene is None:
                raise
            log.warning("The view shows what it knew: %s", error)

    async def _read_again(self) -> bool:
        self._kept = True  # what is noted meanwhile asks for another reading
        try:
            return await self._read()
        except BaseException:
            self._kept = False
            raise

    async def _read(self) -> bool:
        """The plant where it changed, else its points; whether views that are open have to fetch the scene again."""
        if self._scene is not None and await read_version(self._graph) == self._scene.version:
            changed, _ = self._state.apply(await read_points(self._graph))
            await self._read_alarms()
            self._touched |= {thing.id for thing in changed}
            return False
        before = self._scene
        self._rows = await read_plant(self._graph)
        self._state = PlantState(shown_as(self._rows))
        self._state.apply(self._rows.points)
        await self._read_alarms()
        self._scene = await asyncio.to_thread(build_scene, self._rows, self._state, self._classes, self._clock())
        return before is not None

    async def _read_alarms(self) -> None:
        """Where the record is away, the status of the points says what is in alarm."""
        try:
            self._state.stand({alarm.point: alarm.level for alarm in await self._alarms.open()})
        except Unavailable as error:
            log.warning("The view counts alarms without their record: %s", error)

    def _up_to_date(self, scene: SceneModel) -> SceneModel:
        def renewed(state: ThingState) -> dict[str, object]:
            return {"status": state.status, "readings": state.readings}

        return scene.model_copy(
            update={
                "at": self._clock(),
                "assets": [asset.model_copy(update=renewed(self._state.of(asset.id))) for asset in scene.assets],
                "places": [place.model_copy(update=renewed(self._state.of(place.id))) for place in scene.places],
            }
        )

    def _message(self, changed: list[ThingState]) -> StateMessage:
        counts = self._state.counts
        return StateMessage(
            at=self._clock(),
            changed=changed,
            points_per_second=round(self._rate.per_second, 1),
            alarms=counts.alarms,
            warnings=counts.warnings,
            silent=counts.silent,
            newest=self._state.newest,
            away=[_away(one) for one in self._health.report().away],
        )


def _away(one: StoreAway) -> AwayStore:
    return AwayStore(title=one.title, since=round(one.since.timestamp() * 1000))


class Rate:
    """How many a second, over the last few seconds."""

    _OVER_S = 3.0

    def __init__(self) -> None:
        self._counts: list[tuple[float, int]] = []
        self.per_second = 0.0

    def add(self, count: int, now_s: float) -> None:
        self._counts = [(at, n) for at, n in self._counts if now_s - at < self._OVER_S] + [(now_s, count)]
        self.per_second = sum(n for _, n in self._counts) / self._OVER_S


async def keep_telling(plant: LivePlant, sessions: Sessions, history: History, values: Values) -> None:
    """Until cancelled: while somebody looks at the view, tell what changes."""
    while True:
        await sessions.until(watched=True)
        telling = asyncio.create_task(_telling(plant, sessions, history, values), name="telling the views")
        try:
            await sessions.until(watched=False)
        finally:
            await end(telling)
            plant.forget()


async def _telling(plant: LivePlant, sessions: Sessions, history: History, values: Values) -> None:
    while True:
        try:
            async with values.subscribe() as news:
                following = asyncio.create_task(_follow(plant, history, news), name="changes for the views")
                try:
                    await _tell(plant, sessions, news)
                finally:
                    await end(following)
        except Exception:
            # The view must come back, whatever that was.
            log.exception("The view could not be kept up to date.")
        await asyncio.sleep(BEAT_S)


async def _follow(plant: LivePlant, history: History, news: Subscription) -> None:
    async with aclosing(follow(history, kinds=SHOWN)) as batches:
        async for batch in batches:
            plant.note(batch)
            news.wake()


async def _tell(plant: LivePlant, sessions: Sessions, news: Subscription) -> None:
    """Whenever something is new, and never more than a fifth of the time."""
    loop = asyncio.get_running_loop()
    while True:
        values: list[PointValue] = []
        try:
            async with asyncio.timeout(BEAT_S):
                values = await news.take()
        except TimeoutError:
            pass
        started = loop.time()
        for message in await _messages(plant, values, started):
            sessions.broadcast(message.model_dump_json())
        rest = 4 * (loop.time() - started)
        await asyncio.sleep(max(SPACING_S, min(rest, BEAT_S) if plant.waits else rest))


async def _messages(plant: LivePlant, values: list[PointValue], now_s: float) -> list[StateMessage | ReloadMessage]:
    try:
        return await plant.tell(values, now_s)
    except (PlantroomError, Neo4jError) as error:
        log.warning("The view is not up to date: %s", error)
        return [plant.silence()]
