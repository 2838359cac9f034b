"""Recorded data played through MQTT with its original timestamps, as its devices would have sent it."""

import asyncio
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import moment
from ingestion.decoding.telemetry_map import Csv, TelemetryMap
from ingestion.device.client import DeviceClient, Values

_AT_ONCE = 100
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Progress:
    """``rows`` of ``total`` are sent; at the end of a replay they are also in history."""

    rows: int
    total: int
    values: int


async def replay(
    csv_path: Path,
    telemetry_map: TelemetryMap,
    device_client: DeviceClient,
    speed: float | None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Play the file ``speed`` times as fast as it was recorded (None: as fast as it goes), complete to the row.

    Returns when history has confirmed everything. Raises ``InvalidInput`` for a file that does not fit the map.
    """
    spec = telemetry_map.csv
    if spec is None:
        raise InvalidInput("The map has no csv section, so it does not say what the columns are.")
    total = await asyncio.to_thread(_count, csv_path)
    rows = values = 0
    pace = _Pace(speed)
    samples: list[tuple[int, Values]] = []
    for at, sample in read_csv(csv_path, spec, telemetry_map.zone):
        if samples and (len(samples) == _AT_ONCE or pace.is_ahead(at)):
            await device_client.publish_many(spec.device, samples)
            samples = []
            on_progress(Progress(rows, total, values))
        await pace.wait(at)
        samples.append((at, sample))
        rows, values = rows + 1, values + sum(value is not None for value in sample.values())
    if samples:
        await device_client.publish_many(spec.device, samples)
    await device_client.drain()
    on_progress(Progress(rows, total, values))
    return Progress(rows, total, values)


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


def read_csv(path: Path, spec: Csv, zone: ZoneInfo) -> Iterator[tuple[int, Values]]:
    """Each row's moment (epoch ms) and values by key, in the file's order. Raises ``InvalidInput`` with the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(csv.reader(file), spec, zone, path)
    except OSError as error:
        raise InvalidInput(f"The file {path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"The file {path} is not CSV in UTF-8: {error}") from error


def _rows(reader: Iterator[list[str]], spec: Csv, zone: ZoneInfo, path: Path) -> Iterator[tuple[int, Values]]:
    header = [name.strip() for name in next(reader, list[str]())]
    missing = [name for name in (spec.time.strip(), *spec.columns) if name not in header]
    if missing:
        raise InvalidInput(f"The file {path} has no column “{missing[0]}”. It has: {', '.join(header)}.")
    time = header.index(spec.time.strip())
    columns = [(header.index(name), value) for name, value in spec.columns.items()]
    before = 0
    for line, row in enumerate(reader, start=2):
        if not row:
            continue
        if len(row) < len(header):
            raise InvalidInput(f"Line {line} of {path} has {len(row)} of {len(header)} columns.")
        try:
            before = _moment(row[time], spec, zone, before)
        except InvalidInput as error:
            raise InvalidInput(f"Line {line} of {path}: {error}") from error
        yield before, {value.key: value.convert(row[index]) for index, value in columns}


def _moment(text: str, spec: Csv, zone: ZoneInfo, before: int) -> int:
    """In the hour that comes twice in autumn, local times go on: the second 1:30 is an hour after the first."""
    at = moment(text, zone, spec.time_format)
    if at <= before < at + _HOUR_MS:
        late = moment(text, zone, spec.time_format, fold=1)
        return late if late > before else at
    return at


def _count(path: Path) -> int:
    try:
        with path.open("rb") as file:
            return max(0, sum(1 for line in file if line.strip()) - 1)
    except OSError as error:
        raise InvalidInput(f"The file {path} cannot be read: {error.strerror}.") from error
