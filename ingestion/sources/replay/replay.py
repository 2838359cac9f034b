"""Recorded data played through MQTT with its original timestamps, as its devices would have sent it.

Each value is judged as ingestion will judge it, and history is looked at before it is sent and after it is confirmed, so that the
account tells what history now holds and not what was read.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Protocol

from ingestion.decoding.messages import MAX_TEXT, Kind
from ingestion.decoding.telemetry_map import TelemetryMap
from ingestion.decoding.values import NoValue
from ingestion.device.client import DeviceClient
from ingestion.history.history import History
from ingestion.reading import Reading
from ingestion.sources.replay.account import Account, Content, Key, Sent
from ingestion.sources.replay.held import held
from ingestion.sources.replay.recording import BadRow, Cell, Recording, Row

_AT_ONCE = 100
_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class Progress:
    """``rows`` of ``total`` are sent; at the end of a replay they are also in history."""

    rows: int
    total: int
    values: int


class Judge(Protocol):
    """Knows the plant's points; ``Validation``."""

    @property
    def written(self) -> Mapping[str, str]: ...

    def source_of(self, address: str) -> str: ...

    def outcome(self, reading: Reading, unit: str | None = None) -> Reading | NoValue | tuple[str, Kind]: ...

    def describes(self, source: str) -> bool: ...


_Judged = tuple[Cell, Reading]
"""A field of the file, and what ingestion keeps of it."""


@dataclass(slots=True)
class _Block:
    """What was sent and is not yet accounted for."""

    sent: list[Sent] = field(default_factory=list[Sent])
    before: dict[Key, Content] = field(default_factory=dict[Key, Content])


async def replay(
    csv_path: Path,
    telemetry_map: TelemetryMap,
    device_client: DeviceClient,
    history: History,
    judge: Judge,
    speed: float | None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Account:
    """Play the file ``speed`` times as fast as it was recorded (None: as fast as it goes), and account for all of it.

    Returns when history has confirmed everything. Raises ``InvalidInput`` for a file that does not fit the map.
    """
    recording = Recording(csv_path, telemetry_map)
    total = await asyncio.to_thread(recording.count)
    player = _Player(recording, device_client, history, judge)
    pace = _Pace(speed)
    chunk: list[Row] = []
    for row in recording.rows():
        player.account.rows += not isinstance(row, BadRow) or row.fault
        if isinstance(row, BadRow):
            told = f"The row cannot be read: {row.why}" if row.fault else f"The line {row.why}."
            player.account.leave_out(told, f"line {row.line}", row.fault)
            continue
        if chunk and (len(chunk) * len(row.cells) >= _BLOCK or pace.is_ahead(row.at)):
            await player.play(chunk)
            chunk = []
            on_progress(Progress(player.account.rows, total, player.account.values))
        await pace.wait(row.at)
        chunk.append(row)
    await player.play(chunk)
    await player.settle()
    on_progress(Progress(player.account.rows, total, player.account.values))
    return player.account


class _Player:
    """Sends rows and keeps the account."""

    def __init__(self, recording: Recording, client: DeviceClient, history: History, judge: Judge) -> None:
        self.account = Account()
        self._recording = recording
        self._client = client
        self._history = history
        self._judge = judge
        self._block = _Block()

    async def play(self, rows: Sequence[Row]) -> None:
        judged = [(row, self._judged(row)) for row in rows]
        sent = [Sent(reading, row) for row, readings in judged for _, reading in readings]
        new = {one.key for one in sent}.difference(one.key for one in self._block.sent)
        self._block.before.update(await held(self._history, new))
        self._block.sent += sent
        await self._publish(judged)
        if len(self._block.sent) >= _BLOCK:
            await self.settle()

    async def settle(self) -> None:
        """Wait until everything is confirmed, and look at what history made of it."""
        await self._client.drain()
        block, self._block = self._block, _Block()
        if block.sent:
            after = await held(self._history, {one.key for one in block.sent})
            self.account.tally(block.sent, block.before, after, self._recording.telling_apart)

    def _judged(self, row: Row) -> list[_Judged]:
        found: list[_Judged] = []
        for cell in row.cells:
            if cell.value is None:
                continue
            self.account.values += 1
            place = f"line {row.line}, {row.device}/{cell.key} = {str(cell.value)[:40]}"
            if cell.bad:
                self.account.leave_out(cell.bad, place, fault=False)
                continue
            outcome = self._outcome(row, cell)
            if isinstance(outcome, Reading):
                found.append((cell, outcome))
            elif isinstance(outcome, NoValue):
                self.account.leave_out(f"“{cell.value}” says that there is no value.", place, fault=False)
            else:
                self.account.leave_out(outcome, place)
        return found

    def _outcome(self, row: Row, cell: Cell) -> Reading | NoValue | str:
        if not cell.key:
            return "The key has no name."
        text = cell.value if isinstance(cell.value, str) else None
        if text is not None and len(text) > MAX_TEXT:
            return f"The text has {len(text)} characters; at most {MAX_TEXT} are kept."
        source = self._judge.source_of(f"{row.device}/{cell.key}")
        reading = Reading(source, row.at, None if text is not None else float(cell.value), text)
        outcome = self._judge.outcome(reading, cell.unit)
        return outcome[0] if isinstance(outcome, tuple) else outcome

    async def _publish(self, judged: Iterable[tuple[Row, list[_Judged]]]) -> None:
        """A message for as many moments of a device as come in a row."""
        for device, rows in groupby(judged, key=lambda pair: pair[0].device):
            samples = [(row, readings) for row, readings in rows if readings]
            for start in range(0, len(samples), _AT_ONCE):
                part = samples[start : start + _AT_ONCE]
                values = [(row.at, {cell.key: _value(reading) for cell, reading in readings}) for row, readings in part]
                await self._client.publish_many(device, values, self._units(part))

    def _units(self, part: Sequence[tuple[Row, list[_Judged]]]) -> Mapping[str, str]:
        """Of points that nobody described; values of the others are in their own units by now."""
        found: dict[str, str] = {}
        for _, readings in part:
            for cell, reading in readings:
                unit = self._judge.written.get(reading.source) or cell.unit
                if unit and not self._judge.describes(reading.source):
                    found[cell.key] = unit
        return found


def _value(reading: Reading) -> float | str | None:
    return reading.text if reading.value is None else reading.value


class _Pace:
    """Maps the time of the recording to the time of the replay."""

    def __init__(self, speed: float | None) -> None:
        self._speed = speed
        self._loop = asyncio.get_running_loop()
        self._start: tuple[float, int] | None = None

    def _lead_s(self, at: int) -> float:
        if self._speed is None:
            return 0.0
        started, first = self._start or (self._loop.time(), at)
        self._start = (started, first)
        return started + (at - first) / 1000 / self._speed - self._loop.time()

    def is_ahead(self, at: int) -> bool:
        return self._lead_s(at) > 0

    async def wait(self, at: int) -> None:
        if (lead := self._lead_s(at)) > 0:
            await asyncio.sleep(lead)
