"""Local users: added, listed, locked, removed. A password is typed or piped in; it is never an argument."""

from __future__ import annotations

import json
from typing import Any

from rich.markup import escape
from rich.table import Table

from interfaces.cli.payloads import plain
from interfaces.http.auth.account import name_of, site_of
from interfaces.http.auth.people import Person
from interfaces.local.operation import Desk, operation
from tools.context import Role


@operation()
async def add(
    desk: Desk,
    name: str,
    role: Role,
    site: str,
    by: str,
    language: str | None,
    units: str | None,
    timezone: str | None,
) -> None:
    people, name, site = desk.app.identity.people, name_of(name), site_of(site)
    first = not await people.any()
    password = await desk.person.secret(f"Password of {name}")
    await people.add(name, password, {site: role}, by, language, units, timezone)
    desk.app.identity.looked_elsewhere()
    desk.out.print(f"{name} is a user, {_grant(site, role)}.", markup=False)
    if first:
        desk.out.print("From now on everybody logs in with a name and a password of their own.")


@operation()
async def list_(desk: Desk, as_json: bool) -> None:
    people = await desk.app.identity.people.list()
    if as_json:
        desk.write(json.dumps([_as_json(one) for one in people], ensure_ascii=False))
        return
    if not people:
        desk.out.print("There are no users. Add one: plantroom users add NAME")
        return
    table = Table("user", "roles", "", "since", box=None, pad_edge=False)
    for one in people:
        roles = ", ".join(_grant(site, role) for site, role in one.grants.items()) or "no role"
        table.add_row(one.name, escape(plain(roles)), "locked" if one.locked else "", f"{one.created_at:%Y-%m-%d}")
    desk.out.print(table)


@operation()
async def role(desk: Desk, name: str, role: Role | None, site: str, by: str) -> None:
    person = await desk.app.identity.people.give(name, site_of(site), role, by)
    roles = ", ".join(_grant(at, held) for at, held in person.grants.items()) or "without a role"
    desk.out.print(f"{person.name} is {roles} now.", markup=False)


@operation()
async def lock(desk: Desk, name: str, locked: bool, by: str) -> None:
    await desk.app.identity.people.lock(name, by, locked=locked)
    desk.out.print(f"{name_of(name)} is {'locked and logged out' if locked else 'let in again'}.", markup=False)


@operation()
async def remove(desk: Desk, name: str, yes: bool, by: str) -> None:
    people = desk.app.identity.people
    person = await people.get(name)
    if not yes and not await desk.person.agrees(f"Remove {person.name}?"):
        desk.out.print(f"{person.name} stays.", markup=False)
        return
    await people.remove(person.name, by)
    desk.app.identity.looked_elsewhere()
    desk.out.print(f"{person.name} is removed.", markup=False)
    if not await people.any():
        desk.out.print("There are no users any more: see who may open the web app with plantroom doctor.")


@operation()
async def password(desk: Desk, name: str, by: str) -> None:
    people = desk.app.identity.people
    person = await people.get(name)
    await people.set_password(person.name, await desk.person.secret(f"New password of {person.name}"), by)
    desk.out.print(f"{person.name} has another password, and logs in anew.", markup=False)


@operation()
async def slack(desk: Desk, name: str, member: str | None, by: str) -> None:
    person = await desk.app.identity.people.set_slack(name, member, by)
    said = f"is {person.slack} in Slack" if person.slack else "is nobody in Slack"
    desk.out.print(f"{person.name} {said}.", markup=False)


def _grant(site: str, role: Role) -> str:
    return f"{role}{'' if site == '*' else f' at {site}'}"


def _as_json(one: Person) -> dict[str, Any]:
    return {
        "name": one.name,
        "roles": dict(one.grants),
        "locked": one.locked,
        "language": one.language,
        "units": one.units,
        "timezone": one.timezone,
        "slack": one.slack,
        "created_at": one.created_at.isoformat(),
        "password_at": one.password_at.isoformat(),
    }
