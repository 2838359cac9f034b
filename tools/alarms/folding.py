"""Keeping incidents in step with alarms: what is raised is folded under its cause within moments, over restarts and in whatever process."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from graph_schema.errors import PlantroomError
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.alarms.incidents import Incidents, Placement, RecentAlarm
from ingestion.changes import deliver
from ingestion.history.history import History
from ingestion.reading import Clock
from tools.alarms.incidents import AGAIN, QUIET, Group, Raised, folded
from tools.topology.snapshot import Topologies
from tools.topology.topology import Topology

log = logging.getLogger(__name__)

READER = "incidents"
_LOOKED_AT = AGAIN + QUIET
_LOOK_S, _AGAIN_S = 60.0, 5.0
_KINDS = ("alarm.raised", "alarm.cleared")


@dataclass(frozen=True, slots=True)
class Folding:
    """``keep`` folds with each batch of changes, until cancelled."""

    history: History
    graph: GraphStore
    ontology: Ontology
    clock: Clock
    topologies: Topologies = field(default_factory=Topologies)

    async def once(self) -> int:
        """How many incidents were opened or have grown. Raises ``Unavailable``."""
        topology = await self.topologies.current(self.graph, self.ontology)
        now = self.clock()
        return await Incidents(self.history).fold(lambda rows: placements(rows, topology), now - _LOOKED_AT, now)

    async def keep(self) -> None:
        while True:
            try:
                await self.once()
                async with asyncio.timeout(_LOOK_S):
                    await self._follow()
            except TimeoutError:
                continue  # what is over by now closes, though nothing is raised
            except PlantroomError as error:
                log.warning("Alarms cannot be folded into incidents, and are tried again: %s", error)
                await asyncio.sleep(_AGAIN_S)

    async def _follow(self) -> None:
        async with aclosing(deliver(self.history, READER, kinds=_KINDS)) as batches:
            async for batch in batches:
                if batch.changes:
                    await self.once()


def placements(alarms: Sequence[RecentAlarm], topology: Topology) -> list[Placement]:
    """Where the alarms go that belong nowhere yet, and which incidents turn out to be one. What people have split or merged stays as it is,
    and what its points raise again goes there.

    An incident is claimed by one group only: where it belongs to several by now, it goes on as one.
    """
    known = {one.id: one for one in alarms}
    people = {one.point: one.incident for one in alarms if one.kept and one.incident is not None}
    free = [one for one in alarms if not one.kept and one.point not in people]
    made = _as_people_said(alarms, people)
    groups = folded([_raised(one) for one in free], topology)
    claimed: set[int] = set()
    for group in groups:
        counted = Counter(incident for id_ in group.ids if (incident := known[id_].incident) is not None)
        new = sorted(id_ for id_ in group.ids if known[id_].incident is None)
        mine = [incident for incident, _ in counted.most_common() if incident not in claimed]
        target = min(mine) if mine else next((incident for incident, _ in counted.most_common()), None)
        swallows = [one for one in sorted(mine) if one != target]
        claimed |= set(mine)
        if new or swallows:
            made.append(_placement(group, target, new, swallows, known))
    return made


def _as_people_said(alarms: Sequence[RecentAlarm], people: Mapping[str, int]) -> list[Placement]:
    new: defaultdict[int, list[RecentAlarm]] = defaultdict(list)
    for one in alarms:
        if one.incident is None and one.point in people:
            new[people[one.point]].append(one)
    return [
        Placement(incident, None, "person", some[0].raised_at, [one.id for one in some], (), some[0].assets)
        for incident, some in new.items()
    ]


def _raised(one: RecentAlarm) -> Raised:
    return Raised(one.id, one.point, one.assets, one.raised_at)


def _placement(
    group: Group, target: int | None, new: Sequence[int], swallows: Sequence[int], known: Mapping[int, RecentAlarm]
) -> Placement:
    assets = sorted({id_ for one in group.alarms for id_ in known[one.id].assets})
    return Placement(target, group.cause, group.because, group.alarms[0].at, new, swallows, assets)
