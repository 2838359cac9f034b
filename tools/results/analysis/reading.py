"""The newest reading of a point, beside its limits."""

from __future__ import annotations

from pydantic import AwareDatetime

from graph_schema.model import Status
from graph_schema.question import Value
from tools.results.assets import EntityRef


class PointReading(Value):
    """``text`` in place of ``value`` where the point tells words; ``low`` and ``high`` are its limits."""

    point: str
    asset: EntityRef
    quantity: str
    value: float | None = None
    text: str | None = None
    unit: str | None = None
    at: AwareDatetime | None = None
    status: Status
    low: float | None = None
    high: float | None = None
