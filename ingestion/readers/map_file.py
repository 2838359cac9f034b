"""A map of what to read, as a file of YAML."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from graph_schema.errors import InvalidInput
from graph_schema.importers.yaml_text import read_yaml

Map = TypeVar("Map", bound=BaseModel)


def load_reader_map(path: Path, kind: type[Map]) -> Map:
    """Read the file. Raises ``InvalidInput`` that says where it is wrong."""
    try:
        return kind.model_validate(read_yaml(path, path.read_text("utf-8")) or {})
    except OSError as error:
        raise InvalidInput(f"The map {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The map {path} is no text in UTF-8.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = " › ".join(str(part) for part in first["loc"]) or "the file"
        raise InvalidInput(
            f"The map {path} is wrong at {where}: {first['msg'].removeprefix('Value error, ')}."
        ) from error
