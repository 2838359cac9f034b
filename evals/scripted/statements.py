"""Statement files: questions, the calls that a model makes for them, and what it then states, true and false."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from evals.cases import ExpectedCall, Part
from graph_schema.errors import InvalidInput, NotFound
from tools.context import Role


class Statement(Part):
    """What is said, and whether the results of the case's calls bear it out. ``kind`` is any word to report by: number, state, deed."""

    say: str = Field(min_length=1)
    holds: bool
    kind: str = Field(min_length=1)
    language: str = "en"


class StatementCase(Part):
    question: str = Field(min_length=1)
    as_: Role = Field(default="technician", alias="as")
    calls: list[ExpectedCall] = Field(default=[], max_length=16)
    statements: list[Statement] = Field(min_length=1)


class StatementFile(Part):
    world: str
    cases: list[StatementCase] = Field(min_length=1)


def read_statements(path: Path) -> list[tuple[Path, StatementFile]]:
    """The file at a path, or every YAML file under a folder. Raises ``NotFound`` or ``InvalidInput`` with the file and the field."""
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.suffix in (".yaml", ".yml"))
    if not files:
        raise NotFound(f"There is no statement file or folder of them at {path}.")
    return [(file, _read(file)) for file in files]


def _read(file: Path) -> StatementFile:
    try:
        content: Any = yaml.safe_load(file.read_text("utf-8"))
        return StatementFile.model_validate(content)
    except (OSError, yaml.YAMLError) as error:
        raise InvalidInput(f"{file} cannot be read as YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{file} does not follow the format of statements: {where}: {first['msg']}") from error
