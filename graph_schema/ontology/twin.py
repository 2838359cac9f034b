"""The twin library: what is typical of a class of equipment, and what people call it.

The files under ``graph_schema/ontology/library`` are checked as they are read; a mistake in one names the file and the field.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Annotated, Any, Literal, TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph_schema.errors import InvalidInput
from graph_schema.series import SeriesKind

Form = Literal["box", "cylinder", "sphere", "tank", "tower", "fan", "pump", "coil", "valve", "panel", "pole"]
Medium = Literal[
    "air", "water", "chilled water", "hot water", "condenser water", "domestic water", "wastewater", "stormwater",
    "steam", "refrigerant", "gas", "fuel", "compressed air", "electricity", "light", "data",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypicalQuantity:
    """``low`` and ``high`` bound what is normal while the equipment runs, in ``unit``. ``judged`` is how a point of it is judged where
    the general defaults are not right for the trade: ``delay_on_s``, ``delay_off_s``, ``latched``, ``stale_after_s``."""

    unit: str | None = None
    low: float | None = None
    high: float | None = None
    judged: Mapping[str, float | bool] = field(default_factory=dict[str, float | bool])


@dataclass(frozen=True, slots=True)
class FailureMode:
    """``code`` follows ISO 14224's failure modes; ``quantities`` are those that reveal it."""

    code: str
    name: str
    quantities: tuple[str, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class MaintenanceTask:
    task: str
    every_days: int


@dataclass(frozen=True, slots=True)
class Shape:
    """``size`` is width, depth and height in metres."""

    form: Form
    size: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Twin:
    """What is typical of a class. ``criticality`` runs from 1 (low) to 5 (high)."""

    class_: str
    words: tuple[str, ...]
    quantities: Mapping[str, TypicalQuantity]
    failure_modes: tuple[FailureMode, ...]
    maintenance: tuple[MaintenanceTask, ...]
    shape: Shape
    criticality: int
    medium: Medium | None


@dataclass(frozen=True, slots=True)
class AddedClass:
    """A class that Brick lacks."""

    name: str
    parent: str
    definition: str


@dataclass(frozen=True, slots=True)
class QuantityNote:
    """What people call a point class, its usual unit, and what its readings are."""

    unit: str | None
    words: tuple[str, ...]
    kind: SeriesKind | None = None


@dataclass(frozen=True, slots=True)
class Library:
    twins: tuple[Twin, ...]
    added: tuple[AddedClass, ...]
    quantities: Mapping[str, QuantityNote]
    words: Mapping[str, tuple[str, ...]]
    prefer: tuple[str, ...]
    same: Mapping[str, str] = field(default_factory=dict[str, str])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Definition(_Strict):
    parent: str
    definition: str


class _Quantity(_Strict):
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    delay_on_s: Annotated[float, Field(ge=0)] | None = None
    delay_off_s: Annotated[float, Field(ge=0)] | None = None
    latched: bool | None = None
    stale_after_s: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _low_below_high(self) -> "_Quantity":
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError("low must lie below high")
        return self


class _FailureMode(_Strict):
    code: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    name: str
    quantities: list[str] = []
    advice: str


class _Task(_Strict):
    task: str
    every_days: Annotated[int, Field(gt=0)]


class _Shape(_Strict):
    form: Form
    size: Annotated[list[Annotated[float, Field(gt=0)]], Field(min_length=3, max_length=3)]


class _Twin(_Strict):
    define: _Definition | None = None
    words: list[str] = []
    medium: Medium | None = None
    criticality: Annotated[int, Field(ge=1, le=5)]
    shape: _Shape
    quantities: dict[str, _Quantity] = {}
    failure_modes: list[_FailureMode] = []
    maintenance: list[_Task] = []


class _EquipmentFile(_Strict):
    classes: dict[str, _Twin]


class _QuantityNote(_Strict):
    define: _Definition | None = None
    unit: str | None = None
    kind: SeriesKind | None = None
    words: list[str] = []


class _QuantityFile(_Strict):
    quantities: dict[str, _QuantityNote]


class _NamesFile(_Strict):
    prefer: list[str]
    same: dict[str, str]
    words: dict[str, list[str]]


def load_library() -> Library:
    """Read and check every file of the library; raises ``InvalidInput`` for a file that does not fit."""
    folder = files("graph_schema.ontology").joinpath("library")
    names = _read("names.yaml", _NamesFile)
    notes = _read("quantities.yaml", _QuantityFile).quantities
    equipment_files = sorted(
        item.name
        for item in folder.iterdir()
        if item.name.endswith(".yaml") and item.name not in ("names.yaml", "quantities.yaml")
    )
    entries = [entry for name in equipment_files for entry in _read(name, _EquipmentFile).classes.items()]
    return Library(
        twins=tuple(_twin(name, entry) for name, entry in entries),
        added=(*_added(entries), *_added(notes.items())),
        quantities={name: QuantityNote(note.unit, tuple(note.words), note.kind) for name, note in notes.items()},
        words={name: tuple(words) for name, words in names.words.items()},
        prefer=tuple(names.prefer),
        same=names.same,
    )


_File = TypeVar("_File", bound=BaseModel)


def _read(name: str, model: type[_File]) -> _File:
    text = files("graph_schema.ontology").joinpath("library", name).read_text("utf-8")
    loader = cast(Any, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        return model.model_validate(yaml.load(text, Loader=loader))  # noqa: S506 - both loaders are safe ones
    except (ValidationError, yaml.YAMLError) as error:
        raise InvalidInput(f"The twin library's file {name} does not fit: {error}") from error


def _added(entries: "Any") -> Iterator[AddedClass]:
    for name, entry in entries:
        if entry.define:
            yield AddedClass(name, entry.define.parent, entry.define.definition)


def _twin(name: str, entry: _Twin) -> Twin:
    width, depth, height = entry.shape.size
    return Twin(
        class_=name,
        words=tuple(entry.words),
        quantities={key: _typical(one) for key, one in entry.quantities.items()},
        failure_modes=tuple(FailureMode(m.code, m.name, tuple(m.quantities), m.advice) for m in entry.failure_modes),
        maintenance=tuple(MaintenanceTask(task.task, task.every_days) for task in entry.maintenance),
        shape=Shape(entry.shape.form, (width, depth, height)),
        criticality=entry.criticality,
        medium=entry.medium,
    )


def _typical(entry: _Quantity) -> TypicalQuantity:
    judged = entry.model_dump(exclude_none=True, exclude={"unit", "low", "high"})
    return TypicalQuantity(entry.unit, entry.low, entry.high, judged)
