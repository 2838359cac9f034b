"""The plant as the view sees it: built once per load of the plant, its state brought up to date once a second."""

import asyncio
import logging
from collections.abc import Callable

from graph_schema.errors import PlantroomError
from graph_schema.store.graph import GraphStore
from interfaces.web.room.messages import ReloadMessage, SceneModel, StateMessage, ThingState
from interfaces.web.room.model import (
    PlantRows,
    build_scene,
    read_news,
    read_plant,
    read_points,
    read_version,
    shown_as,
)
from interfaces.web.room.shapes import Classes
from interfaces.web.room.state import PlantState
from interfaces.web.sessions import Sessions

log = logging.getLogger(__name__)

TICK_S = 1.0
ALL_EVERY_S = 15.0  # a point that goes stale has no newer reading that would tell
LATE_MS = 10_000  # clocks of devices differ by this much


class LivePlant:
    """``clock`` gives epoch milliseconds."""

    def __init__(self, graph: GraphStore, classes: Classes, clock: Callable[[], int]) -> None:
        self._graph = graph
        self._classes = classes
        self._clock = clock
        self._rows: PlantRows | None = None
        self._scene: SceneModel | None = None
        self._state = PlantState()
        self._read_all_at = 0
        self._lock = asyncio.Lock()

    async def scene(self) -> SceneModel:
        """The scene with its state of now."""
        async with self._lock:
            if self._scene is None or await read_version(self._graph) != self._scene.version:
                await self._load()
            else:
                self._state.apply(await read_points(self._graph))
            assert self._rows is not None
            assert self._scene is not None
            return self._up_to_date(self._scene)

    async def names(self) -> dict[str, str]:
        """What the things and points of the plant are called, by id."""
        scene = await self.scene()
        names = {thing.id: thing.name for thing in (*scene.places, *scene.assets)}
        return self._state.point_names(names) | names

    async def tick(self, elapsed_s: float) -> list[StateMessage | ReloadMessage]:
        """What to tell the views after ``elapsed_s`` seconds."""
        async with self._lock:
            now = self._clock()
            if self._scene is None or await read_version(self._graph) != self._scene.version:
                await self._load()
                return [ReloadMessage(), self._message([], 0, now)]
            changed, fresh = self._state.apply(await self._news(now))
            return [self._message(changed, fresh / max(elapsed_s, 0.001), now)]

    def silence(self) -> StateMessage:
        """What to tell while the graph does not answer: nothing new, and older by the second."""
        return self._message([], 0, self._clock())

    async def _news(self, now: int) -> list[dict[str, object]]:
        if now - self._read_all_at >= ALL_EVERY_S * 1000:
            self._read_all_at = now
            return await read_points(self._graph)
        return await read_news(self._graph, (self._state.newest or 0) - LATE_MS)

    async def _load(self) -> None:
        self._rows = await read_plant(self._graph)
        self._state = PlantState(shown_as(self._rows))
        self._state.apply(self._rows.points)
        self._read_all_at = self._clock()
        self._scene = await asyncio.to_thread(build_scene, self._rows, self._state, self._classes, self._clock())

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

    def _message(self, changed: list[ThingState], rate: float, now: int) -> StateMessage:
        return StateMessage(
            at=now,
            changed=changed,
            points_per_second=round(rate, 1),
            alarms=self._state.alarms,
            newest=self._state.newest,
        )


async def keep_telling(plant: LivePlant, sessions: Sessions) -> None:
    """Until cancelled: look at the graph while somebody looks at the view, and never more than a fifth of the time."""
    loop = asyncio.get_running_loop()
    last = loop.time()
    while True:
        started = loop.time()
        if sessions.watched:
            for message in await _tick(plant, started - last):
                sessions.broadcast(message.model_dump_json())
        last = started
        took = loop.time() - started
        await asyncio.sleep(max(TICK_S - took, took * 4))


async def _tick(plant: LivePlant, elapsed_s: float) -> list[StateMessage | ReloadMessage]:
    try:
        return await plant.tick(elapsed_s)
    except PlantroomError as error:
        log.warning("The view is not up to date: %s", error)
        return [plant.silence()]
