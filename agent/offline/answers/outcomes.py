"""What came of the calls of one question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from agent.offline.planner import Call
from tools.results.result import ToolResult

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call with its result, or with the reason why it has none."""

    call: Call
    result: ToolResult | None
    error: str | None = None


Results = Mapping[str, type[ToolResult]]
"""What each tool returns, by its name."""


def outcome(call: Call, content: str, results: Results) -> Outcome:
    model = results.get(call.tool)
    if model is None:
        return Outcome(call, None, content)
    try:
        return Outcome(call, model.model_validate_json(content))
    except ValidationError:
        return Outcome(call, None, _error(content))


def results_of(outcomes: Sequence[Outcome], kind: type[T]) -> list[T]:
    return [one.result for one in outcomes if isinstance(one.result, kind)]


def first(outcomes: Sequence[Outcome], kind: type[T]) -> T:
    return next(one.result for one in outcomes if isinstance(one.result, kind))


class _Refusal(BaseModel):
    error: str | None = None
    message: str | None = None


def _error(content: str) -> str:
    try:
        refusal = _Refusal.model_validate_json(content)
    except ValidationError:
        return content
    return refusal.message or refusal.error or content
