"""What commands show on a terminal."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.events import Answered, Event, ToolFinished, ToolStarted
from graph_schema.addresses import TIMESERIES
from graph_schema.store.loader import ImportReport

if TYPE_CHECKING:
    from forecasting.jobs.failure_forecasts import FailuresForetold
    from interfaces.app.forecasts import Night

_SHOWN = 20


def print_import(console: Console, account: ImportReport) -> None:
    """How much of each kind came, and what was skipped or guessed and why."""
    table = Table(title=escape(account.plant), title_justify="left", box=None, pad_edge=False)
    for heading in ("", "new", "changed", "as before", "removed"):
        table.add_column(heading, justify="left" if not heading else "right")
    for kind, counts in (*account.entities.items(), *account.relations.items()):
        numbers = (counts.created, counts.updated, counts.unchanged, counts.removed)
        table.add_row(kind, *(f"{number:,}" if number else "–" for number in numbers))
    console.print(table)
    if account.adopted:
        console.print(f"{account.adopted} points took over readings that had arrived before.")
    _print_ways(console, account)
    levels = Counter(finding.level for finding in account.findings)
    for level, heading in (("guessed", "Understood with a guess"), ("skipped", "Left out")):
        if levels[level]:
            console.print(f"[bold]{heading}:[/] {levels[level]:,}")
        for finding in [one for one in account.findings if one.level == level][:_SHOWN]:
            console.print(f"  {escape(finding.subject)}: {escape(finding.reason)}", soft_wrap=True)
        if levels[level] > _SHOWN:
            console.print(f"  … and {levels[level] - _SHOWN:,} more")


def _print_ways(console: Console, account: ImportReport) -> None:
    """How many points have an address, and under which topic and key their readings are expected."""
    total = sum(count for count, _ in account.ways.values())
    if not total:
        return
    without, _ = account.ways.get("nothing", (0, ""))
    console.print(f"{total - without:,} of {total:,} points have an address.")
    if found := account.ways.get("address"):
        device, _, key = found[1].partition("/")
        _print_way(console, found[0], "address", device, key)
    if found := account.ways.get("series"):
        _print_way(console, found[0], "id in another system", TIMESERIES, found[1])


def _print_way(console: Console, count: int, kind: str, device: str, key: str) -> None:
    topic, payload = f"plantroom/telemetry/{device}", json.dumps({"values": {key: 21.5}}, ensure_ascii=False)
    console.print(f"  {count:,} by {kind}: publish to {escape(topic)} such as {escape(payload)}", soft_wrap=True)


def print_night(console: Console, night: "Night") -> None:
    """What a run of the forecasts found."""
    assets, points = night.assets, night.points
    console.print(
        f"{assets.flagged} assets are flagged, {assets.sound} are sound, of {assets.cannot_tell} it cannot be told."
    )
    console.print(_failures_sentence(night.failures))
    console.print(f"{points.points} points are forecast a week ahead; {points.too_little} have too little history.")
    if night.untrained:
        console.print(f"[yellow]•[/] {escape(night.untrained)}")
    for name, drift in night.drifts.items():
        if drift.drifted:
            console.print(f"[yellow]•[/] {escape(name)}: {escape(drift.reason)}")
    for failure in (*assets.failures, *night.failures.failures, *points.failures):
        console.print(f"[red]✗[/] {escape(failure)}")


def _failures_sentence(found: "FailuresForetold") -> str:
    if found.told + found.cannot_tell == 0:
        return f"How likely assets fail is not told: {found.why} `plantroom work-orders import FILE` brings some in."
    why = f", e.g. {found.why}" if found.why else ""
    return f"Of {found.told} assets it is told how likely they fail, of {found.cannot_tell} it cannot be{why}."


def print_reading(console: Console, reading: Mapping[str, Any] | None, calls: Sequence[Mapping[str, Any]]) -> None:
    """How a question was understood: its intent and slots, what was left out, and the calls that were made."""
    if reading is None:
        console.print("How the question was understood is not told by this model.", style="dim")
    else:
        console.print(f"{reading['intent']} ({reading['language']})", style="bold", markup=False)
        for slot, said in reading["slots"].items():
            console.print(f"  {slot}: {', '.join(f'“{one}”' for one in said)}", markup=False, soft_wrap=True)
        left_out = ", ".join(f"“{one}”" for one in reading["left_out"]) or "nothing"
        console.print(f"  left out: {left_out}", markup=False, soft_wrap=True)
    for call in calls:
        arguments = json.dumps(call["args"], ensure_ascii=False)
        console.print(f"  call {call['tool']} {arguments}", markup=False, soft_wrap=True)


class Printed:
    """An answer on the terminal, its steps first. Without a console it prints nothing."""

    def __init__(self, console: Console | None) -> None:
        self._console = console
        self._names: dict[str, str] = {}

    def show(self, event: Event) -> None:
        if self._console is None:
            return
        match event:
            case ToolStarted():
                self._names[event.id] = event.name.replace("_", " ")
            case ToolFinished():
                mark = "✓" if event.ok else "✗"
                name = self._names.get(event.id, "")
                self._console.print(f"{mark} {name}: {event.summary}", style="dim", markup=False, soft_wrap=True)
            case Answered():
                self._console.print(event.text, markup=False, soft_wrap=True)
            case _:
                pass
