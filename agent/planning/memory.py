"""What was asked, as plain values that a conversation's checkpoint keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from agent.language.lattice import ClassWord
from agent.language.times import Span
from agent.planning.asked import Asked, Value
from agent.planning.assets import Assets, Test
from agent.vocabulary.quantities import Quantity

_KINDS: Mapping[str, TypeAdapter[Any]] = {
    one.__name__: TypeAdapter(one) for one in (Assets, ClassWord, Quantity, Span, Test)
}
_PLAIN = "plain"


def kept(asked: Asked) -> Mapping[str, Any]:
    """JSON values of a question; ``remembered`` reads them."""
    values = {slot: [_kept(value) for value in some] for slot, some in asked.values.items()}
    waits = {"offered": list(asked.offered), "open": asked.open_slot}
    return {"intent": asked.intent, "says": dict(asked.says), "values": values, **waits}


def remembered(given: Mapping[str, Any] | None) -> Asked | None:
    """The question that was kept; none where there is none, or it was kept by a version that kept something else."""
    if not given:
        return None
    try:
        values = {
            slot: tuple(_read(one) for one in cast(Sequence[Mapping[str, Any]], some))
            for slot, some in cast(Mapping[str, Any], given["values"]).items()
        }
        offered, waits = tuple(given.get("offered", ())), given.get("open")
        return Asked(str(given["intent"]), values, given["says"], offered=offered, open_slot=waits)
    except (KeyError, TypeError, ValidationError):
        return None


def _kept(value: Value) -> Mapping[str, Any]:
    kind = type(value).__name__
    if kind in _KINDS:
        return {"kind": kind, "value": _KINDS[kind].dump_python(value, mode="json", by_alias=True)}
    return {"kind": _PLAIN, "value": value}


def _read(given: Mapping[str, Any]) -> Value:
    if given["kind"] == _PLAIN:
        return given["value"]
    return _KINDS[given["kind"]].validate_python(given["value"])
