"""Who is on call, and overrides."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo

from rich.markup import escape

from graph_schema.errors import InvalidInput, NotFound
from interfaces.app.messages.notifications import notices_of
from interfaces.app.site_clock import SiteClock
from interfaces.cli.payloads import plain
from interfaces.cli.work.alarms import moment
from interfaces.cli.work.notify.notify import book_of
from interfaces.local.operation import Desk, operation
from interfaces.notifications.book import Book
from interfaces.notifications.rota import Override


@operation()
async def on_call(desk: Desk, as_json: bool) -> None:
    book, app = book_of(desk), desk.app
    zone = await SiteClock(app.graph, desk.settings.timezone).zone()
    now = app.clock()
    overrides = await notices_of(app).overrides(now)
    people = {name: rota.at(now, zone, overrides) for name, rota in book.rotas.items()}
    if as_json:
        desk.write(json.dumps(people))
        return
    if not people:
        desk.out.print("The notification book has no rota.")
    for name, person in people.items():
        desk.out.print(escape(plain(f"{name}: {person or 'nobody'} is on call")))
    for one in overrides:
        window = f"{_local(one.start, zone)} to {_local(one.end, zone)}"
        told = f"Override {one.id}: {one.person or 'nobody'} for {one.rota}, {window}"
        desk.out.print(escape(plain(told)))


@operation()
async def override(desk: Desk, rota: str, name: str | None, start: str | None, end: str, by: str) -> None:
    book, app = book_of(desk), desk.app
    _check(book, rota, name)
    zone = await SiteClock(app.graph, desk.settings.timezone).zone()
    now = app.clock()
    begin, stop = (now if start is None else moment(start, now, zone)), moment(end, now, zone)
    if not stop > max(begin, now):
        raise InvalidInput("An override ends after it begins, and after now.")
    number = await notices_of(app).override(Override(rota, name, begin, stop), by, now)
    desk.out.print(f"Override {number}: {name or 'nobody'} is on call for {rota} until {_local(stop, zone)}.")


def _check(book: Book, rota: str, name: str | None) -> None:
    if rota not in book.rotas:
        raise NotFound(f"There is no rota “{rota}”; there are: {', '.join(book.rotas) or 'none'}.")
    if name is not None and name not in book.people:
        raise NotFound(f"There is no person “{name}”; there are: {', '.join(book.people) or 'none'}.")


def _local(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


@operation()
async def withdraw(desk: Desk, number: int) -> None:
    rota = await notices_of(desk.app).withdraw(number)
    desk.out.print(f"Override {number} is withdrawn: {rota} goes by its turns again.")
