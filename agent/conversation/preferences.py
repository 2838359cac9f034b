"""How each person wants to be answered, kept from one conversation to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from graph_schema.statements import statements
from ingestion.history.history import History
from tools.context import Caller

_SQL = statements("agent.conversation", "preferences.sql")
_KEPT = 20
"""Wishes of a person that can be undone, one after the other."""


class PreferenceBook:
    """Kept in the history's database. ``migrate(dsn, "agent")`` has run before."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def applied(self, caller: Caller, person: str) -> Caller:
        """The caller as the person wants to be answered; ``person`` is under whom wishes are kept. Raises ``Unavailable``."""
        rows = await self._history.fetch(_SQL["newest"], {"person": person})
        wished = {name: value for row in rows for name, value in row.items() if value is not None}
        language = wished.get("language")
        return replace(caller, **wished) if language is None else replace(caller, **wished, answered_in=language)

    async def note(self, person: str, wish: Mapping[str, str], at: datetime) -> None:
        """``wish`` has a ``language``, ``units``, or under ``take_back`` “last” or “all”. Raises ``Unavailable``."""
        taken_back = wish.get("take_back")
        if taken_back is not None:
            await self._history.fetch(_SQL["undo" if taken_back == "last" else "forget"], {"person": person})
            return
        values = {"language": wish.get("language"), "units": wish.get("units")}
        await self._history.fetch(_SQL["keep"], {"person": person, "at": at, "most": _KEPT, **values})
