"""Readings that have been kept for long enough: shown, or removed."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from graph_schema.errors import InvalidInput
from ingestion.history.retention import Expired, Policy, Rule, expired, remove, rules
from ingestion.history.rollups import Rollups
from interfaces.app.composition import App
from interfaces.progress import Report


def policy_of(app: App) -> Policy:
    """What the settings say. Raises ``InvalidInput`` with a sentence."""
    return Policy.of(app.settings.retention, app.settings.retention_rollups, app.ontology)


async def look(app: App) -> list[Expired]:
    """What would go now. Raises ``InvalidInput`` where no setting says that anything ever goes."""
    return await expired(app.history, await _rules(app))


async def apply(app: App, report: Report) -> int:
    """Remove it, and return how many readings went."""
    found = await _rules(app)
    report("Summing up what is to go")
    return await remove(app.history, found, Rollups(app.history), report)


async def _rules(app: App) -> list[Rule]:
    policy = policy_of(app)
    if not policy:
        raise InvalidInput(
            "Everything is kept: no setting says otherwise. Set PLANTROOM_RETENTION, for example to "
            "“default=730d, Occupancy_Sensor=90d”."
        )
    return await rules(policy, app.history, app.graph, app.ontology, app.clock())


async def remove_expired(app: App, report: Report) -> int:
    """As ``apply``, and nothing where everything is kept."""
    return await apply(app, report) if policy_of(app) else 0


def print_expired(console: Console, found: Sequence[Expired]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in (
        "points",
        "number",
        "readings go before",
        "rollups go before",
        "with expired ones",
        "readings",
        "since",
    ):
        table.add_column(heading, justify="right" if heading in ("number", "with expired ones", "readings") else "left")
    for one in found:
        numbers = (f"{len(one.rule.series):,}", _day(one.rule.readings_before), _day(one.rule.rollups_before))
        oldest = min((at for at in (one.oldest, one.oldest_rollup) if at), default=None)
        table.add_row(one.rule.name, *numbers, f"{one.series:,}", f"{one.readings:,}", _day(oldest))
    console.print(table)


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "–"
