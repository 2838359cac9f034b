"""Who does maintenance, when and where: ``crews.yaml``, written by operators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from graph_schema.errors import InvalidInput
from ingestion.orders.order import Kind
from tools.maintenance.costs import first_mistake, read_yaml
from tools.maintenance.model import CLUSTER_MIN, VISIT_MIN, Absence, Crew, Shift

USUAL_MINUTES = 120
"""What a job takes where neither its order, its plan nor the file says so, in minutes."""
ISOLATION_MINUTES = 30
"""To isolate an asset, drain it and put it back, in minutes, where the file says nothing else."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def hours_of(text: str) -> tuple[int, int]:
    """“07:00-15:30” as minutes of a day. Raises ``ValueError``."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"“{text[:40]}” is no span of hours such as 07:00-15:30")
    a, b, c, d = (int(one) for one in found.groups())
    start, end = 60 * a + b, 60 * c + d
    if not 0 <= start < end <= 24 * 60 or b > 59 or d > 59:
        raise ValueError(f"“{text[:40]}” does not end after it begins, on the same day")
    return start, end


def days_of(text: str) -> frozenset[int]:
    """“mon-fri, sun” as days of the week from 0. Raises ``ValueError``."""
    found: set[int] = set()
    for piece in text.lower().replace(" ", "").split(","):
        first, _, last = piece.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ValueError(f"“{text[:40]}” are no days such as mon-fri, sun")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        if end < begin:
            raise ValueError(f"“{piece}” does not run forward through the week")
        found |= set(range(begin, end + 1))
    return frozenset(found)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_listed)]


class Hours(_Model):
    """The hours of some days of the week."""

    hours: str
    days: str = "mon-sun"

    @field_validator("hours")
    @classmethod
    def _span(cls, text: str) -> str:
        hours_of(text)
        return text

    @field_validator("days")
    @classmethod
    def _week(cls, text: str) -> str:
        days_of(text)
        return text

    def on(self, day: date) -> tuple[int, int] | None:
        return hours_of(self.hours) if day.weekday() in days_of(self.days) else None


class Away(_Model):
    """Both days away."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Away:
        if self.last < self.first:
            raise ValueError("it ends before it begins")
        return self


class CrewEntry(_Model):
    name: str = Field(min_length=1, max_length=100)
    skills: Names = []
    shifts: list[Hours] = Field(min_length=1, description="one a day")
    away: list[Away] = []
    starts_at: str | None = Field(default=None, description="the building or site where its day begins")
    rate_per_hour: float | None = Field(default=None, ge=0)


class SkillRule(_Model):
    """What work needs, of a class or of a kind of order; all that fit count."""

    skill: str
    class_: str | None = Field(default=None, alias="class")
    kind: Kind | None = None


class OpenHours(_Model):
    """When work may go on in a place, or at an asset, and all that is in it."""

    at: str
    open: list[Hours] = Field(min_length=1)


class CrewBook(_Model):
    """``crews.yaml``. ``visit`` and ``cluster`` are minutes of way, ``isolation`` of isolating an asset, ``usual`` of a job that nothing is said of."""

    crews: list[CrewEntry] = Field(min_length=1)
    skills: list[SkillRule] = []
    windows: list[OpenHours] = []
    visit: int = Field(default=VISIT_MIN, ge=0, le=600)
    cluster: int = Field(default=CLUSTER_MIN, ge=0, le=600)
    isolation: int = Field(default=ISOLATION_MINUTES, ge=0, le=600)
    usual: int | None = Field(default=None, ge=5, le=600)

    @model_validator(mode="after")
    def _told_once(self) -> CrewBook:
        names = [one.name for one in self.crews]
        if twice := sorted({one for one in names if names.count(one) > 1}):
            raise ValueError(f"{', '.join(twice)} stands twice")
        return self

    def needed(self, classes: Sequence[str], kind: Kind) -> frozenset[str]:
        """Of a job at an asset of these classes."""
        fit = [one for one in self.skills if one.class_ in (None, *classes) and one.kind in (None, kind)]
        return frozenset(one.skill for one in fit)


def read_crews(path: Path) -> CrewBook:
    """Raises ``InvalidInput`` where there is none, or with the place that is wrong."""
    if not path.exists():
        raise InvalidInput(f"There are no crews yet. Write {path}; docs/operators/schedule.md shows one.")
    return crews_of(read_yaml(path), path.name)


def crews_of(told: Any, name: str) -> CrewBook:
    try:
        return CrewBook.model_validate(told or {})
    except ValidationError as error:
        raise InvalidInput(f"{name} cannot be used: {first_mistake(error)}") from error


def crew_of(entry: CrewEntry, start: date, days: int, cluster: str | None, rate: int) -> Crew:
    """For a plan of so many days; ``rate`` in hundredths a minute."""
    shifts: dict[int, Shift] = {}
    for day in range(days):
        spans = [span for one in entry.shifts if (span := one.on(start + timedelta(days=day))) is not None]
        if spans:
            shifts[day] = Shift(*spans[0])
    away = tuple(Absence((one.first - start).days, (one.last - start).days) for one in entry.away)
    return Crew(entry.name, frozenset(entry.skills), shifts, away, cluster, rate)
