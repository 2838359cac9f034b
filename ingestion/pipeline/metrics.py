"""What ingestion does, in numbers for Prometheus. Everything is counted a batch or a tick at a time, never a reading."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingestion.decoding.clock_skew import Skews
from ingestion.decoding.messages import Decoded
from ingestion.reading import Clock, Message, Source, wall_clock

_SIZES = (1, 10, 100, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@runtime_checkable
class _Queued(Protocol):
    @property
    def depth(self) -> int: ...


@runtime_checkable
class _Lagging(Protocol):
    @property
    def lag(self) -> int: ...


@runtime_checkable
class _Reconnecting(Protocol):
    @property
    def reconnects(self) -> int: ...


def source_name(source: Source) -> str:
    """``mqtt`` for an ``MqttSource``."""
    return type(source).__name__.removesuffix("Source").lower()


class Meter:
    """The numbers of one process, in a registry of its own."""

    def __init__(self, registry: CollectorRegistry | None = None, clock: Clock = wall_clock) -> None:
        self.registry = CollectorRegistry() if registry is None else registry
        self._clock = clock
        self._messages = self._counter("messages", "Messages taken from a source.", "source")
        self._readings = self._counter("readings", "Readings decoded and found good.", "source")
        self._rows = self._counter("rows_written", "Rows of history that were new or changed.", "source")
        self._dead = self._counter("dead_letters", "Messages that became dead letters.", "kind")
        self._batches = self._histogram("batch_readings", "Readings of a batch.", _SIZES)
        self._commits = self._histogram("commit_seconds", "Time from a batch to its commit in the database.", _SECONDS)
        self._delays = self._histogram(
            "delay_seconds", "Time from a batch's oldest message, as it was received, to its acknowledgement.", _SECONDS
        )
        self._newest = self._gauge("newest_reading_timestamp_seconds", "When the newest committed reading was taken.")
        self._ticks = self._histogram("graph_tick_seconds", "Time to bring the graph up to date.", _SECONDS)
        self._points = self._counter("graph_points_updated", "Values written to points of the graph.")
        self._live = _Live()
        self.registry.register(self._live)

    def watch(self, source: Source) -> None:
        """Ask a source for its queue, its lag and its reconnects with every scrape, as far as it knows them."""
        self._live.sources[source_name(source)] = source

    def watch_clocks(self, skews: Skews) -> None:
        self._live.skews = skews

    def watch_texts(self, without_value: Callable[[], int]) -> None:
        """How many values said that there is none."""
        self._live.without_value = without_value

    def watch_quality(self, found: Callable[[], Mapping[str, int]]) -> None:
        """How many points have an issue, by its kind."""
        self._live.quality = found

    def batch(
        self, source: Source, messages: Sequence[Message], decoded: Sequence[Decoded], written: int, took_s: float
    ) -> None:
        name = source_name(source)
        now = self._clock().timestamp()
        readings = sum([len(d.readings) for d in decoded])
        self._messages.labels(name).inc(len(messages))
        self._readings.labels(name).inc(readings)
        self._rows.labels(name).inc(written)
        for d in decoded:
            if d.problems:
                self._dead.labels(d.kind).inc()
        self._batches.observe(readings)
        self._commits.observe(took_s)
        self._delays.observe(max(0.0, now - messages[0].received_at / 1000))
        newest = max((d.readings[-1].at for d in decoded if d.readings), default=None)
        if newest is not None:
            self._newest.set(min(newest / 1000, now))

    def refused(self) -> None:
        self._dead.labels("refused").inc()

    def tick(self, points: int, seconds: float) -> None:
        """One update of the graph."""
        self._points.inc(points)
        self._ticks.observe(seconds)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"plantroom_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"plantroom_{name}", what, registry=self.registry)

    def _histogram(self, name: str, what: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"plantroom_{name}", what, buckets=buckets, registry=self.registry)


class _Live(Collector):
    """What is looked up when somebody asks."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self.skews: Skews | None = None
        self.without_value: Callable[[], int] = int
        self.quality: Callable[[], Mapping[str, int]] = dict

    def collect(self) -> Iterable[Metric]:
        depth = GaugeMetricFamily("plantroom_queue_messages", "Messages that wait in memory.", labels=["source"])
        lag = GaugeMetricFamily("plantroom_source_lag_messages", "Messages that wait at the source.", labels=["source"])
        again = CounterMetricFamily("plantroom_reconnects", "Connections made again.", labels=["source"])
        issues = GaugeMetricFamily("plantroom_points_with_issue", "Points whose data need a look.", labels=["kind"])
        for name, source in self.sources.items():
            if isinstance(source, _Queued):
                depth.add_metric([name], source.depth)
            if isinstance(source, _Lagging):
                lag.add_metric([name], source.lag)
            if isinstance(source, _Reconnecting):
                again.add_metric([name], source.reconnects)
        for kind, points in self.quality().items():
            issues.add_metric([kind], points)
        silent = CounterMetricFamily(
            "plantroom_values_that_say_nothing", "Values that were words for no value (unavailable, n/a, ---)."
        )
        silent.add_metric([], self.without_value())
        yield from (depth, lag, again, issues, silent)
        if self.skews is not None:
            wrong = GaugeMetricFamily(
                "plantroom_devices_with_wrong_clock", "Devices whose clocks are off by more than 5 minutes."
            )
            wrong.add_metric([], len(self.skews.wrong()))
            yield wrong
