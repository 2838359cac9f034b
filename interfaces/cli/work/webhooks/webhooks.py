"""Adding, listing, testing and removing webhooks, and what became of what they were not told."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, tzinfo
from uuid import uuid4

from rich.markup import escape
from rich.table import Table

from graph_schema.errors import Unavailable
from interfaces.app.messages.webhooks import hurry, open_webhooks, sender_of
from interfaces.app.site_clock import SiteClock
from interfaces.cli.payloads import plain
from interfaces.http.webhooks.events import TEST
from interfaces.http.webhooks.webhooks import Endpoint
from interfaces.local.operation import Desk, operation


@operation()
async def add(desk: Desk, url: str, events: list[str], by: str, as_json: bool) -> None:
    app = desk.app
    await sender_of(app).destinations.resolved(url)
    id_, secret = await open_webhooks(app).add(url, events, by, app.clock())
    if as_json:
        desk.write(json.dumps({"id": id_, "secret": secret}))
        return
    desk.out.print(f"Webhook {id_} is added. What it is told is signed with this secret, which is not shown again:")
    desk.write(secret)


@operation()
async def list_(desk: Desk, as_json: bool) -> None:
    found = await open_webhooks(desk.app).list()
    if as_json:
        desk.write(json.dumps([asdict(one) for one in found], default=datetime.isoformat))
        return
    if not found:
        desk.out.print("There are no webhooks. Add one: plantroom webhooks add https://host/path")
        return
    zone = await SiteClock(desk.app.graph, desk.settings.timezone).zone()
    for one in found:
        for line in _lines(one, zone):
            desk.out.print(escape(plain(line)), soft_wrap=True)


def _lines(one: Endpoint, zone: tzinfo) -> list[str]:
    """Not a table, which would cut the address."""
    at = f"last told {one.delivered_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.delivered_at else "nothing told yet"
    facts = f"   {', '.join(one.events)}; {at}; {one.waiting:,} waiting, {one.dead:,} given up; added by {one.made_by}"
    return [f"{one.id}  {one.url}", facts, *([f"   {one.paused}"] if one.paused else [])]


@operation()
async def test(desk: Desk, id: int) -> None:
    app = desk.app
    url, secret = await open_webhooks(app).endpoint(id)
    body = json.dumps({"type": TEST, "timestamp": app.clock().isoformat(), "data": {"webhook": id}})
    outcome = await sender_of(app).send(url, secret, f"msg_test_{uuid4().hex}", body)
    if outcome.error is not None:
        raise Unavailable(f"Webhook {id} was not told: {outcome.error}")
    desk.out.print(f"Webhook {id} took it and answered {outcome.status}.")


@operation()
async def remove(desk: Desk, id: int) -> None:
    url = await open_webhooks(desk.app).remove(id)
    desk.out.print(escape(plain(f"Webhook {id} is removed: {url} is told nothing any more.")), soft_wrap=True)


@operation()
async def dead(desk: Desk, limit: int, as_json: bool) -> None:
    found = await open_webhooks(desk.app).dead(limit)
    if as_json:
        desk.write(json.dumps([asdict(one) for one in found], default=datetime.isoformat))
        return
    if not found:
        desk.out.print("Nothing was given up.")
        return
    table = Table("letter", "webhook", "event", "attempts", "why", box=None, pad_edge=False)
    for one in found:
        table.add_row(str(one.id), str(one.endpoint), one.kind, str(one.attempts), escape(plain(one.error or "")))
    desk.out.print(table)


@operation()
async def again(desk: Desk, ids: list[int] | None) -> None:
    app = desk.app
    count = await open_webhooks(app).again(ids, app.clock())
    await hurry(app)
    desk.out.print(f"{count:,} {'is' if count == 1 else 'are'} tried once more.")
