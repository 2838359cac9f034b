"""What ``plantroom doctor`` says of telemetry: how old it is, whose clock is wrong, what of it is not read, and what was never fed. Pure,
but for the map's file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from graph_schema.errors import InvalidInput
from ingestion.decoding.telemetry_map import load_map
from ingestion.pipeline.topic_report import TopicLine, topic_report
from ingestion.pipeline.topic_use import TopicUse
from interfaces.cli.work.doctor.finding import Finding

_QUIET_MINUTES = 15
_MAX_TOPICS = 5


def readings_findings(readings: Mapping[str, Any], now: datetime) -> Sequence[Finding]:
    """How old the newest is, and which were stamped by a clock that nobody set."""
    if not readings["newest"] and not readings["ahead"]:
        return [Finding("Readings", "none yet", "note", "Point devices at the broker and run: plantroom serve")]
    return [*_newest(readings, now), *_clocks(readings)]


def _newest(readings: Mapping[str, Any], now: datetime) -> Sequence[Finding]:
    newest: datetime | None = readings["newest"]
    if newest is None:
        return []
    minutes = max(0.0, (now - newest).total_seconds() / 60)
    what = f"{readings['series']:,} series, the newest reading {_age(minutes)} old"
    quiet = minutes > _QUIET_MINUTES
    advice = "If devices should be sending, check that plantroom serve (or ingest) runs." if quiet else None
    return [Finding("Readings", what, "note" if quiet else "ok", advice)]


def _clocks(readings: Mapping[str, Any]) -> Sequence[Finding]:
    found: list[Finding] = []
    if readings["ahead"]:
        what = f"the newest reading is in the future, of {readings['ahead_source']}: {readings['ahead_at']:%Y-%m-%d %H:%M} UTC{_more(readings['ahead'])}"
        found.append(
            Finding(
                "Clocks",
                what,
                "note",
                "Set the clock of that device. What it sent is kept, and is not taken for the present.",
            )
        )
    if readings["unset"]:
        what = (
            f"the newest reading of {readings['unset_source']} is from before the year 2000{_more(readings['unset'])}"
        )
        found.append(
            Finding(
                "Clocks",
                what,
                "note",
                "Set the clock of that device. What it sent is kept, and is not taken for the present.",
            )
        )
    return found


def topics_findings(map_file: Path | None, uses: Sequence[TopicUse]) -> Sequence[Finding]:
    """A line for each pattern of the map from which something is missing."""
    try:
        lines = topic_report(load_map(map_file) if map_file else None, uses)
    except InvalidInput as error:
        return [Finding("Topics", str(error), "problem", "Correct the map.")]
    amiss = [line for line in lines if line.state != "read"]
    found = [Finding("Topics", _said(line), "note", "Run: plantroom topics") for line in amiss[:_MAX_TOPICS]]
    if len(amiss) > _MAX_TOPICS:
        found.append(
            Finding(
                "Topics",
                f"{len(amiss) - _MAX_TOPICS:,} more that are not read in full",
                "note",
                "Run: plantroom topics",
            )
        )
    return found


def _said(line: TopicLine) -> str:
    return f"{line.pattern}: {line.why}"


def unfed_finding(points: int, unfed: int, examples: Sequence[Mapping[str, Any]]) -> Sequence[Finding]:
    """How many points of the plant never had a value."""
    if not unfed:
        return []
    named = "; ".join(_named(row) for row in examples)
    what = f"{unfed:,} of {points:,} never had a value, for example {named}"
    return [Finding("Points", what, "note", "Run: plantroom topics. It lists them, and what arrives.")]


def _named(row: Mapping[str, Any]) -> str:
    owner = f"{row['owner']} " if row["owner"] and not str(row["name"]).startswith(str(row["owner"])) else ""
    return f"{owner}{row['name']} ({row['source'] or 'no address'})"


def _more(number: int) -> str:
    return f" (and of {number - 1:,} more series)" if number > 1 else ""


def _age(minutes: float) -> str:
    if minutes < 120:
        return f"{minutes:.0f} minutes"
    return f"{minutes / 60:.0f} hours" if minutes < 2880 else f"{minutes / 1440:.0f} days"
