"""The notification book: people and how they are reached, hours, rotas and routes, from one YAML file that operators write."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from graph_schema.errors import InvalidInput
from graph_schema.ontology.responses import Priority
from interfaces.notifications.hours import EVERY_DAY, Hours, clock_of, days_of, growing, hours_of, moment_of, span_of
from interfaces.notifications.rota import Rota
from tools.briefing.briefing import Audience
from tools.context import ROLES, Caller, Role

Kind = Literal["alarm", "approval", "work_order"]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_MOST_BYTES = 1_000_000
BRIEFING_LATE = timedelta(hours=12)
"""What is made up for later than that would be of another time of the day."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_listed)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonEntry(_Entry):
    role: Role | None = None
    language: Literal["en", "de", "es"] | None = None
    timezone: str | None = None
    quiet: str | None = Field(default=None, description="hours in which only what is urgent comes")
    reached_by: Names = Field(default=[], description="addresses of Apprise, tried in this order")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        Caller("anybody", timezone=name)
        return name

    @field_validator("quiet")
    @classmethod
    def _quiet_hours(cls, text: str | None) -> str | None:
        if text is not None:
            hours_of(text)
        return text


class HoursEntry(_Entry):
    hours: str
    days: str | None = None
    holidays: list[date] = []

    @property
    def value(self) -> Hours:
        begin, end = hours_of(self.hours)
        return Hours(begin, end, days_of(self.days) if self.days else EVERY_DAY, frozenset(self.holidays))

    @model_validator(mode="after")
    def _readable(self) -> HoursEntry:
        _ = self.value
        return self


class RotaEntry(_Entry):
    people: Names = Field(min_length=1)
    first: date = Field(description="the day of the first person's first turn")
    every: str = "1 w"
    handover: str = "08:00"
    hours: str | None = None

    @field_validator("every")
    @classmethod
    def _whole_days(cls, text: str) -> str:
        if (span := span_of(text)) % timedelta(days=1):
            raise ValueError(f"A turn lasts whole days, not {span}.")
        return text

    @field_validator("handover")
    @classmethod
    def _time(cls, text: str) -> str:
        clock_of(text)
        return text


class StepEntry(_Entry):
    after: str
    to: Names = Field(min_length=1)

    @field_validator("after")
    @classmethod
    def _span(cls, text: str) -> str:
        span_of(text)
        return text


class RouteEntry(_Entry):
    of: Kind = "alarm"
    priority: Annotated[list[Priority] | None, BeforeValidator(_listed)] = None
    site: str | None = None
    within: Annotated[list[str] | None, BeforeValidator(_listed)] = None
    during: str | None = None
    to: Names = Field(min_length=1)
    hold: str | None = None
    then: list[StepEntry] = []
    remind: str | None = None

    @field_validator("remind")
    @classmethod
    def _span(cls, text: str | None) -> str | None:
        if text is not None:
            span_of(text)
        return text

    @model_validator(mode="after")
    def _in_order(self) -> RouteEntry:
        if not growing([span_of(step.after) for step in self.then]):
            raise ValueError("The steps of `then` come later each time.")
        return self


class BriefingEntry(_Entry):
    """Of an audience: when, by the clock of who gets it, and who that is."""

    at: str = "07:00"
    days: str | None = None
    to: Names = Field(min_length=1)

    @field_validator("at")
    @classmethod
    def _time(cls, text: str) -> str:
        clock_of(text)
        return text

    @field_validator("days")
    @classmethod
    def _days(cls, text: str | None) -> str | None:
        if text is not None:
            days_of(text)
        return text

    @field_validator("to")
    @classmethod
    def _somebody(cls, names: list[str]) -> list[str]:
        if "assignee" in names:
            raise ValueError("A briefing is no work of somebody: name people, a role or a rota.")
        return names


class BookFile(_Entry):
    people: dict[str, PersonEntry] = {}
    hours: dict[str, HoursEntry] = {}
    rotas: dict[str, RotaEntry] = {}
    routes: list[RouteEntry] = []
    briefings: dict[Audience, BriefingEntry] = {}
    otherwise: Names = Field(default=[], description="who is told where a route leads to nobody")


@dataclass(frozen=True, slots=True)
class Target:
    """``how`` with a ``name``: of a rota, a role, or a person. ``assignee`` is whose the work is."""

    how: Literal["rota", "role", "person", "assignee"]
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    after: timedelta
    to: Sequence[Target]


@dataclass(frozen=True, slots=True)
class Route:
    """What it is about (``of``), which of these, whom it tells, and when. None leaves a condition out; ``within`` are ids of assets."""

    number: int
    of: Kind
    to: Sequence[Target]
    priorities: frozenset[Priority] | None = None
    site: str | None = None
    within: frozenset[str] | None = None
    during: Hours | None = None
    hold: Hours | None = None
    then: Sequence[Step] = ()
    remind: timedelta | None = None


@dataclass(frozen=True, slots=True)
class BriefingRoute:
    """Who gets the briefing of an audience, at which time of their own day, on which days of the week (0 is Monday)."""

    audience: Audience
    at: time
    to: Sequence[Target]
    days: frozenset[int] = EVERY_DAY

    def day(self, zone: tzinfo, now: datetime) -> date | None:
        """The local day whose briefing is due; None before its time, on other days, and where it is too late for one."""
        today = now.astimezone(zone).date()
        begin = moment_of(today, self.at, zone)
        return today if today.weekday() in self.days and begin <= now < begin + BRIEFING_LATE else None


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    reached_by: Sequence[str]
    role: Role | None = None
    language: str | None = None
    timezone: str | None = None
    quiet: Hours | None = None


@dataclass(frozen=True, slots=True)
class Book:
    people: Mapping[str, Person]
    rotas: Mapping[str, Rota]
    routes: Sequence[Route]
    otherwise: Sequence[Target] = ()
    briefings: Sequence[BriefingRoute] = ()


def read_book(path: Path, environment: Mapping[str, str] | None = None) -> Book:
    """Raises ``InvalidInput`` with all that is wrong with the file, by its place in it. ``${NAME}`` in an address is a variable of the
    environment, so that no secret has to stand in the file."""
    try:
        raw = path.read_bytes()[:_MOST_BYTES]
        given: Any = yaml.safe_load(raw)
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} is no YAML: {' '.join(str(error).split())}") from error
    try:
        entries = BookFile.model_validate(given or {})
    except ValidationError as error:
        raise InvalidInput(f"{path.name}: {'; '.join(_said(one) for one in error.errors())}") from error
    return _book(entries, os.environ if environment is None else environment, path.name)


def _said(error: Any) -> str:
    place = ".".join(str(one) for one in error["loc"])
    return f"{place}: {error['msg'].removeprefix('Value error, ')}"


def _book(entries: BookFile, environment: Mapping[str, str], file: str) -> Book:
    reading = _Reading(entries, environment, file)
    people = {name: reading.person(name, entry) for name, entry in entries.people.items()}
    rotas = {name: reading.rota(name, entry) for name, entry in entries.rotas.items()}
    routes = [reading.route(number, entry) for number, entry in enumerate(entries.routes, 1)]
    briefings = [reading.briefing(audience, entry) for audience, entry in entries.briefings.items()]
    return Book(people, rotas, routes, reading.targets(entries.otherwise, "otherwise"), briefings)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Resolves the names by which parts of the file mean others. Raises ``InvalidInput`` for one that is not there."""

    entries: BookFile
    environment: Mapping[str, str]
    file: str

    def person(self, name: str, entry: PersonEntry) -> Person:
        quiet = Hours(*hours_of(entry.quiet)) if entry.quiet else None
        addresses = [self._filled(one, f"people.{name}.reached_by") for one in entry.reached_by]
        return Person(name, addresses, entry.role, entry.language, entry.timezone, quiet)

    def rota(self, name: str, entry: RotaEntry) -> Rota:
        place = f"rotas.{name}"
        for person in entry.people:
            self._known(person, self.entries.people, f"{place}.people", "person")
        hours = self._hours(entry.hours, f"{place}.hours")
        return Rota(name, entry.people, entry.first, span_of(entry.every).days, clock_of(entry.handover), hours)

    def route(self, number: int, entry: RouteEntry) -> Route:
        place = f"routes.{number - 1}"
        return Route(
            number=number,
            of=entry.of,
            to=self.targets(entry.to, f"{place}.to"),
            priorities=None if entry.priority is None else frozenset(entry.priority),
            site=entry.site,
            within=None if entry.within is None else frozenset(entry.within),
            during=self._hours(entry.during, f"{place}.during"),
            hold=self._hours(entry.hold, f"{place}.hold"),
            then=[Step(span_of(step.after), self.targets(step.to, f"{place}.then")) for step in entry.then],
            remind=None if entry.remind is None else span_of(entry.remind),
        )

    def briefing(self, audience: Audience, entry: BriefingEntry) -> BriefingRoute:
        days = days_of(entry.days) if entry.days else EVERY_DAY
        return BriefingRoute(audience, clock_of(entry.at), self.targets(entry.to, f"briefings.{audience}.to"), days)

    def targets(self, names: Sequence[str], place: str) -> Sequence[Target]:
        return [self._target(name, place) for name in names]

    def _target(self, text: str, place: str) -> Target:
        """“on call plant”, “role technician”, “assignee”, or a person."""
        if text == "assignee":
            return Target("assignee", "")
        if text.startswith("on call "):
            return Target("rota", self._known(text.removeprefix("on call ").strip(), self.entries.rotas, place, "rota"))
        if text.startswith("role "):
            return Target("role", self._known(text.removeprefix("role ").strip(), ROLES, place, "role"))
        return Target("person", self._known(text, self.entries.people, place, "person"))

    def _hours(self, name: str | None, place: str) -> Hours | None:
        return None if name is None else self.entries.hours[self._known(name, self.entries.hours, place, "hours")].value

    def _known(self, name: str, names: Mapping[str, Any] | Sequence[str], place: str, what: str) -> str:
        if name not in names:
            there = ", ".join(names) or "none"
            raise InvalidInput(f"{self.file}: {place}: there is no {what} “{name}”; there are: {there}.")
        return name

    def _filled(self, address: str, place: str) -> str:
        missing = [name for name in _VARIABLE.findall(address) if name not in self.environment]
        if missing:
            raise InvalidInput(f"{self.file}: {place}: the variable {missing[0]} is not set.")
        return _VARIABLE.sub(lambda match: self.environment[match[1]], address)
