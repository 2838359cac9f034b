"""The map of a table: which kind of records it holds, and how it writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graph_schema.errors import InvalidInput, NotFound

RecordKind = Literal["work_orders", "events", "codes", "failure_modes"]


class RecordMap(BaseModel):
    """``columns`` gives the file's own name for a column of ours, ``dates`` how it writes times (as strptime takes it; ISO 8601 without). ``values`` says
    by column of ours what its words mean in ours, ``given`` what a file without the column means, and ``skip`` which values of a column of
    ours leave a row out."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    kind: RecordKind
    columns: dict[str, str] = Field(default_factory=dict)
    dates: str | None = None
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    given: dict[str, str] = Field(default_factory=dict)
    skip: dict[str, list[str]] = Field(default_factory=dict)


def read_record_map(path: Path) -> RecordMap:
    """Raises ``NotFound`` or ``InvalidInput`` with the file and the field."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not YAML: {error}") from error
    try:
        return RecordMap.model_validate(_texts(content))
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:4])
        raise InvalidInput(f"{path.name} is no map of records: {said}.") from error


def _texts(content: object) -> object:
    """YAML reads the keys 5 and TRUE as numbers and truths, which a table writes as text."""
    if isinstance(content, dict):
        told = cast(dict[object, object], content)
        return {_text(key): _texts(value) for key, value in told.items()}
    if isinstance(content, list):
        return [_texts(one) for one in cast(list[object], content)]
    return _text(content)


def _text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value if value is None else str(value)
