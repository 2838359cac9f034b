"""``plantroom topics``: what arrives on which topics, what of it is read, and what a map would need to read the rest."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from graph_schema.statements import statements
from graph_schema.store.point_sources import give_source
from ingestion.pipeline.evidence import proposed_matches
from ingestion.pipeline.matches import match_lines
from ingestion.pipeline.topic_report import Heard, TopicLine, topic_report
from ingestion.pipeline.topic_use import topic_uses
from ingestion.sources.mqtt.listening import listen
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation

_MARKS = {"read": "✓", "in part": "•", "nothing": "✗", "not read": "✗", "no message": "•"}
_MAX_UNUSED = 12
_MAX_POINTS = 20
_CYPHER = statements("interfaces.cli.work.doctor", "doctor.cypher")


@operation()
async def show(desk: Desk, seconds: float, as_json: bool) -> None:
    app = desk.app
    heard: dict[str, tuple[bytes, int]] = {}
    if seconds:
        desk.report(f"Listening for {seconds:g} seconds")
        heard = await listen(app.endpoints.broker, seconds)
    await app.ingestion.topics.write()
    lines = topic_report(
        app.telemetry_map,
        await topic_uses(app.history),
        [Heard(topic, payload, messages) for topic, (payload, messages) in heard.items()],
    )
    unfed = await app.graph.read(_CYPHER["unfed_examples"], limit=1_000)
    if as_json:
        desk.write(json.dumps({"topics": [asdict(line) for line in lines], "never_fed": unfed}, ensure_ascii=False))
        return
    if not lines:
        desk.out.print("Nothing has arrived yet. Point devices at the broker, or listen for longer with --for.")
    print_topics(desk.out, lines)
    _print_unfed(desk.out, unfed)


@operation()
async def show_matches(desk: Desk, as_json: bool) -> None:
    found = await proposed_matches(desk.app.graph, desk.app.history, desk.app.clock())
    if as_json:
        desk.write(json.dumps([asdict(match) for match in found], ensure_ascii=False))
        return
    if not found:
        desk.out.print("No readings that are nobody's look like those of a point that has none.")
    for match in found:
        for line in match_lines(match):
            desk.out.print(plain(line), markup=False, soft_wrap=True)


@operation()
async def accept(desk: Desk, address: str, point: str) -> None:
    name = await give_source(desk.app.graph, point, address)
    desk.out.print(
        plain(f"{address} is {name} from now on, with the history that it has."), markup=False, soft_wrap=True
    )


def print_topics(out: Console, lines: Sequence[TopicLine]) -> None:
    """Those that are read first, then what is not, with what to do about it."""
    for line in sorted(lines, key=lambda line: line.state != "read"):
        counted = f"  {line.messages:,} messages, {line.readings:,} readings" if line.messages else ""
        since = f" since {line.since[:16].replace('T', ' ')} UTC" if line.since else ""
        out.print(
            f"{_MARKS[line.state]} {plain(line.pattern)}{counted}{since}",
            markup=False,
            soft_wrap=True,
        )
        if line.why:
            out.print(f"    {plain(line.why)}", markup=False, soft_wrap=True)
        if line.example:
            out.print(f"    for example {plain(line.example)}", markup=False, soft_wrap=True)
        if line.unused:
            more = f" and {len(line.unused) - _MAX_UNUSED} more" if len(line.unused) > _MAX_UNUSED else ""
            out.print(
                f"    not used: {plain(', '.join(line.unused[:_MAX_UNUSED]))}{more}", markup=False, soft_wrap=True
            )
        if line.advice:
            out.print(f"    → {plain(line.advice)}", markup=False, soft_wrap=True)


def _print_unfed(out: Console, points: Sequence[Mapping[str, Any]]) -> None:
    if not points:
        return
    number = f"{len(points):,}" if len(points) < 1_000 else "1,000 or more"
    out.print(f"{number} point{'' if len(points) == 1 else 's'} never had a value:")
    for row in points[:_MAX_POINTS]:
        owner = f"{row['owner']}: " if row["owner"] else ""
        out.print(
            f"  {plain(owner + row['name'])}  {plain(row['source'] or 'has no address')}", markup=False, soft_wrap=True
        )
    if len(points) > _MAX_POINTS:
        out.print("  … all of them with --json")
