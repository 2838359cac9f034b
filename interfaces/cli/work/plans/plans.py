"""Bringing plans and parts in, and showing what they come to."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from graph_schema.errors import NotFound
from ingestion.orders.plans import MaintenancePlans, Plan
from interfaces.app.composition import open_app
from interfaces.app.plant import import_plans
from interfaces.cli.payloads import plain
from interfaces.cli.running import out, run, settings_with
from interfaces.local.operation import Desk, operation
from interfaces.progress import Report
from tools.catalogue.work.maintenance_due import maintenance_due
from tools.catalogue.work.spare_parts import spare_parts
from tools.context import Caller

_SHOWN = 200


def import_(file: Path) -> None:
    async def work(report: Report) -> None:
        async with open_app(settings_with(), report) as app:
            found = await import_plans(app, file)
        out.print(f"{len(found.plans):,} plans and {len(found.parts):,} parts are known now.")

    run(work)


@operation()
async def list_(desk: Desk, as_json: bool) -> None:
    found = await MaintenancePlans(desk.app.history).plans()
    if as_json:
        desk.write(json.dumps([one.model_dump(mode="json", by_alias=True) for one in found], ensure_ascii=False))
        return
    if not found:
        desk.out.print("There are no maintenance plans: `plantroom plans import FILE` brings them in.")
        return
    table = Table("plan", "task", "of", "every", box=None, pad_edge=False)
    for one in found:
        of = one.class_ or ", ".join(one.assets)
        table.add_row(*(escape(plain(text)) for text in (one.id, one.task, of, _every(one))))
    desk.out.print(table)


@operation()
async def due(desk: Desk, asset: str | None, days: int, as_json: bool) -> None:
    context = await desk.app.context(Caller("cli"))
    found = await maintenance_due(context, asset, days, _SHOWN)
    if as_json:
        desk.write(found.model_dump_json(by_alias=True, exclude={"evidence", "scene"}))
        return
    if not found.tasks:
        desk.out.print("There are no maintenance plans." if not found.plans else f"Nothing is due within {days} days.")
    else:
        zone = ZoneInfo(context.timezone)
        table = Table("asset", "task", "", "due", "last done", "order", box=None, pad_edge=False)
        for one in found.tasks:
            at, last = (f"{at.astimezone(zone):%Y-%m-%d}" if at else "–" for at in (one.due_at, one.last_done_at))
            table.add_row(escape(plain(one.asset.name)), escape(plain(one.task)), one.state, at, last, one.order or "–")
        desk.out.print(table)
    for note in found.notes:
        desk.out.print(note, soft_wrap=True)


@operation()
async def parts(desk: Desk, days: int, as_json: bool) -> None:
    found = await spare_parts(await desk.app.context(Caller("cli")), None, days, _SHOWN)
    if as_json:
        desk.write(found.model_dump_json(by_alias=True, exclude={"evidence", "scene"}))
        return
    if not found.parts:
        desk.out.print("There are no spare parts: `plantroom plans import FILE` brings them in.")
        return
    table = Table("part", "name", "stock", f"within {days} days", "in lead time", "to order", box=None, pad_edge=False)
    for one in found.parts:
        amounts = (f"{value:g} {one.unit}" for value in (one.stock, one.expected, one.in_lead_time, one.to_order))
        table.add_row(*(escape(plain(text)) for text in (one.number, one.name, *amounts)))
    desk.out.print(table)
    for note in found.notes:
        desk.out.print(note, soft_wrap=True)


@operation()
async def remove(desk: Desk, plan: str) -> None:
    if not await MaintenancePlans(desk.app.history).remove(plan):
        raise NotFound(f"There is no plan {plan[:60]}.")
    desk.out.print(escape(f"The plan {plan} is removed."))


def _every(plan: Plan) -> str:
    when = plan.when
    bounds = (
        []
        if when is None
        else [
            f"{when.quantity} {word} {value:g}"
            for word, value in (("above", when.above), ("below", when.below))
            if value is not None
        ]
    )
    told = [
        f"{value:g} {unit}"
        for value, unit in ((plan.every.days, "days"), (plan.every.hours, "hours run"))
        if value is not None
    ]
    return " or ".join([*told, *bounds])
