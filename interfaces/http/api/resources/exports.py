"""History and the model as files, over HTTP: what ``plantroom export`` writes, for whoever has no terminal on the server."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response, StreamingResponse

from graph_schema.errors import InvalidInput
from graph_schema.exporters.brick import brick_turtle
from graph_schema.store.described_plant import described_plant
from ingestion.export.directory import PlantDirectory
from ingestion.export.files import CsvTable, Format, format_of, open_table
from ingestion.export.readings import COLUMNS, Grain, Window, batches
from ingestion.export.selection import Selection, selected
from ingestion.history.history import History
from interfaces.http.api.etags import resource
from interfaces.http.api.problems import ApiError
from interfaces.http.api.served import Served

_AT_ONCE = 2
"""Exports that run at a time: each holds a connection to history for as long as its reader takes."""
_CHUNK = 1 << 16  # bytes
_FIRST, _LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_MEDIA_TYPES: Mapping[Format, str] = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
_HISTORY: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
        },
        "description": "A file, sent as it is read; one that breaks off was not ended properly and is not whole",
    },
}
_MODEL: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/turtle": {"schema": {"type": "string"}}}, "description": "The plant in Turtle"}
}
Names = Annotated[list[str] | None, Query(max_length=50)]


@dataclass(frozen=True, slots=True)
class _Table:
    """What is to be read, and in which grain."""

    history: History
    sources: Sequence[str] | None
    window: Window
    grain: Grain

    async def as_csv(self) -> AsyncGenerator[bytes]:
        text = io.StringIO()
        table = CsvTable(text, COLUMNS[self.grain])
        yield _taken(text)
        async with aclosing(batches(self.history, self.sources, self.window, self.grain)) as found:
            async for batch in found:
                table.add(batch)
                yield _taken(text)

    async def as_parquet(self) -> AsyncGenerator[bytes]:
        """Its columns are known only at its end: it is written beside, then sent."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "history.parquet"
            with open_table(path, "parquet", COLUMNS[self.grain]) as table:
                async with aclosing(batches(self.history, self.sources, self.window, self.grain)) as found:
                    async for batch in found:
                        table.add(batch)
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk


def export_routes(routes: APIRouter, served: Served) -> None:
    """``/exports/history`` and ``/exports/model``."""
    turns = asyncio.Semaphore(_AT_ONCE)

    @routes.get("/exports/history", operation_id="export_history", response_class=Response, responses=_HISTORY)
    async def _history(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        point: Annotated[Names, Query(description="points by id, name or address")] = None,
        asset: Annotated[Names, Query(description="assets or places by id or name, with their points")] = None,
        class_: Annotated[
            Names, Query(alias="class", description="classes of Brick, of points or their assets")
        ] = None,
        start: Annotated[AwareDatetime | None, Query(description="from the first reading when left out")] = None,
        end: Annotated[AwareDatetime | None, Query(description="until the last when left out")] = None,
        hourly: Annotated[bool, Query(description="mean, smallest, largest and last of each hour")] = False,
        form: Annotated[Format, Query(alias="format")] = "csv",
    ) -> Response:
        """Readings as a file, from the start until before the end; of several kinds of names a series has to be of each, and without any all are written."""
        context = await served.context(await served.reader(request))
        format_of(Path("history"), form)
        window = _window(start, end)
        directory = PlantDirectory(context.graph, context.history)
        await directory.write()
        selection = Selection(point or [], asset or [], class_ or [])
        sources = None
        if not selection.is_all:
            sources = selected(await directory.points(), selection, context.ontology.descendants)
        table = _Table(context.history, sources, window, "hourly" if hourly else "raw")
        if turns.locked():
            raise ApiError(
                429, f"{_AT_ONCE} exports are running already. Ask again in a minute.", {"retry-after": "60"}
            )
        chunks = _in_turn(turns, table.as_csv() if form == "csv" else table.as_parquet())
        return StreamingResponse(chunks, headers=_attached(f"history.{form}"), media_type=_MEDIA_TYPES[form])

    @routes.get("/exports/model", operation_id="export_model", response_class=Response, responses=_MODEL)
    async def _model(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        plant: Annotated[str | None, Query(max_length=200, description="which, where several were imported")] = None,
    ) -> Response:
        """The plant as a Brick model, with what was learnt of addresses, units and limits; importing it brings the same plant back."""
        context = await served.context(await served.reader(request))
        text = brick_turtle(await described_plant(context.graph, plant), context.ontology)
        return resource(request, text.encode(), _attached("plant.ttl"), "text/turtle; charset=utf-8")


def _window(start: datetime | None, end: datetime | None) -> Window:
    """Raises ``InvalidInput``."""
    window = Window(start or _FIRST, end or _LAST)
    if window.until <= window.since:
        raise InvalidInput("The end has to be after the start.")
    return window


async def _in_turn(turns: asyncio.Semaphore, chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with turns, aclosing(chunks):
        async for chunk in chunks:
            yield chunk


def _taken(text: io.StringIO) -> bytes:
    said = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return said


def _attached(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-cache"}
