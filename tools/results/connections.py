"""What is reached along the supply."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from graph_schema.question import Value
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.sentences.summary import Count, Kinds, Summary

Direction = Literal["upstream", "downstream", "loses_service", "path"]


class Connected(Value):
    entity: EntityRef
    hops: int
    via: str | None = Field(default=None, description="name of the neighbour it is reached through")
    alternatives: list[EntityRef] = Field(default=[], description="for loses_service: what still supplies it")


class Connections(ToolResult):
    """For ``loses_service``, ``connected`` are those left with no other supply and ``backed_up`` those that keep one."""

    asset: EntityRef
    direction: Direction
    total: int
    connected: list[Connected]
    backed_up: list[Connected] = []
    by_class: dict[str, int] = {}

    def summary(self) -> Summary[Direction]:
        total = Count(self.total, "asset")
        return Summary(self.direction, {"asset": self.asset.name, "total": total, "kinds": Kinds(self.by_class)})

    def subjects(self) -> list[str]:
        return [self.asset.id, *(one.entity.id for one in self.connected)]
