"""An operation in this process, on servers that it starts or joins."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from interfaces.cli.lazy import load
from interfaces.cli.person import Person
from interfaces.cli.running import out, run, settings_with
from interfaces.local.operation import Desk, operation_named
from interfaces.progress import Report

OPEN = "interfaces.app.composition:open_app"


def do(operation: str, stated: Mapping[str, Any], quiet: bool, arguments: Mapping[str, Any]) -> None:
    """``stated`` are settings of the command line."""
    settings = settings_with(**stated)
    found = operation_named(operation)

    async def work(report: Report) -> None:
        async with AsyncExitStack() as stack:
            app = await stack.enter_async_context(load(OPEN)(settings, report)) if found.needs_plant else None
            await found.run(Desk(app, settings, out, report, Person()), **arguments)

    run(work, quiet=quiet)
