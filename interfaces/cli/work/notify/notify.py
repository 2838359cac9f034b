"""Reading the notification book, a message to try it, and what people were told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, tzinfo

from rich.markup import escape
from rich.table import Table

from graph_schema.errors import NotFound, Unavailable
from interfaces.app.messages.notifications import KeptBook, file_of, hurry, notices_of, sending_of
from interfaces.app.site_clock import SiteClock
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from interfaces.notifications.book import Book, BriefingRoute, Person, Route, Target
from interfaces.notifications.channels import kind_of, usable
from interfaces.notifications.hours import DAYS, EVERY_DAY
from interfaces.notifications.record import Kept


@operation()
async def check(desk: Desk) -> None:
    book = book_of(desk)
    for line in _account(book):
        desk.out.print(escape(plain(line)), soft_wrap=True)


def book_of(desk: Desk) -> Book:
    """Raises ``NotFound`` where there is none, ``InvalidInput`` with what is wrong with it."""
    file = file_of(desk.settings)
    if not file.exists():
        raise NotFound(f"There is no notification book yet. Write {file}; docs/operators/notifications.md shows one.")
    return KeptBook(file)()


def _account(book: Book) -> list[str]:
    people = [f"{person.name}: {_reached(person)}" for person in book.people.values()]
    routes = [f"{route.number}. {_route(route)}" for route in book.routes]
    rest = (
        f"Where that leads to nobody: {_targets(book.otherwise)}."
        if book.otherwise
        else "Where that leads to nobody, nobody is told."
    )
    briefings = [_briefing(one) for one in book.briefings]
    told = ["", "Briefings", *briefings] if briefings else []
    return ["People", *people, "", "Routes", *(routes or ["none: nobody is told anything"]), "", rest, *told]


def _briefing(route: BriefingRoute) -> str:
    days = "" if route.days == EVERY_DAY else f" on {', '.join(DAYS[day] for day in sorted(route.days))}"
    return f"{route.audience}: at {route.at:%H:%M} of their own time{days} to {_targets(route.to)}"


def _reached(person: Person) -> str:
    kinds = [kind_of(one) if usable(one) else f"{kind_of(one)} (no address of Apprise)" for one in person.reached_by]
    return ", then ".join(kinds) or "cannot be reached: no address"


def _route(route: Route) -> str:
    which = " or ".join(sorted(route.priorities)) + " " if route.priorities else ""
    within = f" within {', '.join(sorted(route.within))}" if route.within else ""
    held = ", held until the hours begin" if route.hold else ""
    later = "".join(f"; after {_minutes(step.after.total_seconds())} {_targets(step.to)}" for step in route.then)
    again = f"; reminded every {_minutes(route.remind.total_seconds())}" if route.remind else ""
    return f"{which}{route.of.replace('_', ' ')}{within}: {_targets(route.to)}{held}{later}{again}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds / 60:g} min"


def _targets(targets: Sequence[Target]) -> str:
    said = {"rota": "on call {}", "role": "role {}", "person": "{}", "assignee": "whose work it is"}
    return " and ".join(said[one.how].format(one.name) for one in targets)


@operation()
async def test(desk: Desk, name: str) -> None:
    book = book_of(desk)
    if name not in book.people:
        raise NotFound(
            f"There is no person “{name}” in the notification book; there are: {', '.join(book.people) or 'none'}."
        )
    outcome = await sending_of(desk.app).try_out(book.people[name])
    if outcome.by is None:
        raise Unavailable(f"{name} was not reached. {outcome.reason}")
    desk.out.print(escape(plain(f"{name} was sent a message by {outcome.by}. {outcome.reason}".strip())))


@operation()
async def list_(desk: Desk, name: str | None, limit: int, as_json: bool) -> None:
    await _show(
        desk, await notices_of(desk.app).newest(name, None, limit), as_json, "Nobody has been told anything yet."
    )


@operation()
async def dead(desk: Desk, limit: int, as_json: bool) -> None:
    await _show(desk, await notices_of(desk.app).newest(None, ["dead"], limit), as_json, "Nothing was given up.")


async def _show(desk: Desk, found: Sequence[Kept], as_json: bool, none: str) -> None:
    if as_json:
        desk.write(json.dumps([asdict(one) for one in found], default=datetime.isoformat))
    elif not found:
        desk.out.print(none)
    else:
        desk.out.print(_table(found, await SiteClock(desk.app.graph, desk.settings.timezone).zone()))


def _table(found: Sequence[Kept], zone: tzinfo) -> Table:
    table = Table("notice", "person", "of", "stage", "state", "when", "why", box=None, pad_edge=False)
    for one in found:
        when = (one.ended_at or one.due_at).astimezone(zone)
        why = one.error or one.why
        table.add_row(
            str(one.id),
            escape(one.person),
            escape(one.subject),
            one.stage,
            one.state,
            f"{when:%Y-%m-%d %H:%M}",
            escape(plain(why)),
        )
    return table


@operation()
async def again(desk: Desk, ids: list[int] | None) -> None:
    app = desk.app
    count = await notices_of(app).again(ids, app.clock())
    await hurry(app)
    desk.out.print(f"{count:,} {'is' if count == 1 else 'are'} tried once more.")
