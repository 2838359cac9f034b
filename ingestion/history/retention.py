"""How long readings and rollups are kept, by class of point; nothing is removed without a word from the settings.

What has expired goes by whole parts where every series has expired, else in bounded steps. Rollups outlive the readings behind them unless
they are given an end of their own. The SQL is in ``retention.sql``.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql

from graph_schema.errors import InvalidInput, Unavailable
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.history.retention_policy import DEFAULT, Keeps, parse_keeps
from ingestion.history.rollups import Rollups, exclusively

log = logging.getLogger(__name__)

_SQL = statements("ingestion.history", "retention.sql")
_CYPHER = statements("ingestion.history", "retention.cypher")
_STEPS = {"reading": 1, "reading_1m": 1, "reading_15m": 15, "reading_1h": 60, "reading_1d": 1440}  # days
_IN_PARTS = ("reading", "reading_1m", "reading_15m")
_SERIES_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Policy:
    """How long readings are kept, and what they were summed up to. A class means all kinds of it; the nearest that is named counts."""

    readings: Keeps
    rollups: Keeps

    @classmethod
    def of(cls, readings: str | None, rollups: str | None, ontology: Ontology) -> "Policy":
        """Raises ``InvalidInput`` for a class that does not exist."""
        return cls(_known(parse_keeps(readings or ""), ontology), _known(parse_keeps(rollups or ""), ontology))

    def __bool__(self) -> bool:
        return any(age is not None for age in (*self.readings.values(), *self.rollups.values()))


@dataclass(frozen=True, slots=True)
class Rule:
    """What a named class (or ``default``) means now: its series, and until when they go."""

    name: str
    series: tuple[int, ...]
    readings_before: datetime | None
    rollups_before: datetime | None


@dataclass(frozen=True, slots=True)
class Expired:
    """What goes by a rule: readings as far as they are summed up, series with any, and the oldest of each kind."""

    rule: Rule
    readings: int
    series: int
    oldest: datetime | None
    oldest_rollup: datetime | None


async def rules(policy: Policy, history: History, graph: GraphStore, ontology: Ontology, now: datetime) -> list[Rule]:
    """One for each pair of names under which a series is kept. Raises ``InvalidInput`` where rollups would go before readings."""
    (row,) = await graph.read(_CYPHER["classes"])
    classes: dict[str, str | None] = dict(row["pairs"])
    grouped: dict[tuple[str, str], list[int]] = {}
    for one in await history.fetch(_SQL["series"]):
        class_ = classes.get(one["source"])
        names = (nearest(policy.readings, class_, ontology), nearest(policy.rollups, class_, ontology))
        grouped.setdefault(names, []).append(one["id"])
    return [_rule(policy, names, series, now) for names, series in sorted(grouped.items())]


def nearest(keeps: Keeps, class_: str | None, ontology: Ontology) -> str:
    """The named class that is the closest above this one; ``default`` where none is."""
    above = [name for name in keeps if name != DEFAULT and class_ and name in ontology.ancestors(class_)]
    # Of two above it, the closer one has more above itself.
    return max(above, key=lambda name: (len(ontology.ancestors(name)), name), default=DEFAULT)


def _rule(policy: Policy, names: tuple[str, str], series: Sequence[int], now: datetime) -> Rule:
    readings, rollups = policy.readings.get(names[0]), policy.rollups.get(names[1])
    if rollups is not None and (readings is None or rollups < readings):
        kept = "for ever" if readings is None else f"for {readings.days} days"
        raise InvalidInput(
            f"What the readings of {names[1]} are summed up to would be kept for {rollups.days} days only, and the readings "
            f"themselves {kept}. Keep it at least as long, or leave it out, which is for ever."
        )
    name = names[0] if names[0] == names[1] or names[1] == DEFAULT else f"{names[0]} / {names[1]}"
    return Rule(name, tuple(series), _cutoff(now, readings), _cutoff(now, rollups))


def _cutoff(now: datetime, age: timedelta | None) -> datetime | None:
    """The beginning of a day (UTC)."""
    return None if age is None else (now - age).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _known(keeps: Keeps, ontology: Ontology) -> Keeps:
    found: dict[str, timedelta | None] = {}
    for name, age in keeps.items():
        known = DEFAULT if name.lower() == DEFAULT else ontology.canonical(name)
        if known is None:
            near = ontology.nearest(name)
            raise InvalidInput(f"There is no class of points “{name}”.{f' Is {near} meant?' if near else ''}")
        found[known] = age
    return found


async def expired(history: History, rules: Sequence[Rule]) -> list[Expired]:
    """What would go now, changing nothing."""
    return [await _expired(history, rule) for rule in rules if rule.readings_before or rule.rollups_before]


async def _expired(history: History, rule: Rule) -> Expired:
    raw = await history.fetch(_SQL["expired"], _cutoffs([rule])) if rule.readings_before else []
    rollups = (
        await history.fetch(_SQL["expired_rollups"], _cutoffs([rule], rollups=True)) if rule.rollups_before else []
    )
    return Expired(
        rule,
        sum(row["readings"] for row in raw),
        len({row["series"] for row in (*raw, *rollups)}),
        min((row["oldest"] for row in raw), default=None),
        min((row["oldest"] for row in rollups), default=None),
    )


async def remove(
    history: History, rules: Sequence[Rule], rollups: Rollups, progress: Callable[[str], None] = lambda _: None
) -> int:
    """Remove what has expired and return how many readings went. What is interrupted goes on with the next call.

    Raises ``Unavailable`` where the rollups are behind, or somebody else is at it.
    """
    await rollups.catch_up()
    ends = [rule for rule in rules if rule.readings_before]
    async with exclusively(history) as connection:
        if connection is None:
            raise Unavailable("Somebody else sums up or removes readings at the moment. Try again in a minute.")
        (unsummed,) = await history.fetch(_SQL["unsummed"], _cutoffs(ends))
        if unsummed["hours"]:
            raise Unavailable(f"{unsummed['hours']:,} hours of readings are not summed up yet. Try again later.")
        await connection.execute(_sql("finish"), _cutoffs(ends))
        gone = await _drop_parts(connection, "reading", _common([rule.readings_before for rule in rules]))
        gone += await _delete(connection, "reading", [(r.series, r.readings_before) for r in rules], progress)
        for table in _STEPS.keys() - {"reading"}:
            await _drop_parts(connection, table, _common([rule.rollups_before for rule in rules]))
            await _delete(connection, table, [(r.series, r.rollups_before) for r in rules], progress)
    return gone


def _common(cutoffs: Sequence[datetime | None]) -> datetime | None:
    """Before which everything goes; None where something stays for ever."""
    given = [cutoff for cutoff in cutoffs if cutoff]
    return min(given) if given and len(given) == len(cutoffs) else None


async def _drop_parts(connection: psycopg.AsyncConnection, table: str, before: datetime | None) -> int:
    if before is None or table not in _IN_PARTS:
        return 0
    cursor = await connection.execute(_sql("whole_parts"), {"rollup": table, "before": before})
    gone = 0
    for (part,) in await cursor.fetchall():
        count = await connection.execute(sql.SQL("select count(*) from {}").format(sql.SQL(part)))
        rows = cast(tuple[int], await count.fetchone())[0]
        await connection.execute(_sql("patience"))
        try:
            await connection.execute(_sql("drop_part"), {"rollup": table, "part": part})
            gone += rows
        except psycopg.errors.LockNotAvailable:
            log.info("The part %s of the readings is in use; it goes the next time.", part)
        finally:
            await connection.execute(_sql("reset_patience"))
    return gone


async def _delete(
    connection: psycopg.AsyncConnection,
    table: str,
    ends: Sequence[tuple[Sequence[int], datetime | None]],
    progress: Callable[[str], None],
) -> int:
    """A few series and a stretch of time in each transaction, the oldest first."""
    oldest = sql.SQL(
        "select min(o.at) from unnest(%(series)s::int[]) s (id) "
        "cross join lateral (select at from {} where series = s.id order by at limit 1) o"
    ).format(sql.Identifier(table))
    delete = sql.SQL("delete from {} where series = any(%(series)s) and at >= %(since)s and at < %(until)s").format(
        sql.Identifier(table)
    )
    gone = 0
    for series, cutoff in ends:
        for some in _chunks(series) if cutoff else ():
            assert cutoff
            while True:
                row = await (await connection.execute(oldest, {"series": some})).fetchone()
                since: datetime | None = row[0] if row else None
                if since is None or since >= cutoff:
                    break
                until = min(since + timedelta(days=_STEPS[table]), cutoff)
                gone += (await connection.execute(delete, {"series": some, "since": since, "until": until})).rowcount
                progress(f"Removed {gone:,} rows of {table} before {until:%Y-%m-%d}")
    return gone


def _chunks(series: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(series), _SERIES_AT_ONCE):
        yield list(series[start : start + _SERIES_AT_ONCE])


def _cutoffs(rules: Sequence[Rule], *, rollups: bool = False) -> dict[str, Any]:
    pairs = [(one, rule.rollups_before if rollups else rule.readings_before) for rule in rules for one in rule.series]
    return {"series": [one for one, _ in pairs], "cutoffs": [cutoff for _, cutoff in pairs]}


def _sql(name: str) -> LiteralString:
    return cast(LiteralString, _SQL[name])
