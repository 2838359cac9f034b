"""What is looked at in each asset of a plant: its points towards their limits, and its window for the detectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from forecasting.anomalies.expectations import EXPECTATIONS
from forecasting.anomalies.roles import Roles, nearest_class
from forecasting.anomalies.verdict import Window
from forecasting.anomalies.windows import LEARN_DAYS, Spell, learned_until, looked_at, window_of
from forecasting.assessment import Subject, Watched
from forecasting.plant_points import Layout, Measured, Placed
from forecasting.series import DAY_S, Series, coarser
from graph_schema.ontology.ontology import Ontology
from graph_schema.ontology.twin import FailureMode
from graph_schema.units import convert_difference

HISTORY_DAYS = 49
STEP_S = 900
_WEAR_DAYS, _WEAR_STEP_S = 28, 3600
_SILENT = timedelta(days=2)  # when nothing at all has been read for so long, nothing is said of the present
_OUTSIDE = "outside_air_temperature"
_RUNS = ("run_status", "fan.run_status")

Spells = Mapping[str, Sequence[Spell]]


class Subjects:
    """The assets of a plant that have points which read numbers. Computes only: series and spells are handed in."""

    def __init__(self, ontology: Ontology, layout: Layout, points: Sequence[Measured]) -> None:
        self._ontology = ontology
        self._roles = Roles(ontology, layout, points)
        self._assets = layout.assets
        self._owned: defaultdict[str, list[Measured]] = defaultdict(list)
        for point in points:
            self._owned[point.owner].append(point)

    @property
    def ids(self) -> list[str]:
        """In order."""
        return sorted(self._owned)

    def sources(self, ids: Collection[str]) -> list[str]:
        """What has to be read to look at these assets, and to compare them with their siblings."""
        windows = [self._roles.window(id_) for id_ in ids]
        read = {point.source for window in windows for some in window.values() for point in some}
        for sibling in self._siblings(ids):
            read |= {point.source for some in self._roles.shared(sibling).values() for point in some}
        return sorted(read)

    def since(self, spells: Spells, now: datetime) -> datetime:
        """From when on it has to be read: longer where something has been wrong for weeks."""
        learned = min((learned_until(own, now.timestamp()) for own in spells.values()), default=now.timestamp())
        return min(
            now - timedelta(days=HISTORY_DAYS), datetime.fromtimestamp(learned, UTC) - timedelta(days=LEARN_DAYS)
        )

    def of(self, ids: Collection[str], series: Mapping[str, Series], spells: Spells, now: datetime) -> list[Subject]:
        """``series`` by source, on one grid of ``STEP_S`` that ends now."""
        present = _until_read(series)
        is_read = bool(present) and next(iter(present.values())).end_s >= (now - _SILENT).timestamp()
        hourly = {
            source: coarser(one, _WEAR_STEP_S).last(_WEAR_DAYS * DAY_S // _WEAR_STEP_S)
            for source, one in series.items()
        }
        read = present if is_read else {}
        shared = {id_: window_of(self._ontology, self._roles.shared(id_), read) for id_ in self._siblings(ids)}
        return [self._subject(id_, hourly, read, shared, spells.get(id_, ()), now) for id_ in ids]

    def _siblings(self, ids: Collection[str]) -> set[str]:
        """Of all these assets together: one may be the sibling of many."""
        return {sibling for id_ in ids for sibling in self._roles.siblings(id_)}

    def _subject(
        self,
        id_: str,
        hourly: Mapping[str, Series],
        present: Mapping[str, Series],
        shared: Mapping[str, Window],
        spells: Sequence[Spell],
        now: datetime,
    ) -> Subject:
        points, window = self._owned[id_], self._roles.window(id_)
        class_ = points[0].owner_class
        looked = None
        if present:
            asset = self._assets.get(id_, Placed(id_, class_))
            siblings = [shared[one] for one in self._roles.siblings(id_)]
            looked = looked_at(self._ontology, asset, points, window, present, spells, now.timestamp(), siblings)
        return Subject(
            id_,
            tuple(self._watched(point, window, hourly) for point in points if point.source in hourly),
            self._modes(class_, window),
            runs=_found(_RUNS, window, hourly),
            looked=looked,
            names=window,
        )

    def _watched(
        self, point: Measured, window: Mapping[str, Sequence[Measured]], hourly: Mapping[str, Series]
    ) -> Watched:
        """With what its own model has for it: the drivers, and half of the deviation that matters."""
        expects = nearest_class(self._ontology, point.owner_class, EXPECTATIONS)
        signal = self._ontology.quantity(point.quantity)
        known = next((one for one in EXPECTATIONS.get(expects or "", ()) if one.signal == signal), None)
        drivers = _found(dict.fromkeys((_OUTSIDE, *(known.drivers if known else ()))), window, hourly)
        least = convert_difference(known.tolerance, known.unit, point.unit) if known and point.unit else None
        return Watched(point, hourly[point.source], drivers, (least or 0.0) / 2)

    def _modes(
        self, class_: str | None, window: Mapping[str, Sequence[Measured]]
    ) -> tuple[tuple[FailureMode, frozenset[str]], ...]:
        twin = self._ontology.twin(class_) if class_ else None
        quantities = {point.quantity for points in window.values() for point in points}
        return tuple((mode, self._revealing(mode, quantities)) for mode in twin.failure_modes) if twin else ()

    def _revealing(self, mode: FailureMode, quantities: Collection[str]) -> frozenset[str]:
        return frozenset(q for q in quantities if any(self._ontology.covers(general, q) for general in mode.quantities))


def _found(
    names: Iterable[str], window: Mapping[str, Sequence[Measured]], series: Mapping[str, Series]
) -> tuple[Series, ...]:
    return tuple(series[one.source] for name in names for one in window.get(name, ()) if one.source in series)


def _until_read(series: Mapping[str, Series]) -> dict[str, Series]:
    """Up to the newest step in which anything was read: a plant that is not listened to is not one whose sensors are silent."""
    newest = max((int(np.flatnonzero(np.isfinite(one.values))[-1]) for one in series.values()), default=-1)
    return {source: Series(one.start_s, one.step_s, one.values[: newest + 1]) for source, one in series.items()}
