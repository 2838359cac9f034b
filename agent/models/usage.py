"""What questions cost at a language model, by person, and the budget of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.models.chat_model import Usage
from graph_schema.errors import NotAllowed
from graph_schema.statements import statements
from ingestion.history.history import History

_SQL = statements("agent.models", "usage.sql")


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens, in whatever currency; None: not known."""

    input: float | None = None
    output: float | None = None

    def cost(self, usage: Usage) -> float | None:
        if self.input is None or self.output is None:
            return None
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / 1e6


@dataclass(frozen=True, slots=True)
class Budget:
    """Of a person and day: tokens, and money in the currency of the prices. None: without end."""

    tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class PersonUsage:
    """What one person's questions cost at one model; ``cost`` None: not known."""

    person: str
    model: str
    questions: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    ms: int


class UsageBook:
    """Kept in the history's database. ``migrate(dsn, "agent")`` has run before."""

    def __init__(self, history: History, prices: Prices, budget: Budget) -> None:
        self._history = history
        self._prices = prices
        self._budget = budget

    async def check(self, person: str, midnight: datetime) -> None:
        """Raises ``NotAllowed`` where the person's budget of the day that began at ``midnight`` is used up."""
        budget = self._budget
        if budget.tokens is None and budget.cost is None:
            return
        (spent,) = await self._history.fetch(_SQL["spent"], {"person": person, "since": midnight})
        if budget.tokens is not None and spent["tokens"] >= budget.tokens:
            raise NotAllowed(_used_up(f"{budget.tokens:,} tokens"))
        if budget.cost is not None and spent["cost"] >= budget.cost:
            raise NotAllowed(_used_up(f"{budget.cost:,.2f}"))

    async def note(self, person: str, model: str, usage: Usage, ms: float, at: datetime) -> None:
        """Raises ``Unavailable``."""
        values = {
            "at": at,
            "person": person,
            "model": model,
            "input": usage.input_tokens,
            "output": usage.output_tokens,
        }
        await self._history.fetch(_SQL["note"], {**values, "cost": self._prices.cost(usage), "ms": round(ms)})

    async def by_person(self, since: datetime) -> Sequence[PersonUsage]:
        """Those who asked since then, who used most first. Raises ``Unavailable``."""
        rows = await self._history.fetch(_SQL["by_person"], {"since": since})
        return [PersonUsage(**row) for row in rows]


def _used_up(budget: str) -> str:
    return f"Your budget for the language model today ({budget}) is used up; it begins anew at midnight."
