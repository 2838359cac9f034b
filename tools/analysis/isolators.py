"""Where an asset can be shut off: the valves, dampers, breakers and switches between it and its neighbours. Pure.

A device isolates a feed where the feed begins or ends in it. A feed between the asset and a neighbour without one is told as such:
the model does not say where it is shut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graph_schema.ontology.ontology import Ontology
from tools.topology.topology import Feed, Topology

FeedSide = Literal["supply", "outlet"]

_ISOLATING = ("Valve", "Damper", "Switchgear", "Breaker_Panel", "Motor_Control_Center", "Stormwater_Gate")
_NOT_ISOLATING = (
    "Check_Valve", "Backflow_Preventer_Valve", "Pressure_Relief_Valve", "Steam_Pressure_Relief_Valve", "Water_Pressure_Relief_Valve",
    "Pressure_Regulator_Valve", "Gas_Pressure_Regulator_Valve", "Bypass_Valve", "Bypass_Damper",
)  # fmt: skip
"""They let through or by-pass on their own: nobody shuts a plant with them."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """One feed of the asset: the device that shuts it (None where the model has none), and the neighbour beyond it."""

    device: str | None
    neighbour: str
    side: FeedSide
    medium: str


def isolating_classes(ontology: Ontology) -> frozenset[str]:
    """Classes whose assets can shut a feed."""
    isolating = frozenset[str]().union(*(ontology.descendants(one) for one in _ISOLATING))
    return isolating - frozenset[str]().union(*(ontology.descendants(one) for one in _NOT_ISOLATING))


def isolations(topology: Topology, id_: str, classes: frozenset[str]) -> list[Isolation]:
    """Of every feed that crosses the edge of what stops with the asset: the supply first, each side by neighbour."""
    own = topology.stopped_with(id_)
    found = [*_supply(topology, id_, own, classes), *_outlets(topology, own, classes)]
    return list(dict.fromkeys(sorted(found, key=lambda one: (one.side == "outlet", one.medium, one.neighbour))))


def _supply(topology: Topology, id_: str, own: set[str], classes: frozenset[str]) -> Iterator[Isolation]:
    for feed in topology.supplies(id_):
        if feed.start not in own:
            yield from _of_feed(topology, feed, feed.start, feed.end, "supply", classes)


def _outlets(topology: Topology, own: set[str], classes: frozenset[str]) -> Iterator[Isolation]:
    for one in sorted(own):
        for feed in topology.feeds.get(one, ()):
            if feed.end not in own:
                yield from _of_feed(topology, feed, feed.end, feed.start, "outlet", classes)


def _of_feed(
    topology: Topology,
    feed: Feed,
    outer: str,
    inner: str,
    side: FeedSide,
    classes: frozenset[str],
) -> Iterator[Isolation]:
    if topology.nodes[inner].class_ in classes:
        yield Isolation(inner, outer, side, feed.medium)
    elif topology.nodes[outer].class_ in classes:
        yield Isolation(outer, _beyond(topology, outer, side), side, feed.medium)
    else:
        yield Isolation(None, outer, side, feed.medium)


def _beyond(topology: Topology, device: str, side: FeedSide) -> str:
    """The neighbour on the far side of a device; the device itself where it is the end of the model."""
    feeds = topology.fed_by if side == "supply" else topology.feeds
    ends = [feed.start if side == "supply" else feed.end for feed in feeds.get(device, ())]
    return min(ends, default=device)
