"""Case files and world files as typed values; the format is described in docs/engineers/evals.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from graph_schema.errors import InvalidInput, NotFound
from tools.context import Role
from tools.sentences.language import USUAL, languages


class Part(BaseModel):
    """Unknown fields are refused: a misspelt expectation would hold of every answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, coerce_numbers_to_str=True)


class ExpectedCall(Part):
    tool: str
    args: dict[str, Any] = {}


class ExpectedNumber(Part):
    """A number that must appear in the answer: known, or computed from the stores by SQL or Cypher (first column)."""

    value: float | None = None
    sql: str | None = None
    cypher: str | None = None
    tolerance: float | None = None
    unit: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "ExpectedNumber":
        if sum(source is not None for source in (self.value, self.sql, self.cypher)) != 1:
            raise ValueError("a number needs exactly one of value, sql and cypher")
        return self


class ExpectedEntities(Part):
    """The ids an answer must name, known or computed from the stores (first column)."""

    cypher: str | None = None
    sql: str | None = None
    ids: list[str] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "ExpectedEntities":
        if sum(source is not None for source in (self.cypher, self.sql, self.ids)) != 1:
            raise ValueError("entities need exactly one of cypher, sql and ids")
        return self


class ExpectedScene(Part):
    highlight: list[str] = []


class Expectation(Part):
    """What must hold of one answer. Everything that is given must hold; call order is free."""

    calls: list[ExpectedCall] = []
    forbid_calls: list[str] = []
    numbers: list[ExpectedNumber] = []
    mentions: list[str] = []
    any_mention: list[list[str]] = []
    not_mentions: list[str] = []
    entities: ExpectedEntities | None = None
    scene: ExpectedScene | None = None
    proposes: ExpectedCall | None = None
    abstains: bool = False
    asks_back: bool = False
    max_calls: int | None = None


class Turn(Part):
    ask: str
    expect: Expectation = Expectation()


class Case(Part):
    """One conversation. Fields that are not part of the format (notes, tags) may stand beside."""

    model_config = ConfigDict(extra="ignore")

    id: str
    as_: Role = Field(default="technician", alias="as")
    category: str | None = None
    turns: list[Turn] = Field(min_length=1)

    @property
    def group(self) -> str:
        """The category: as stated, else the id without its trailing number."""
        return self.category or _group(self.id)

    @property
    def abstains(self) -> bool:
        """Whether all that is expected is that the plant does not know, or that it is asked back."""
        told = [turn.expect for turn in self.turns if turn.expect != Expectation()]
        return bool(told) and all(expect.abstains or expect.asks_back for expect in told)


@dataclass(frozen=True, slots=True)
class BrokenCase:
    """A case that does not follow the format: it fails, and the others of its file are run."""

    id: str
    why: str

    @property
    def group(self) -> str:
        return _group(self.id)


def _group(id: str) -> str:
    return id.rstrip("0123456789").rstrip("-_") or id


@dataclass(frozen=True, slots=True)
class CaseFile:
    """``language`` is that of its questions and of who asks them."""

    path: Path
    world: str
    cases: Sequence[Case | BrokenCase]
    language: str = "en"


class Replay(Part):
    """A recording and the map of its columns; with ``rows`` only the first so many of it."""

    file: str
    map: str
    rows: int | None = Field(default=None, ge=1)


class PastRecords(Part):
    """A table of work orders, events, names of codes or failure modes, and the map that says how it is read."""

    file: str
    map: str


class SimulatedFault(Part):
    asset: str
    fault: str
    start: AwareDatetime
    end: AwareDatetime | None = None
    severity: float = 1.0


class Simulation(Part):
    plant: str = "demo"
    seed: int = 7
    days: float = 30
    step_s: int = 900
    faults: list[SimulatedFault] = []


class WorldFile(Part):
    """What exists and what time it is. Paths are relative to the file."""

    name: str
    clock: AwareDatetime | None = None
    timezone: str | None = None
    import_: list[str] = Field(default=[], alias="import")
    replay: list[Replay] = []
    history: list[PastRecords] = []
    simulate: Simulation | None = None

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        try:
            return name and ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {name!r}") from error


def read_world_file(path: Path) -> WorldFile:
    """Raises ``InvalidInput`` with the file and the field."""
    content = _mapping(path, _yaml(path))
    try:
        return WorldFile.model_validate({"name": path.stem, **content})
    except ValidationError as error:
        raise InvalidInput(f"{path} does not follow the format of a world: {_said(error)}") from error


def read_cases(path: Path) -> list[CaseFile]:
    """The case files at a path: the file itself, or every YAML file under the folder that has cases.

    Raises ``NotFound`` or ``InvalidInput`` with the file. A case that does not follow the format becomes a ``BrokenCase``.
    """
    if path.is_file():
        return [_case_file(path, _yaml(path))]
    if not path.is_dir():
        raise NotFound(f"There is no case file or folder at {path}.")
    files = [(file, _yaml(file)) for file in sorted(path.rglob("*")) if file.suffix in (".yaml", ".yml")]
    found = [_case_file(file, content) for file, content in files if isinstance(content, dict) and "cases" in content]
    if not found:
        raise NotFound(f"There is no case file under {path}: none of its YAML files has cases.")
    return found


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not YAML: {error}") from error


def _mapping(path: Path, content: Any) -> Mapping[str, Any]:
    if not isinstance(content, dict):
        raise InvalidInput(f"{path} is not a mapping with fields such as world and cases.")
    return cast(dict[str, Any], content)


def _case_file(path: Path, content: Any) -> CaseFile:
    fields = _mapping(path, content)
    world, cases = fields.get("world"), fields.get("cases")
    if not isinstance(world, str):
        raise InvalidInput(f"{path} does not name its world.")
    if not isinstance(cases, list):
        raise InvalidInput(f"{path} has no list of cases.")
    listed = enumerate(cast(list[Any], cases), start=1)
    language = fields.get("language", USUAL)
    if language not in languages():
        raise InvalidInput(f"{path} is in the language {language!r}; there are {', '.join(languages())}.")
    return CaseFile(path, world, tuple(_case(path, number, one) for number, one in listed), language)


def _case(path: Path, number: int, content: Any) -> Case | BrokenCase:
    given = cast(dict[str, Any], content).get("id") if isinstance(content, dict) else None
    id = str(given) if given is not None else f"case {number}"
    try:
        return Case.model_validate(content)
    except ValidationError as error:
        return BrokenCase(id, f"{path.name}, {id}: the case does not follow the format: {_said(error)}")


def _said(error: ValidationError) -> str:
    """The first few things that are wrong, each with its place."""
    said = [(".".join(map(str, one["loc"])), one["msg"].removeprefix("Value error, ")) for one in error.errors()]
    return "; ".join(f"{place}: {message}" if place else message for place, message in said[:4])
