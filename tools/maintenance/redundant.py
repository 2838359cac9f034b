"""What stands in for what: assets of one class that supply the same thing with the same medium."""

from __future__ import annotations

from collections import defaultdict

from tools.maintenance.model import Redundancy
from tools.topology.topology import Topology


def redundancy(topology: Topology) -> tuple[Redundancy, ...]:
    """Of each group all but one stay in service on a day."""
    found: dict[frozenset[str], str] = {}
    for end in sorted(topology.fed_by):
        alike: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for feed in topology.fed_by[end]:
            node = topology.nodes[feed.start]
            if node.class_ is not None and not node.is_place:
                alike[node.class_, feed.medium].add(feed.start)
        for members in alike.values():
            if len(members) > 1:
                found.setdefault(frozenset(members), " or ".join(sorted(topology.nodes[one].name for one in members)))
    return tuple(Redundancy(name, members, len(members) - 1) for members, name in found.items())
