"""Which readings that are nobody's may be those of which point: by name, unit, value and behaviour, with what speaks for it. Pure; nothing is assigned."""

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from graph_schema.ontology.physical import bounds
from graph_schema.store.point_sources import UnfedPoint, UnknownSeries
from graph_schema.units import alike, unit_name
from ingestion.pipeline.behaviour import Likeness, Likenesses

_LEAST = 0.6
_MARGIN = 0.08
"""By so much the best point has to be better than the next one."""
_BEHAVIOUR = 0.65
"""How far behaviour alone may lead: what moves alike in all and is called otherwise is worth a proposal, and no more."""
_TOKEN = re.compile(r"\d+|[A-ZÄÖÜ]?[a-zäöüßéèáíóúñ]+|[A-ZÄÖÜ]+(?![a-zäöüß])")
_FILLERS = frozenset(("sensor", "value", "point", "reading", "state", "the", "of"))


@dataclass(frozen=True, slots=True)
class Match:
    """``score`` from 0 to 1. ``evidence`` are sentences, ``rivals`` the names of points that fit nearly as well."""

    series: UnknownSeries
    point: UnfedPoint
    score: float
    evidence: Sequence[str]
    rivals: Sequence[str] = ()


def matches(
    series: Sequence[UnknownSeries], points: Sequence[UnfedPoint], likenesses: Likenesses | None = None
) -> list[Match]:
    """The likeliest first; a point is proposed for one series, and a series for one point."""
    found = [match for one in series if (match := _best(one, points, likenesses or {}))]
    found.sort(key=lambda match: -match.score)
    taken: set[str] = set()
    return [match for match in found if not (match.point.id in taken or taken.add(match.point.id))]


def match_lines(match: Match) -> Iterator[str]:
    """As a person reads it, with the command that accepts it."""
    owner = f" of {match.point.owner}" if match.point.owner and match.point.owner not in match.point.name else ""
    yield f"{match.series.source} may be {match.point.name}{owner}  ({match.score:.0%})"
    yield f"    {'; '.join(match.evidence)}"
    if match.rivals:
        yield f"    nearly as likely: {', '.join(match.rivals)}"
    yield f"    → plantroom topics accept {shlex.quote(match.series.source)} {shlex.quote(match.point.id)}"


def words_of(text: str) -> Counter[str]:
    """The words and numbers of a name, short ones written out: ``ahu9/sat`` is ahu, 9, supply, air, temperature."""
    pieces = re.findall(r"[^\W_]+", text)
    tokens = [
        token.casefold()
        for piece in pieces
        for token in ([piece] if piece.casefold() in _long_forms() else _TOKEN.findall(piece))
    ]
    return Counter(word for token in tokens for word in _long_forms().get(token, token).split() if word not in _FILLERS)


@cache
def _long_forms() -> Mapping[str, str]:
    return yaml.safe_load((files("ingestion.pipeline") / "short_names.yaml").read_text("utf-8"))


def _best(series: UnknownSeries, points: Sequence[UnfedPoint], likenesses: Likenesses) -> Match | None:
    scored = [
        (_with_behaviour(_score(series, point), likenesses.get((series.source, point.id))), point)
        for point in points
        if _objection(series, point) is None
    ]
    scored.sort(key=lambda pair: (-pair[0], pair[1].id))
    if not scored or scored[0][0] < _LEAST:
        return None
    score, point = scored[0]
    rivals = [other.name for rated, other in scored[1:4] if rated > score - _MARGIN]
    return Match(series, point, score, _evidence(series, point, likenesses.get((series.source, point.id))), rivals)


def _with_behaviour(score: float, likeness: Likeness | None) -> float:
    return score if likeness is None else score + (1 - score) * _BEHAVIOUR * likeness.weight


def _score(series: UnknownSeries, point: UnfedPoint) -> float:
    """The share of words that both have. A number in one name and another one in the other are two assets."""
    ours, theirs = words_of(series.source), _words_of_point(point)
    numbers = [{word for word in words if word.isdecimal()} for words in (ours, theirs)]
    if numbers[0] and numbers[1] and not numbers[0] & numbers[1]:
        return 0.0
    common = sum((ours & theirs).values())
    return 2 * common / (sum(ours.values()) + sum(theirs.values())) if common else 0.0


def _words_of_point(point: UnfedPoint) -> Counter[str]:
    owner, own = words_of(point.owner or ""), words_of(point.quantity or point.name)
    return owner | own if point.owner else words_of(point.name)


def _objection(series: UnknownSeries, point: UnfedPoint) -> str | None:
    """Why they cannot be the same."""
    if (
        series.unit
        and point.unit
        and unit_name(series.unit) != unit_name(point.unit)
        and unit_name(series.unit) not in alike(unit_name(point.unit))
    ):
        return "the units measure different things"
    can_be = bounds(point.quantity, series.unit or point.unit)
    if can_be and series.value is not None and not can_be.low <= series.value <= can_be.high:
        return "the value is out of range"
    return "it sends words, and the point measures" if series.text is not None and point.unit else None


def _evidence(series: UnknownSeries, point: UnfedPoint, likeness: Likeness | None) -> list[str]:
    common = words_of(series.source) & _words_of_point(point)
    found = [f"both names have {', '.join(sorted(common))}" if common else "the names have nothing in common"]
    found += [likeness.sentence()] if likeness else []
    if series.unit and point.unit:
        found.append(
            f"unit {series.unit}" if series.unit == point.unit else f"{series.unit} can be turned into {point.unit}"
        )
    elif point.unit:
        found.append("it states no unit")
    if series.value is not None and bounds(point.quantity, series.unit or point.unit):
        found.append(f"its value of {series.value:g} is one that such a point can have")
    return found
