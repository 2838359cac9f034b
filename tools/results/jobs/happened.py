"""What happened since a moment, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value, Window
from tools.results.alarms import AlarmSpell, spells_table
from tools.results.assets import EntityRef
from tools.results.forecasts import FailureForecast, outlook_table
from tools.results.jobs.orders import OrderTold, orders_table
from tools.results.jobs.runs import AssetRuns, runs_table
from tools.results.result import ToolResult
from tools.results.risks import Risk, risks_table
from tools.results.table import NAME, Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary


class PointEvent(Value):
    """A point that went silent, came back, or is in doubt; ``owner`` is the id of whose point it is."""

    point: str
    name: str
    owner: str
    owner_name: str
    since: AwareDatetime | None = None
    doubts: list[str] = []


class Consumer(Value):
    """What a meter, or the integral of a power, counted in the window."""

    asset: EntityRef
    quantity: str
    used: float
    unit: str | None = None


class Happened(ToolResult):
    """Every list is at most the limit, its total counts all. ``alarms`` are the open ones first, the worst before the others. ``flagged`` are the
    outlooks whose signs began in the window, of ``flagged_total``; ``waiting`` is what needs attention, the most urgent first."""

    window: Window
    about: EntityRef | None = None
    raised: int
    cleared: int
    active: int
    alarms: list[AlarmSpell]
    alarms_total: int
    went_silent: list[PointEvent]
    went_silent_total: int
    came_back: list[PointEvent]
    came_back_total: int
    silent_now: int
    doubted: list[PointEvent]
    doubted_total: int
    runs: list[AssetRuns]
    runs_total: int
    consumers: list[Consumer]
    consumers_total: int
    flagged: list[FailureForecast]
    flagged_total: int
    flagged_now: int
    orders: list[OrderTold]
    orders_opened: int
    orders_closed: int
    orders_total: int
    waiting: list[Risk]
    waiting_total: int = Field(description="assets that need attention")

    def summary(self) -> Summary[Literal["quiet", "happened"]]:
        if not (self.raised or self.cleared or self.active or self.waiting_total):
            return Summary("quiet")
        return Summary(
            "happened",
            {
                "raised": Count(self.raised, "alarm"),
                "cleared": self.cleared,
                "active": self.active,
                "waiting": Count(self.waiting_total, "asset"),
            },
        )

    def tables(self) -> Sequence[Table]:
        lists = [
            risks_table(self.waiting, self.waiting_total),
            spells_table(self.alarms, self.window, self._of, self.alarms_total),
            self._events("went_silent", self.went_silent, self.went_silent_total),
            self._events("came_back", self.came_back, self.came_back_total),
            self._events("doubted", self.doubted, self.doubted_total),
            outlook_table(self.flagged),
            runs_table(self.runs, self.window, self.runs_total),
            self._consumers(),
            orders_table(self.orders, self.orders_total, self.window),
        ]
        return [*self._counts(), *(one for one in lists if one.rows)]

    @property
    def _of(self) -> list[str]:
        return [self.about.id] if self.about else []

    def _counts(self) -> list[Table]:
        """Those of alarms stand apart: they are what is asked for."""
        alarms = {"total": self.alarms_total, "active": self.active, "raised": self.raised, "cleared": self.cleared}
        others = {
            "went_silent": self.went_silent_total, "came_back": self.came_back_total, "silent_now": self.silent_now,
            "newly_doubted": self.doubted_total, "newly_flagged": self.flagged_total, "flagged_now": self.flagged_now,
            "orders_opened": self.orders_opened, "orders_closed": self.orders_closed, "waiting": self.waiting_total,
        }  # fmt: skip
        return [
            record(
                name, *((Column(key, "count"), value) for key, value in counts.items()), of=self._of, window=self.window
            )
            for name, counts in (("alarms", alarms), ("happened", others))
        ]

    def _events(self, name: str, events: Sequence[PointEvent], total: int) -> Table:
        columns = (NAME, Column("of", "name"), Column("since", "time"), Column("doubts", "text"))
        rows = tuple(
            TableRow((one.owner, one.point), (one.name, one.owner_name, one.since, " ".join(one.doubts) or None), None, None, name == "went_silent")
            for one in events
        )  # fmt: skip
        return Table(name, columns, rows, tuple(self._of), total, window=self.window)

    def _consumers(self) -> Table:
        columns = (NAME, Column("used", "number", None, None, "use"))
        rows = tuple(
            TableRow((one.asset.id,), (one.asset.name, one.used), one.unit, one.quantity) for one in self.consumers
        )
        return Table("consumers", columns, rows, (), self.consumers_total, window=self.window)

    def subjects(self) -> list[str]:
        waiting = [one.asset.id for one in self.waiting]
        return list(dict.fromkeys([*self._of, *waiting, *(one.asset.id for one in self.flagged)]))
