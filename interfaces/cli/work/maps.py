"""``plantroom map suggest``: a map for files or topics, and how it reads them."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from paho.mqtt.client import topic_matches_sub

from graph_schema.errors import InvalidInput
from ingestion.decoding.presets import preset_text
from ingestion.pipeline.topic_map import suggest_topics
from ingestion.pipeline.topic_report import Heard
from ingestion.reading import Reading
from ingestion.sources.mqtt.listening import listen
from ingestion.sources.replay.preview import Preview, preview
from ingestion.tables.suggest import suggest_map
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation

_MOST_BAD = 5
_SHOWN = 10


@operation(served=False, needs_plant=False)
async def suggest_files(desk: Desk, files: list[Path], timezone: str | None, output: str | None) -> None:
    suggestion = suggest_map(files, timezone)
    seen = [(path, preview(path, suggestion.map)) for path in files]
    told = [line for path, one in seen for line in preview_lines(path, one)]
    await _show_map(desk, suggestion.text, told, output)
    if bad := sum(len(one.bad) for _, one in seen):
        raise InvalidInput(f"{bad:,} rows cannot be read with it: see above.")


@operation()
async def suggest_from_topics(desk: Desk, topics: str, seconds: float, output: str | None) -> None:
    desk.report(f"Listening for {seconds:g} seconds")
    heard = await listen(desk.app.endpoints.broker, seconds)
    wanted = [
        Heard(topic, payload, messages)
        for topic, (payload, messages) in sorted(heard.items())
        if topic_matches_sub(topics, topic)
    ]
    found = suggest_topics(wanted, round(time.time() * 1000))
    more = f", {len(found.unread):,} of them not read" if found.unread else ""
    told = [f"{len(wanted):,} topics heard{more}. {len(found.readings):,} values, the first as they are read:"]
    await _show_map(desk, found.text, [*told, *map(_reading_line, found.readings[:_SHOWN])], output)


@operation(served=False, needs_plant=False)
async def show_preset(desk: Desk, name: str, output: str | None) -> None:
    await _show_map(desk, preset_text(name), [], output)


async def _show_map(desk: Desk, text: str, told: Sequence[str], output: str | None) -> None:
    """The map, which is YAML as a whole on standard output: what is told beside it are remarks there."""
    if output is None:
        desk.write((text + "".join(f"# {plain(line)}\n" for line in told)).rstrip("\n"))
        return
    try:
        await desk.person.keep(output, text.encode())
    except OSError as error:
        raise InvalidInput(f"The map cannot be written to {output}: {error.strerror}.") from error
    for line in [f"The map is in {output}.", *told]:
        desk.out.print(plain(line), markup=False, soft_wrap=True)


def preview_lines(path: Path, seen: Preview) -> Iterator[str]:
    """How a file is read: counts, the first rows, and the first that cannot be read."""
    others = [
        (seen.not_good, "values that the file marks as no good"),
        (seen.other_lines, "lines that are no rows"),
        (len(seen.bad), "rows that cannot be read"),
    ]
    more = "".join(f", {number:,} {what}" for number, what in others if number)
    yield f"{path.name}: {seen.rows:,} rows with {seen.values:,} values{more}. The first, as they are read:"
    yield from (f"  {line}" for line in seen.lines)
    yield from (f"  line {row.line}: {row.why}" for row in seen.bad[:_MOST_BAD])


def _reading_line(reading: Reading) -> str:
    at = datetime.fromtimestamp(reading.at / 1000, UTC).isoformat(" ", "seconds").removesuffix("+00:00")
    value = reading.text if reading.value is None else f"{reading.value:g}"
    return f"  {at}Z  {reading.source} {value}"
