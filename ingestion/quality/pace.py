"""How often a point reports, how long it has been silent, and where it left holes."""

from dataclasses import dataclass

import numpy as np

from ingestion.quality.series import FEW, Floats, Past

_SILENT_STEPS = 3.5
_BESIDE = 4
"""Buckets on either side that say what was usual there."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between readings: usually, and at the longest that is still usual."""

    step: float
    slow: float

    @property
    def hole(self) -> float:
        """From here on something is missing: three readings in a row, or twice what a point that reports changes leaves out."""
        return max(_SILENT_STEPS * self.step, 2 * self.slow)


def pace(at: Floats) -> Pace | None:
    """Learned from the readings' moments; None of too few."""
    if len(at) < FEW:
        return None
    steps = np.diff(at)
    steps = steps[steps > 0]
    if not len(steps):
        return None
    return Pace(float(np.median(steps)), float(np.quantile(steps, 0.95)))


def holes(past: Past, usual: Pace, since: float, until: float) -> Floats:
    """Shape (holes, 2): where longer than usual nothing came between two readings, or since the last one. Within since and until.

    What came before the first reading on record is no hole: the point may be new. Nor is it one that a point which now reports
    every few seconds used to report every quarter of an hour: what was usual around the hole counts as well.
    """
    if not len(past.start):
        return np.empty((0, 2))
    begin = past.last
    end = np.append(past.first[1:], until)
    found = np.column_stack([np.maximum(begin, since), np.minimum(end, until)])
    longest = np.maximum(usual.hole, _SILENT_STEPS * _around(past, until))
    return found[(end - begin > longest) & (found[:, 1] > found[:, 0])]


def _around(past: Past, until: float) -> Floats:
    """The usual step around each bucket."""
    inside = (past.last - past.first) / np.maximum(past.samples - 1, 1)
    apart = np.append(past.first[1:], until) - past.first
    steps = np.pad(np.where(past.samples > 1, inside, apart), _BESIDE, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(steps, 2 * _BESIDE + 1), axis=1)


def missing_s(found: Floats, usual: Pace) -> float:
    """What the holes lack in all, beside the pause that any two readings have."""
    return float(np.sum(np.maximum(found[:, 1] - found[:, 0] - usual.step, 0.0)))


def shared(all_holes: list[Floats], since: float, until: float, least: int = 10, share: float = 0.6) -> Floats:
    """Shape (holes, 2): when most points are silent at once, it is not the sensors that fail."""
    if len(all_holes) < least:
        return np.empty((0, 2))
    edges = [(moment, step) for found in all_holes for row in found for moment, step in ((row[0], 1), (row[1], -1))]
    silent, begun, spans = 0, None, list[tuple[float, float]]()
    for moment, step in sorted(edges, key=lambda edge: (edge[0], -edge[1])):
        silent += step
        if begun is None and silent >= share * len(all_holes):
            begun = moment
        elif begun is not None and silent < share * len(all_holes):
            spans.append((begun, moment))
            begun = None
    return np.array(spans).reshape(-1, 2) if since < until else np.empty((0, 2))


def without(found: Floats, common: Floats, usual: Pace) -> Floats:
    """The holes that remain of these once what all have in common is taken out."""
    rest = [tuple(row) for row in found]
    for begin, end in common:
        cut = list[tuple[float, float]]()
        for first, last in rest:
            parts = [(first, min(last, begin)), (max(first, end), last)]
            cut += [(a, b) for a, b in parts if b - a > usual.hole] if first < end and last > begin else [(first, last)]
        rest = cut
    return np.array(rest).reshape(-1, 2)
