"""All of one work order, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.markup import escape

from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from tools.catalogue.work.list_work_orders import list_work_orders
from tools.context import Caller
from tools.results.jobs.orders import OrderTold
from tools.results.work.orders import FoundOrders, OrderDetails


@operation()
async def show(desk: Desk, number: str, as_json: bool) -> None:
    context = await desk.app.context(Caller("cli"))
    found = await list_work_orders(context, number=number)
    if as_json:
        desk.write(found.model_dump_json(by_alias=True, exclude={"evidence", "scene"}, indent=2))
        return
    for line in _lines(found, ZoneInfo(context.timezone)):
        desk.out.print(escape(plain(line)), soft_wrap=True)


def _lines(found: FoundOrders, zone: ZoneInfo) -> Iterator[str]:
    (one,), told = found.orders, found.details
    assert told is not None
    yield f"{one.number}  {one.asset.name}  {one.status.replace('_', ' ')}, {one.priority}, {one.kind}"
    for name, value in _fields(one, told, zone):
        if value:
            yield f"  {name}: {value}"
    for check in told.checklist:
        yield f"  [{'x' if check.done else ' '}] {check.text}{f' ({check.by})' if check.by else ''}"
    for work in told.labour:
        yield f"  {work.who} worked {work.minutes:g} minutes{f': {work.note}' if work.note else ''}"
    for part in told.parts:
        yield f"  used {part.quantity:g} of {part.part}"
    for event in told.history:
        old, new = (_readable(event.what, value, zone) for value in (event.old, event.new))
        change = new or "nothing" if old is None else f"{old} → {new or 'nothing'}"
        yield f"  {event.at.astimezone(zone):%Y-%m-%d %H:%M}  {event.who}: {event.what.replace('_', ' ')} {change}"


def _readable(what: str, value: str | None, zone: ZoneInfo) -> str | None:
    """Moments in the plant's time."""
    if value is None or not what.endswith("_at"):
        return value
    return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"


def _fields(one: OrderTold, told: OrderDetails, zone: ZoneInfo) -> Iterator[tuple[str, str | None]]:
    yield "text", one.text
    yield "description", told.description
    for name, at in (
        ("opened", one.opened_at),
        ("due", one.due_at),
        ("failed", one.failed_at),
        ("started", one.started_at),
        ("closed", one.closed_at),
    ):
        yield name, f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else None
    yield "for", one.assignee
    yield "code", one.code
    yield "cause", one.cause
    yield "remark", one.remark
    yield "source", f"{told.source}{f' {told.source_ref}' if told.source_ref else ''}"
    yield "files", ", ".join(told.files)
    yield told.vendor or "", " ".join(one for one in (told.vendor_number, told.vendor_status) if one)
