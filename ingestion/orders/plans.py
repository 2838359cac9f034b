"""Maintenance plans and spare parts: what is to be done again and again, and what it takes. Both come from YAML and are replaced by their ids."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph_schema.errors import InvalidInput
from graph_schema.importers.yaml_text import read_yaml
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.orders.order import Kind, Priority

SECTIONS = ("plans", "parts")

_SQL = statements("ingestion.orders", "plans.sql")
_Number = Annotated[str, Field(min_length=1, max_length=100)]
_Positive = Annotated[float, Field(gt=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PartNeeded(_Entry):
    """``part`` is a number of the parts master."""

    part: _Number
    quantity: _Positive = 1


class Every(_Entry):
    """By the calendar, by hours run, or by both: what comes first."""

    days: _Positive | None = None
    hours: _Positive | None = None


class Reading(_Entry):
    """Due when the newest reading is beyond a bound, in the point's own unit."""

    quantity: str
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Reading:
        if self.above is None and self.below is None:
            raise ValueError("a condition needs above or below")
        return self


class Plan(_Entry):
    """``assets`` are ids or names, ``class_`` a Brick class instead; ``every`` and ``when`` say when it is due, ``hours`` how long it takes."""

    id: _Number
    task: Annotated[str, Field(min_length=1, max_length=200)]
    assets: list[str] = []
    class_: str | None = Field(default=None, alias="class")
    every: Every = Every()
    when: Reading | None = None
    kind: Kind = "preventive"
    priority: Priority = "medium"
    assignee: str | None = None
    hours: float | None = Field(default=None, ge=0)
    checklist: list[str] = []
    parts: list[PartNeeded] = []
    last_done: AwareDatetime | None = None
    since: AwareDatetime | None = None

    @model_validator(mode="after")
    def _complete(self) -> Plan:
        if not self.assets and self.class_ is None:
            raise ValueError("a plan needs assets or a class")
        if self.every.days is None and self.every.hours is None and self.when is None:
            raise ValueError("a plan needs every (days or hours) or when (a quantity above or below a value)")
        return self


class Fit(_Entry):
    """That a part mends ``mode`` (ISO 14224; any failure without) of assets of a class, ``quantity`` a repair."""

    class_: str = Field(alias="class")
    mode: str | None = None
    quantity: _Positive = 1


class SparePart(_Entry):
    """``stock`` and ``minimum`` in ``unit``; ``lead_days`` from order to delivery."""

    number: _Number
    name: Annotated[str, Field(min_length=1, max_length=200)]
    unit: str = "pcs"
    stock: Annotated[float, Field(ge=0)]
    minimum: Annotated[float, Field(ge=0)] = 0
    lead_days: Annotated[float, Field(ge=0)] = 0
    supplier: str | None = None
    fits: list[Fit] = []


class PlanFile(_Entry):
    """Both sections of a file; a plant's own sections beside them are not read here."""

    plans: list[Plan] = []
    parts: list[SparePart] = []


def read_plans(path: Path, zone: ZoneInfo) -> PlanFile:
    """The sections ``plans`` and ``parts`` of a YAML file. A day is its beginning in the plant's time. Raises ``InvalidInput`` with every mistake."""
    try:
        document: object = read_yaml(path, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as text: {error}") from error
    if not isinstance(document, Mapping):
        raise InvalidInput(f"{path.name} must hold the sections plans and parts.")
    sections = cast(Mapping[str, Any], document)
    try:
        found = PlanFile.model_validate({name: _dated(sections[name], zone) for name in SECTIONS if sections.get(name)})
    except ValidationError as error:
        raise InvalidInput(f"{path.name} cannot be used: {_mistakes(error)}.") from error
    for name, ids in (("plan", [one.id for one in found.plans]), ("part", [one.number for one in found.parts])):
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise InvalidInput(f"{path.name} has the {name} {', '.join(twice)} more than once.")
    return found


class MaintenancePlans:
    """The tables ``maintenance_plan`` and ``spare_part``. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def put(self, found: PlanFile) -> None:
        """Add them, or replace what was known by the same id."""
        plans = [_row(one) for one in found.plans]
        parts = [one.model_dump(mode="json", by_alias=True) for one in found.parts]
        await self._history.fetch(_SQL["put"], {"plans": json.dumps(plans)})
        await self._history.fetch(_SQL["put_parts"], {"parts": json.dumps(parts)})

    async def remove(self, id_: str) -> bool:
        """Whether there was such a plan."""
        return bool(await self._history.fetch(_SQL["remove"], {"id": id_}))

    async def plans(self) -> Sequence[Plan]:
        """All, by their ids."""
        return [_plan(row) for row in await self._history.fetch(_SQL["plans"])]

    async def parts(self) -> Sequence[SparePart]:
        """All, by their numbers."""
        return [SparePart.model_validate(row) for row in await self._history.fetch(_SQL["parts"])]

    async def last_done(self) -> Mapping[tuple[str, str], datetime]:
        """When an order of a plan was last done, by plan and asset."""
        rows = await self._history.fetch(_SQL["last_done"])
        return {(row["plan"], row["asset"]): row["at"] for row in rows}

    async def waiting(self) -> Mapping[tuple[str, str], str]:
        """The number of the order that waits for a plan, by plan and asset."""
        rows = await self._history.fetch(_SQL["waiting"])
        return {(row["plan"], row["asset"]): row["number"] for row in rows}


def _row(plan: Plan) -> dict[str, Any]:
    """As the table has it."""
    when = plan.when
    return {
        "id": plan.id, "task": plan.task, "assets": plan.assets, "class": plan.class_, "every_days": plan.every.days,
        "every_hours": plan.every.hours, "quantity": when and when.quantity, "above": when and when.above, "below": when and when.below,
        "kind": plan.kind, "priority": plan.priority, "assignee": plan.assignee, "planned_h": plan.hours, "checklist": plan.checklist,
        "parts": [one.model_dump() for one in plan.parts], "last_done_at": plan.last_done and plan.last_done.isoformat(),
        "since": plan.since and plan.since.isoformat(),
    }  # fmt: skip


def _plan(row: Mapping[str, Any]) -> Plan:
    when = None
    if row["quantity"]:
        when = Reading(quantity=row["quantity"], above=row["above"], below=row["below"])
    shared = {
        name: row[name]
        for name in ("id", "task", "assets", "class", "kind", "priority", "assignee", "checklist", "parts", "since")
    }
    every = Every(days=row["every_days"], hours=row["every_hours"])
    return Plan.model_validate(
        {**shared, "every": every, "when": when, "hours": row["planned_h"], "last_done": row["last_done_at"]}
    )


def _dated(value: object, zone: ZoneInfo) -> object:
    """YAML reads days and moments without a zone; they are the plant's."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime.combine(value, time(), zone)
    if isinstance(value, list):
        return [_dated(one, zone) for one in cast(list[object], value)]
    if isinstance(value, dict):
        return {key: _dated(one, zone) for key, one in cast(dict[object, object], value).items()}
    return value


def _mistakes(error: ValidationError) -> str:
    told = [
        f"{'.'.join(str(part) for part in one['loc'])}: {one['msg'].removeprefix('Value error, ')}"
        for one in error.errors()[:8]
    ]
    return "; ".join(told)
