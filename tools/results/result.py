"""What every tool returns: JSON for a language model, and the evidence that stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value, Window
from tools.results.table import Table
from tools.sentences.summary import Summary


class Evidence(Value):
    """Where a statement comes from. An answer may name only numbers and ids that its evidence or result contains."""

    store: Literal["graph", "history", "ontology", "documents"]
    statement: str = Field(description="the text of the statement that ran")
    entities: list[str] = []
    points: list[str] = []
    window: Window | None = None
    as_of: AwareDatetime | None = Field(default=None, description="when the newest value behind it was read")
    model: str | None = Field(default=None, description="name and version of the model that foretold it")


class Scene(Value):
    """A command to the 3D pane: what to highlight and which asset to fly to."""

    highlight: list[str] = []
    focus: str | None = None


class ChartLine(Value):
    """One line of a chart: values at moments, oldest first."""

    name: str
    at: list[AwareDatetime]
    values: list[float]


class Chart(Value):
    """One signal over time, with its limits."""

    title: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    lines: list[ChartLine]


class ToolResult(Value):
    """The common part of every result. ``notes`` are sentences that an answer must not leave out (stale data, limits hit).

    A result knows what it found (``summary``, ``tables``) and what a conversation is about after it (``subjects``).
    """

    only_shows: ClassVar[bool] = False
    """Whether its scene is what was asked for, and stands alone among those of other results."""

    evidence: list[Evidence] = []
    scene: Scene | None = None
    charts: list[Chart] = []
    notes: list[str] = []

    def summary(self) -> Summary[str]:
        """What was found, for people; the return annotation names the sentences it needs."""
        raise NotImplementedError

    def subjects(self) -> list[str]:
        """The ids it is about, the first one first."""
        raise NotImplementedError

    @property
    def is_unrecorded(self) -> bool:
        """Whether all it tells is that the plant has no such record: no sensor, no reading, no forecast, no document."""
        return False

    def found(self) -> list[str]:
        """The ids of all assets that it found, for another call to take; those that it is about, unless it knows more."""
        return self.subjects()

    def tables(self) -> Sequence[Table]:
        """All that it states, as tables."""
        raise NotImplementedError
