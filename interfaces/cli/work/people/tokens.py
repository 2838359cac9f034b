"""API keys: a new one is printed once, and is a hash from then on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from rich.table import Column, Table

from interfaces.http.auth.account import site_of
from interfaces.http.auth.api_keys import ApiKey
from interfaces.local.operation import Desk, operation
from tools.context import Role, Scope


@operation()
async def create_key(
    desk: Desk, name: str, scopes: Sequence[Scope], role: Role, site: str, days: int, as_json: bool, by: str
) -> None:
    lasts = timedelta(days=days) if days else None
    key, prefix = await desk.app.identity.keys.create(name, set(scopes), role, site_of(site), by, lasts)
    if as_json:
        desk.write(json.dumps({"name": name, "key": key, "prefix": prefix}))
        return
    desk.write(key)
    until = f", for {days} days" if days else ""
    desk.out.print(
        f"This is the key of {name}, shown this once: {', '.join(sorted(set(scopes)))} as {role}{until}. It begins with {prefix}.",
        markup=False,
        soft_wrap=True,
    )


@operation()
async def list_keys(desk: Desk, as_json: bool) -> None:
    keys = await desk.app.identity.keys.list()
    if as_json:
        desk.write(json.dumps([asdict(one) for one in keys], default=datetime.isoformat))
        return
    if not keys:
        desk.out.print("There are no API keys. Create one: plantroom tokens create NAME")
        return
    begins, ends, last = (Column(name, no_wrap=True) for name in ("begins with", "until", "last used"))
    key, scopes, role, state = (Column(name, overflow="fold") for name in ("key", "scopes", "role", ""))
    table = Table(key, begins, scopes, role, "site", "by", ends, last, state, box=None, pad_edge=False)
    now = desk.app.clock()
    for one in keys:
        until, used = _day(one.expires_at, "for ever"), _day(one.used_at, "never")
        site = "every" if one.site == "*" else one.site
        table.add_row(
            one.name, one.prefix, ", ".join(one.scopes), one.role, site, one.created_by, until, used, _state(one, now)
        )
    desk.out.print(table)


@operation()
async def revoke_key(desk: Desk, key: str, by: str) -> None:
    desk.out.print(f"The key {await desk.app.identity.keys.revoke(key, by)} is revoked.", markup=False)


def _day(at: datetime | None, otherwise: str) -> str:
    return f"{at:%Y-%m-%d}" if at else otherwise


def _state(one: ApiKey, now: datetime) -> str:
    if one.revoked_at:
        return "revoked"
    return "over" if one.expires_at and one.expires_at <= now else ""
