"""What came of alarms: in which incidents they are, and whether the messages name or count each of them."""

from __future__ import annotations

from dataclasses import dataclass

from graph_schema.statements import statements
from ingestion.history.history import History

_SQL = statements("evals.notifications", "outcome.sql")


@dataclass(frozen=True, slots=True)
class Counted:
    """``incidents`` are those that stand; ``told`` counts the alarms of the newest message about each, to the one who heard of fewest;
    ``notices`` are what was told, ``waiting`` what is yet to be."""

    alarms: int
    placed: int
    incidents: int
    told: int
    notices: int
    waiting: int


async def counted(history: History) -> Counted:
    """Raises ``Unavailable``."""
    (row,) = await history.fetch(_SQL["counted"])
    return Counted(**row)
