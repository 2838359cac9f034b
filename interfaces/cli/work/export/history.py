"""``plantroom export history``."""

from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime, tzinfo
from pathlib import Path

from graph_schema.errors import InvalidInput
from ingestion.export.files import Format, format_of, open_table
from ingestion.export.readings import COLUMNS, Grain, Window, batches
from ingestion.export.selection import Selection, selected
from interfaces.app.site_clock import SiteClock
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation


@operation(served=False)
async def history(
    desk: Desk,
    output: Path,
    points: Sequence[str],
    assets: Sequence[str],
    classes: Sequence[str],
    since: str,
    until: str,
    grain: Grain,
    form: Format | None,
) -> None:
    app = desk.app
    form = format_of(output, form)
    zone = await SiteClock(app.graph, app.settings.timezone).zone()
    window = Window(_moment(since, zone), _moment(until, zone))
    selection = Selection(points, assets, classes)
    await app.ingestion.directory.write()
    sources = None
    if not selection.is_all:
        sources = selected(await app.ingestion.directory.points(), selection, app.ontology.descendants)
    rows = 0
    with open_table(output, form, COLUMNS[grain]) as table:
        async with aclosing(batches(app.history, sources, window, grain)) as found:
            async for batch in found:
                table.add(batch)
                rows += len(batch)
                desk.report(f"{rows:,} rows")
    what = "hours" if grain == "hourly" else "readings"
    desk.out.print(plain(f"{rows:,} {what} are in {output}."), markup=False, soft_wrap=True)


def _moment(text: str, zone: tzinfo) -> datetime:
    """A day or a moment; without an offset, of the plant's time zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            f"“{text}” is no day and no moment; it is written like 2026-11-01 or 2026-11-01T06:00."
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=zone)
