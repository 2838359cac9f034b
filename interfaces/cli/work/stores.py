"""``plantroom retention`` and ``plantroom migrate``."""

from interfaces.app.retention import apply as remove
from interfaces.app.retention import look, print_expired
from interfaces.local.operation import Desk, operation


@operation(served=False)
async def retention(desk: Desk, apply: bool) -> None:
    print_expired(desk.out, await look(desk.app))
    if apply:
        desk.out.print(f"{await remove(desk.app, desk.report):,} readings were removed.")
    else:
        desk.out.print("Nothing was removed. With --apply it is.")


@operation(served=False)
async def migrate(desk: Desk) -> None:
    """Opening the plant has done it."""
    for row in await desk.app.history.fetch("select name, applied_at from migration order by name"):
        desk.out.print(f"{row['name']}  applied {row['applied_at']:%Y-%m-%d %H:%M} UTC")
    desk.out.print("The stores are up to date.")
