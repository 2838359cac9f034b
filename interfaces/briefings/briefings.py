"""A briefing as somebody asks for it: the one that is kept of that day, else one that is made now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput
from interfaces.briefings.archive import Archive
from tools.briefing.asking import Wanted
from tools.briefing.briefing import Audience, Briefing
from tools.briefing.making import make
from tools.context import Caller, ToolContext, highest
from tools.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class Briefings:
    registry: Registry
    archive: Archive

    async def of(self, context: ToolContext, wanted: Wanted) -> Briefing:
        """For the caller of the context. Raises ``InvalidInput`` for a day that is to come, and what ``make`` raises."""
        today = context.clock().astimezone(ZoneInfo(context.timezone)).date()
        if wanted.day > today:
            raise InvalidInput(f"{wanted.day} is still to come: a briefing is of today or of a day that is over.")
        if wanted.day < today and wanted.place is None:
            kept = await self.archive.of_day(wanted.day, wanted.audience, context.caller.name)
            if kept is not None:
                return kept.briefing
        return await self.made(context, wanted)

    async def made(self, context: ToolContext, wanted: Wanted) -> Briefing:
        """Anew, set beside the one before of the same person."""
        before = await self.archive.earlier(wanted.day, wanted.audience, context.caller.name)
        return await make(self.registry, context, wanted, None if wanted.place else before)


def audience_of(caller: Caller) -> Audience:
    """Who a person is, where they do not say for whom it is."""
    role = highest(caller.roles)
    return "manager" if role == "manager" else "engineer" if role in ("engineer", "admin") else "technician"


def day_of(text: str | None, today: date) -> date:
    """From “2026-11-30”; today where nothing is said. Raises ``InvalidInput``."""
    try:
        return today if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"“{text}” is no day; they look like 2026-11-30.") from error
