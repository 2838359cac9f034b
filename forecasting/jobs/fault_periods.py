"""When assets were not sound, so that what is learned as sound leaves it out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from forecasting.anomalies.windows import Spell
from graph_schema.statements import statements
from ingestion.history.history import History

_SQL = statements("forecasting.jobs", "fault_periods.sql")
_REMEMBERED = timedelta(days=150)


async def known_spells(history: History, subjects: Sequence[str], now: datetime) -> dict[str, list[Spell]]:
    """By asset, oldest first; assets without any are left out."""
    rows = await history.fetch(_SQL["known"], {"subjects": list(subjects), "after": now - _REMEMBERED})
    found: defaultdict[str, list[Spell]] = defaultdict(list)
    for row in rows:
        found[row["subject"]].append(Spell(row["since_s"], row["seen_s"]))
    return dict(found)


async def beginnings(history: History) -> dict[str, list[datetime]]:
    """When spells of each asset began, oldest first."""
    return {row["subject"]: row["since"] for row in await history.fetch(_SQL["begun"])}


async def put_spells(history: History, since: Mapping[str, datetime], seen: datetime) -> None:
    """Something is wrong with these assets since then; a spell that goes on keeps the beginning that is known."""
    rows = [{"subject": subject, "since": moment.isoformat()} for subject, moment in since.items()]
    if rows:
        await history.fetch(_SQL["put"], {"rows": json.dumps(rows), "seen": seen})
