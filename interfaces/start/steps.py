"""Bringing in what a folder holds: one step a file, each told in a line, none done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from graph_schema.errors import InvalidInput, PlantroomError
from ingestion.orders.mirror import mirror_missing
from ingestion.orders.order_file import Reading, read_orders
from ingestion.orders.work_orders import WorkOrders, read_names
from ingestion.tables.suggest import suggest_map
from interfaces.app.composition import App
from interfaces.app.plant import import_plans, import_plant, replay_file
from interfaces.app.site_clock import SiteClock
from interfaces.cli.work.plant import account_lines
from interfaces.cli.work.work_orders.order_import import learnt, reading
from interfaces.progress import Report
from interfaces.start.done import Done, digest_of
from interfaces.start.survey import ORDER, Found, Survey, reads


async def bring_in(app: App, survey: Survey, zone: str | None, report: Report) -> AsyncIterator[str]:
    """What came of each file, as it comes. A file that cannot be used is told, and stops no other."""
    done = Done(app.settings.home)
    for found in (one for sort in ORDER for one in survey.of(sort)):
        digest = digest_of(found.path, _maps(found, survey), zone)
        if done.has(found.path, digest):
            yield f"{found.path.name}: is in already, and has not changed."
            continue
        try:
            told = await _step(app, found, survey, zone, report)
        except PlantroomError as error:
            yield f"{found.path.name}: {error}"
            continue
        done.add(found.path, digest)
        for line in told:
            yield f"{found.path.name}: {line}"


def _maps(found: Found, survey: Survey) -> Path | None:
    """The map that a file's reading depends on."""
    if found.sort == "orders":
        return _order_map(survey)
    return survey.telemetry[0] if found.sort == "readings" and survey.telemetry else None


async def _step(app: App, found: Found, survey: Survey, zone: str | None, report: Report) -> list[str]:
    match found.sort:
        case "model":
            return await _model(app, found.path, report)
        case "plans":
            return await _plans(app, found.path)
        case "orders":
            return await _orders(app, found.path, _order_map(survey))
        case "readings":
            return await _readings(app, found.path, survey, zone, report)
        case _:
            return []


async def _model(app: App, path: Path, report: Report) -> list[str]:
    plant, account = await import_plant(app, path, report)
    if path.suffix.lower() in (".yaml", ".yml"):
        await import_plans(app, path)
    guessed = sum(one.level == "guessed" for one in account.findings)
    skipped = len(account.findings) - guessed
    doubts = (
        f"; {guessed:,} guesses and {skipped:,} things left out are told by plantroom import {path.name}"
        if account.findings
        else ""
    )
    return [f"{plant.name} is in the graph{doubts}."]


async def _plans(app: App, path: Path) -> list[str]:
    known = await import_plans(app, path)
    return [f"{len(known.plans):,} maintenance plans and {len(known.parts):,} spare parts are in."]


def _order_map(survey: Survey) -> Path | None:
    return next((one.path for one in survey.of("order map")), None)


async def _orders(app: App, path: Path, map_: Path | None) -> list[str]:
    zone = await SiteClock(app.graph, app.settings.timezone).zone()
    table = read_orders(path, reading(Reading(await read_names(app.graph), zone, app.clock()), map_, {}, None))
    stored = await WorkOrders(app.history).put(table.orders, table.told)
    await mirror_missing(app.graph, app.history)
    known = len(table.orders) - stored.new - stored.changed
    return [f"{stored.new:,} work orders are new, {stored.changed:,} changed, {known:,} were known.", *learnt(table)]


async def _readings(app: App, path: Path, survey: Survey, zone: str | None, report: Report) -> list[str]:
    played = await replay_file(app, path, _map_for(app, path, survey, zone), None, report)
    lines = list(account_lines(played))
    if played.faults:
        raise InvalidInput(" ".join(lines))
    return lines


def _map_for(app: App, path: Path, survey: Survey, zone: str | None) -> Path:
    """The map that lies there where it reads the file, else one that is proposed and kept in the home."""
    if survey.telemetry and reads(path, survey.telemetry[1]):
        return survey.telemetry[0]
    kept = app.settings.home / "start" / f"{path.stem}.yaml"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(suggest_map([path], zone).text, "utf-8")
    return kept
