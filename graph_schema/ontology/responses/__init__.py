"""What to do about an alarm: cause, consequence, action and time to act, by quantity and side, a data file a language; and its priority."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, cast, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from graph_schema.condition import Level, Side
from graph_schema.errors import InvalidInput

Consequence = Literal["comfort", "operation", "damage", "safety"]
"""What is at stake, the least first."""
Priority = Literal["low", "medium", "high", "urgent"]
CONSEQUENCES = cast(tuple[Consequence, ...], get_args(Consequence))
PRIORITIES = cast(tuple[Priority, ...], get_args(Priority))

USUAL_CRITICALITY = 3
SOON = 10
"""Minutes: who has no more than these has to come at once."""
_ANY = "any"


class Stake(BaseModel):
    """Of a quantity: what its alarm may come to, and how many minutes there are to act; ``also`` are further names of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    consequence: Consequence
    minutes: Annotated[int, Field(gt=0)]
    also: Sequence[str] = ()


class Advice(BaseModel):
    """In one language: a likely cause for each side, what comes of it, and what to do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    high: str
    low: str
    consequence: str
    action: str


@dataclass(frozen=True, slots=True)
class Response:
    """``at_stake`` is the kind of the consequence; ``minutes`` are there to act."""

    at_stake: Consequence
    minutes: int
    cause: str
    consequence: str
    action: str


@dataclass(frozen=True, slots=True)
class Rated:
    """A priority, and the rule by which it came."""

    priority: Priority
    rule: str


def response_of(quantity: str | None, side: Side | None, language: str = "en") -> Response:
    """The response of the longest name that the quantity ends with. Raises ``InvalidInput`` for a language without a file."""
    key = _key(quantity or "")
    stake, advice = _stakes()[key], _advice(language)[key]
    cause = advice.low if side == "low" else advice.high
    return Response(stake.consequence, stake.minutes, cause, advice.consequence, advice.action)


def priority_of(level: Level, criticality: int | None, at_stake: Consequence, minutes: int) -> Rated:
    """From what is at stake, one step up where the asset is critical (5 of 5) or there are ten minutes or less to act, one down where it
    hardly matters (1 or 2) and one down for a warning: ISA-18.2 sets priority by severity of the consequence and time to respond."""
    known = USUAL_CRITICALITY if criticality is None else criticality
    steps = [
        (known >= 5, 1, f"criticality {known} of 5"),
        (known <= 2, -1, f"criticality {known} of 5"),
        (minutes <= SOON, 1, f"{minutes} minutes to act"),
        (level == "warning", -1, "a warning"),
    ]
    counted = [(step, told) for holds, step, told in steps if holds]
    rank = CONSEQUENCES.index(at_stake) + sum(step for step, _ in counted)
    rule = ", ".join([f"{at_stake} at stake", *(f"{told} ({step:+d})" for step, told in counted)])
    return Rated(PRIORITIES[min(max(rank, 0), len(PRIORITIES) - 1)], rule)


def languages() -> Sequence[str]:
    """Those that responses are written in."""
    folder = files("graph_schema.ontology.responses")
    return sorted(
        file.name[:-5] for file in folder.iterdir() if len(file.name) == len("en.yaml") and file.name.endswith(".yaml")
    )


def _key(quantity: str) -> str:
    names = [name for name in _names() if quantity == name or quantity.endswith(f"_{name}")]
    return _names()[max(names, key=len)] if names else _ANY


@cache
def _names() -> Mapping[str, str]:
    """Each name of each entry, with the entry's own."""
    return {name: key for key, stake in _stakes().items() for name in (key, *stake.also)}


@cache
def _stakes() -> Mapping[str, Stake]:
    return _read("rules.yaml", TypeAdapter(dict[str, Stake]))


@cache
def _advice(language: str) -> Mapping[str, Advice]:
    if language not in languages():
        raise InvalidInput(f"There are no responses in the language {language[:20]}.")
    found = _read(f"{language}.yaml", TypeAdapter(dict[str, Advice]))
    if lacking := _stakes().keys() ^ found.keys():
        raise InvalidInput(f"The responses in {language}.yaml and rules.yaml differ: {', '.join(sorted(lacking))}.")
    return found


def _read(name: str, shape: TypeAdapter[Any]) -> Any:
    loader = cast(Any, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    text = files("graph_schema.ontology.responses").joinpath(name).read_text("utf-8")
    try:
        return shape.validate_python(yaml.load(text, Loader=loader))  # noqa: S506 - both loaders are safe ones
    except (ValidationError, yaml.YAMLError) as error:
        raise InvalidInput(f"The file {name} of the responses does not fit: {error}") from error
