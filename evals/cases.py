"""Case files and world files as typed values; the format is described in docs/engineers/evals.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph_schema.errors import InvalidInput, NotFound


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


T = TypeVar("T", bound=Part)


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
    cypher: str | None = None
    ids: list[str] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "ExpectedEntities":
        if (self.cypher is None) == (self.ids is None):
            raise ValueError("entities need exactly one of cypher and ids")
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
    max_calls: int | None = None


class Turn(Part):
    ask: str
    expect: Expectation = Expectation()


class Case(Part):
    id: str
    as_: str = Field(default="technician", alias="as")
    category: str | None = None
    turns: list[Turn] = Field(min_length=1)

    @property
    def group(self) -> str:
        """The category: as stated, else the id without its trailing number."""
        return self.category or self.id.rstrip("0123456789").rstrip("-_")


class CaseFile(Part):
    world: str
    cases: list[Case]


class Replay(Part):
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
    timezone: str = "UTC"
    import_: list[str] = Field(default=[], alias="import")
    replay: list[Replay] = []
    history: list[Replay] = []
    simulate: Simulation | None = None


def read_yaml(path: Path, model: type[T]) -> T:
    try:
        return model.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, ValidationError) as error:
        raise InvalidInput(f"{path} does not follow the format: {error}") from error


def read_cases(path: Path) -> Iterator[tuple[Path, CaseFile]]:
    """The case files at a path: the file itself, or every ``.yaml`` under the folder that has cases."""
    if not path.exists():
        raise NotFound(f"There is no case file or folder at {path}.")
    for file in [path] if path.is_file() else sorted(path.rglob("*.y*ml")):
        if path.is_file() or "cases" in (yaml.safe_load(file.read_text("utf-8")) or {}):
            yield file, read_yaml(file, CaseFile)
