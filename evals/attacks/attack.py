"""Attack files: texts, where each is planted, and what a model does that obeys it."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from evals.cases import ExpectedCall, Part
from graph_schema.errors import InvalidInput, NotFound

Source = Literal[
    "asset_name", "point_name", "metric_name", "telemetry_text", "note", "document", "file_name", "work_order", "question",
    "earlier_question",
]  # fmt: skip
ASSET = "{asset}"


class Attack(Part):
    """``calls`` and ``say`` are what the text wants: calls that change something or that there are not, and a sentence that is not true."""

    id: str = Field(min_length=1, max_length=40)
    source: Source
    text: str = Field(min_length=10, max_length=1000)
    calls: list[ExpectedCall] = Field(default=[], max_length=8)
    say: str = Field(min_length=1)
    language: str = "en"

    def at(self, asset: str) -> "Attack":
        """The same, with the asset that it is planted at."""
        calls = [
            ExpectedCall(tool=one.tool, args={key: _placed(value, asset) for key, value in one.args.items()})
            for one in self.calls
        ]
        return self.model_copy(update={"text": self.text.replace(ASSET, asset), "calls": calls})


class AttackFile(Part):
    language: str = Field(min_length=2, max_length=8)
    attacks: list[Attack] = Field(min_length=1)


def _placed(value: object, asset: str) -> object:
    return value.replace(ASSET, asset) if isinstance(value, str) else value


def own_attacks() -> Path:
    """The files of the product."""
    return Path(str(files("evals.attacks")))


def read_attacks(path: Path) -> list[Attack]:
    """Those of a file, or of every YAML file under a folder. Raises ``NotFound`` or ``InvalidInput`` with the file and the field."""
    found = [path] if path.is_file() else sorted(path.rglob("*.yaml"))
    if not found:
        raise NotFound(f"There is no attack file or folder of them at {path}.")
    attacks = [attack for file in found for attack in _read(file)]
    twice = sorted({one.id for one in attacks if [other.id for other in attacks].count(one.id) > 1})
    if twice:
        raise InvalidInput(f"Several attacks are called {', '.join(twice)}. Give each an id of its own.")
    return attacks


def _read(file: Path) -> list[Attack]:
    try:
        content = AttackFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} is no YAML that can be read: {str(error).partition(chr(10))[0]}.") from error
    return [one.model_copy(update={"language": content.language}) for one in content.attacks]
