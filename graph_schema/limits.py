"""What limits hold at a point and where each comes from: set by hand, the plant file, the twin library, or the general default.

The graph's points carry what holds, so that whoever judges a value reads one set of properties. Beside them stands what is needed to
work it out again: ``limits_set`` is what people set by hand, which imports leave alone, and ``limits_stated`` what the plant file says, kept
where something else goes before it or adds to it. Both are JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph_schema.condition import DEADBAND, DELAY_S, STALE_AFTER_S, WARNING_BAND, Limits
from graph_schema.ontology.ontology import Ontology

Setting = float | bool | None
"""None, set by hand, takes a limit away that the plant file states."""
Settings = Mapping[str, Setting]
Origin = Literal["set by hand", "plant file", "twin library", "default"]

SET, STATED = "limits_set", "limits_stated"
_DAY_S = 86_400
_YEAR_S = 365 * _DAY_S


class PointLimits(BaseModel):
    """The fields by which a point's condition is configured, in the point's unit and in seconds, and what of them makes no sense."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    low: float | None = None
    high: float | None = None
    warning_band: float | None = Field(default=None, ge=0)
    deadband: float | None = Field(default=None, ge=0)
    delay_on_s: float | None = Field(default=None, ge=0, le=_DAY_S)
    delay_off_s: float | None = Field(default=None, ge=0, le=_DAY_S)
    latched: bool | None = None
    stale_after_s: float | None = Field(default=None, gt=0, le=_YEAR_S)

    @model_validator(mode="after")
    def _coherent(self) -> PointLimits:
        if self.low is None or self.high is None:
            return self
        if self.low >= self.high:
            raise ValueError(f"low ({self.low:g}) must lie below high ({self.high:g})")
        if self.deadband is not None and 2 * self.deadband > self.high - self.low:
            raise ValueError(
                f"a deadband of {self.deadband:g} is more than half of what lies between low and high, so no value would be back within them"
            )
        return self


FIELDS = tuple(PointLimits.model_fields)
DEFAULTS: Mapping[str, str] = {
    "low": "none",
    "high": "none",
    "warning_band": f"{WARNING_BAND:.0%} of the span",
    "deadband": f"{DEADBAND:.0%} of the span",
    "delay_on_s": f"{DELAY_S:g}",
    "delay_off_s": f"{DELAY_S:g}",
    "latched": "no",
    "stale_after_s": f"{STALE_AFTER_S:g}",
}
"""What holds where nobody says otherwise, in words."""


def effective(by_hand: Settings, stated: Settings, usual: Settings) -> dict[str, float | bool]:
    """What holds: each field from the first that has a word on it."""
    found = {name: _first(name, by_hand, stated, usual) for name in FIELDS}
    return {name: value for name, value in found.items() if value is not None}


def origin(name: str, by_hand: Settings, stated: Settings, usual: Settings) -> Origin:
    if name in by_hand:
        return "set by hand"
    if name in stated:
        return "plant file"
    return "twin library" if name in usual else "default"


def settings_of(properties: Mapping[str, object]) -> dict[str, Setting]:
    """The fields that the properties of a point, or of an entry of a plant file, have."""
    return {name: cast(float | bool, value) for name in FIELDS if (value := properties.get(name)) is not None}


def by_hand(properties: Mapping[str, object]) -> dict[str, Setting]:
    """What people set at a point."""
    return _parsed(properties.get(SET))


def stated(properties: Mapping[str, object]) -> dict[str, Setting]:
    """What the plant file says of a point; all that holds, where nothing else had a word."""
    kept = properties.get(STATED)
    return settings_of(properties) if kept is None else _parsed(kept)


def usual(ontology: Ontology, class_: str | None, quantity: str | None) -> dict[str, Setting]:
    """What the twin library says of a quantity of a class: how it is judged, not what its limits are."""
    twin = ontology.twin(class_) if class_ else None
    if twin is None or not quantity:
        return {}
    own = twin.quantities.get(quantity)
    found = own or next((one for key, one in twin.quantities.items() if ontology.covers(key, quantity)), None)
    return settings_of(found.judged) if found else {}


def written(by_hand: Settings, stated: Settings, usual: Settings) -> dict[str, float | bool | str | None]:
    """All properties of a point that come of these; None removes one."""
    holds = effective(by_hand, stated, usual)
    return {
        **{name: holds.get(name) for name in FIELDS},
        SET: json.dumps(by_hand) if by_hand else None,
        STATED: json.dumps(stated) if holds != stated else None,
    }


def limits_of(properties: Mapping[str, object]) -> Limits:
    """A point's limits, for ``condition.judge``."""
    found = cast(dict[str, Any], settings_of(properties))
    return Limits(**{name: value for name, value in found.items() if name != "stale_after_s"})


def contradiction(holds: Mapping[str, object]) -> str | None:
    """What makes no sense about what holds, as where a limit set by hand meets another one of a new plant file."""
    try:
        PointLimits.model_validate(settings_of(holds))
    except ValidationError as error:
        return "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors())
    return None


def _first(name: str, *layers: Settings) -> Setting:
    return next((layer[name] for layer in layers if name in layer), None)


def _parsed(text: object) -> dict[str, Setting]:
    return cast(dict[str, Setting], json.loads(text)) if isinstance(text, str) else {}
