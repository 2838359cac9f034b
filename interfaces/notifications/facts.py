"""What a message is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graph_schema.condition import Side
from graph_schema.ontology.responses import Priority


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message about it is made of, kept as it was. ``what`` is the kind of sentence; ``place`` where it is; moments are ISO; there are
    ``minutes`` to act on an alarm of this ``quantity``. Of an incident it is the most pressing alarm, how many ``alarms`` of how many ``points``
    there are, some of the others by name, the asset that is its likely ``cause``, and whether it is ``worse`` than what was told before."""

    what: str
    priority: Priority
    at: str
    name: str = ""
    quantity: str = ""
    asset: str = ""
    place: str = ""
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    side: Side | None = None
    minutes: int | None = None
    text: str = ""
    id: str = ""
    alarms: int = 1
    points: int = 1
    also: Sequence[str] = ()
    cause: str = ""
    worse: bool = False

    def json(self) -> Mapping[str, Any]:
        return {key: value for key, value in asdict(self).items() if value not in (None, "")}
