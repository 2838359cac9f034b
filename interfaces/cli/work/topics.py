"""``plantroom topics``: what arrives on which topics, what of it is read, and what a map would need to read the rest."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console

from ingestion.pipeline.topic_report import Heard, TopicLine, topic_report
from ingestion.pipeline.topic_use import topic_uses
from ingestion.sources.mqtt.listening import listen
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation

_MARKS = {"read": "✓", "in part": "•", "nothing": "✗", "not read": "✗", "no message": "•"}
_MAX_UNUSED = 12


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
    if as_json:
        desk.write(json.dumps([asdict(line) for line in lines], ensure_ascii=False))
    elif not lines:
        desk.out.print("Nothing has arrived yet. Point devices at the broker, or listen for longer with --for.")
    else:
        print_topics(desk.out, lines)


def print_topics(out: Console, lines: Sequence[TopicLine]) -> None:
    """Those that are read first, then what is not, with what to do about it."""
    for line in sorted(lines, key=lambda line: line.state != "read"):
        counted = (
            f"  {line.messages:,} messages, {line.readings:,} readings"
            if line.readings
            else f"  {line.messages:,} messages"
        )
        out.print(
            f"{_MARKS[line.state]} {plain(line.pattern)}{counted if line.messages else ''}",
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
