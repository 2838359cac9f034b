"""The fields of a plant description, and the account of what is wrong with them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from graph_schema.errors import InvalidInput
from graph_schema.importers.names import MAX_DESCRIPTION, MAX_NAME, plain_text
from graph_schema.importers.units import unit_symbol
from graph_schema.limits import PointLimits
from graph_schema.series import SeriesKind, Stamp

_PROBLEMS_SHOWN = 20
_POINT = re.compile(r"(?P<quantity>[^=\[\]]+?)\s*(?:\[(?P<unit>[^\]]*)\])?\s*(?:=\s*(?P<source>.+))?")


def _words(value: object) -> object:
    """A list, or what a cell holds: entries separated by semicolons."""
    return [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value


def parse_points(value: object) -> object:
    """Points by quantity, or what a cell holds: ``zone_air_temperature [°C] = vav-1/zat; damper_position``."""
    if not isinstance(value, str):
        return value
    found: dict[str, dict[str, str]] = {}
    for part in filter(None, (part.strip() for part in value.split(";"))):
        told = _POINT.fullmatch(part)
        if told is None:
            raise ValueError(f"“{part}” should look like quantity [unit] = source, the last two being optional")
        quantity = told["quantity"].strip()
        if quantity in found:
            raise ValueError(f"it has the quantity {quantity} twice")
        found[quantity] = {key: text for key in ("unit", "source") if (text := told[key])}
    return found


def _text(value: object) -> object:
    """YAML reads an unquoted 101 as a number; as an id or a name it is text."""
    told = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    return plain_text(told) if isinstance(told, str) else told


def _unit(value: object) -> object:
    return unit_symbol(value.strip()) if isinstance(value, str) else value


def _day(value: object) -> object:
    """A day in ISO 8601; YAML reads an unquoted one as a date."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError as error:
        raise ValueError(f"“{value}” is no day; write one such as 2019-03-31") from error


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"“{name}” is no time zone; write one such as America/Chicago or UTC") from error
    return name


_Text = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=MAX_NAME)]
_LongText = Annotated[str, Field(max_length=MAX_DESCRIPTION)]
_Texts = Annotated[list[_Text], BeforeValidator(_words)]
_Unit = Annotated[str, BeforeValidator(_unit)]
_Day = Annotated[str, BeforeValidator(_day)]
_Timezone = Annotated[str, AfterValidator(_known_timezone)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Feed(_Strict):
    to: _Text
    medium: str | None = None


class FedBy(_Strict):
    from_: _Text = Field(alias="from")
    medium: str | None = None


class PointEntry(PointLimits):
    id: _Text | None = None
    name: _Text | None = None
    unit: _Unit | None = None
    source: str | None = None
    description: _LongText | None = None
    series_kind: SeriesKind | None = Field(default=None, alias="kind")
    rollover: float | None = Field(default=None, gt=0)
    stamp: Stamp | None = None
    range_low: float | None = None
    range_high: float | None = None

    @model_validator(mode="after")
    def _range_in_order(self) -> "PointEntry":
        if self.range_low is not None and self.range_high is not None and self.range_low >= self.range_high:
            raise ValueError(f"range_low ({self.range_low:g}) must lie below range_high ({self.range_high:g})")
        return self

    @model_validator(mode="after")
    def _limits_where_they_are_judged(self) -> "PointEntry":
        stated = [
            name for name in ("warning_band", "deadband", "delay_on_s", "delay_off_s", "latched") if getattr(self, name)
        ]
        if stated and self.low is None and self.high is None:
            raise ValueError(f"it has {' and '.join(stated)}, and neither low nor high to apply it to")
        return self


class Entry(_Strict):
    id: _Text
    class_: _Text | None = Field(default=None, alias="class")
    name: _Text | None = None
    aliases: _Texts = []
    description: _LongText | None = None
    in_: _Text | None = Field(default=None, alias="in")
    part_of: _Text | None = None
    parts: _Texts = []
    feeds: Annotated[list[_Text | Feed], BeforeValidator(_words)] = []
    fed_by: Annotated[list[_Text | FedBy], BeforeValidator(_words)] = []
    level: int | None = None
    criticality: int | None = Field(default=None, ge=1, le=5)
    rated_power_kw: float | None = Field(default=None, gt=0)
    support: Literal["rigid", "flexible"] | None = None
    installed: _Day | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    timezone: _Timezone | None = None
    x: float | None = None
    y: float | None = None
    z: float | None = None
    w: float | None = Field(default=None, ge=0)
    d: float | None = Field(default=None, ge=0)
    h: float | None = Field(default=None, ge=0)
    points: Annotated[dict[str, PointEntry | None], BeforeValidator(parse_points)] = {}


_Model = TypeVar("_Model", bound=BaseModel)
Section = Literal["site", "places", "assets"]


@dataclass(slots=True)
class Description:
    """Entries with where they stand, and the problems found so far."""

    where: str
    entries: list[tuple[str, Section, Entry]] = field(default_factory=list[tuple[str, Section, Entry]])
    points: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    problems: list[str] = field(default_factory=list[str])

    def read(self, where: str, section: Section, data: Mapping[str, Any]) -> None:
        if entry := self.check(where, Entry, data):
            self.entries.append((where, section, entry))

    def check(self, where: str, model: type[_Model], data: Mapping[str, Any]) -> _Model | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            found = _without_wrong_branches(error.errors())
            problems = [f"{where}, {_field(e['loc'])}: {_sentence(e, model)}" for e in found]
            self.problems += [problem for problem in problems if problem not in self.problems]
            return None

    def fail_if_wrong(self) -> None:
        if self.problems:
            more = len(self.problems) - _PROBLEMS_SHOWN
            shown = [*self.problems[:_PROBLEMS_SHOWN], *([f"and {more} more"] if more > 0 else [])]
            raise InvalidInput("\n".join(shown))


def _without_wrong_branches(errors: Iterable[Any]) -> list[Any]:
    """A feed is a text or a set of fields: of a faulty set, what is wrong as a set."""
    found = list(errors)
    return [e for e in found if not (e["type"] == "string_type" and isinstance(e["input"], dict))] or found


def _field(location: tuple[int | str, ...]) -> str:
    """The field's path without pydantic's names for the branches of a union."""
    branches = ("Feed", "FedBy")
    parts = [str(part) for part in location if part not in branches and "[" not in str(part) and "-" not in str(part)]
    return f"field {'.'.join(parts)}" if parts else "the entry"


def _no_such_field(name: str, path: tuple[int | str, ...], model: type[BaseModel]) -> str:
    inner = Feed if "Feed" in path else FedBy if "FedBy" in path else PointEntry if path[0] == "points" else model
    known = [info.alias or key for key, info in inner.model_fields.items()]
    close = get_close_matches(name, known, 1, 0.6)
    return (
        f"there is no such field; did you mean {close[0]}?"
        if close
        else f"there is no such field among {', '.join(known)}"
    )


def _sentence(error: Any, model: type[BaseModel]) -> str:
    """What pydantic found, in words for somebody who writes tables."""
    told = f"“{error['input']}”" if isinstance(error["input"], str | int | float) else "this"
    limit = next(iter(error.get("ctx", {}).values()), "")
    match error["type"]:
        case "extra_forbidden":
            return _no_such_field(str(error["loc"][-1]), error["loc"], model)
        case "list_type":
            return "this must be a list, such as [vav-1, vav-2]"
        case "dict_type" if error["loc"] == ("points",):
            return "this must be a set of quantities, such as {supply_air_temperature: {unit: °C, source: ahu-1/sat}}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return "this must be a set of fields, such as {unit: °C, source: ahu-1/sat}"
        case "string_type":
            return "this must be text"
        case "missing":
            return "it is needed"
        case "int_parsing" | "int_type" | "int_from_float":
            return f"{told} is no whole number"
        case "float_parsing" | "float_type":
            return f"{told} is no number"
        case "finite_number":
            return f"{told} is no finite number"
        case "bool_parsing" | "bool_type":
            return f"{told} is neither yes nor no"
        case "less_than_equal" | "greater_than_equal" | "greater_than":
            comparison = {"less_than_equal": "at most", "greater_than_equal": "at least", "greater_than": "more than"}
            return f"{told} must be {comparison[error['type']]} {limit}"
        case "literal_error":
            return f"{told} must be " + str(limit).replace("'", "")
        case "string_too_long" | "too_long":
            return f"it has more than {error['ctx']['max_length']} characters"
        case "string_too_short" | "too_short":
            return "it is empty"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")
