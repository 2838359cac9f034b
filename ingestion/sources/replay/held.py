"""What history has at given moments of given series."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from graph_schema.statements import statements
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.sources.replay.account import Content, Key

_SQL = statements("ingestion.sources.replay", "held.sql")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DENSE = 4
"""A span that holds so many times as many readings as are asked for is not read whole."""


async def held(history: History, keys: Collection[Key]) -> dict[Key, Content]:
    """Those of the keys that history has. Raises ``Unavailable``."""
    if not keys:
        return {}
    wanted = Counter(source for source, _ in keys)
    span = {"first": _moment(min(at for _, at in keys)), "last": _moment(max(at for _, at in keys))}
    counted = await history.fetch(_SQL["how_many"], {"sources": list(wanted)} | span)
    there = {row["source"]: row["readings"] for row in counted if row["readings"]}
    dense = [source for source, readings in there.items() if readings <= _DENSE * wanted[source]]
    rows = await history.fetch(_SQL["within"], {"sources": dense} | span) if dense else []
    if single := [key for key in keys if key[0] in there and key[0] not in dense]:
        given = {"sources": [source for source, _ in single], "moments": [_moment(at) for _, at in single]}
        rows += await history.fetch(_SQL["at"], given | span)
    found = {(row["source"], milliseconds(row["at"])): (row["value"], row["text"]) for row in rows}
    return {key: found[key] for key in keys if key in found}


def _moment(at: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at)
