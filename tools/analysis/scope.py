"""What belongs to a place or an asset. Pure."""

from __future__ import annotations

from tools.topology.topology import Topology


def within(topology: Topology, id_: str) -> set[str]:
    """An asset with its parts; of a place all that is in it, at any depth, and itself."""
    own = topology.inside(id_)
    if not topology.nodes[id_].is_place:
        return own
    equipment = {one for place in own for one in topology.contents.get(place, ())}
    return own | {part for one in equipment for part in topology.inside(one)}


def zones_of(topology: Topology, id_: str) -> list[str]:
    """The places that a sensor's owner tells about: itself, or those that it feeds."""
    if topology.nodes[id_].is_place:
        return [id_]
    return [feed.end for feed in topology.feeds.get(id_, ()) if topology.nodes[feed.end].is_place]
