"""What is otherwise than in the briefing before. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.briefing.briefing import Line, Missing, Section, SectionName

_COMPARED: Sequence[tuple[SectionName, str, str]] = (
    ("waiting", "alarms", "count"),
    ("waiting", "approvals", "count"),
    ("work", "open", "overdue"),
    ("comfort", "judged", "percent"),
    ("health", "data", "amiss"),
)
"""Section, line and figure; each is told where it has become another. Those of a day (energy, alarms raised) always do."""


def changed(before: Sequence[Section] | None, now: Sequence[Section]) -> Section:
    """``before`` is None where there is no earlier briefing."""
    if before is None:
        return Section(name="changed", missing=[Missing(why="no_earlier", source="earlier")])
    return Section(name="changed", lines=[*_risks(before, now), *_figures(before, now)])


def _risks(before: Sequence[Section], now: Sequence[Section]) -> Iterator[Line]:
    """Assets that have joined or left the list; who is not judged on both days says nothing."""
    earlier, later = _at_risk(before), _at_risk(now)
    if earlier is None or later is None:
        return
    for what, found in (("risk_new", _without(later, earlier)), ("risk_gone", _without(earlier, later))):
        if found:
            names = [name for _, name in found]
            yield Line(
                what=what, source="earlier", names=names, total=len(names), counts={"count": len(names)}, ids=[id_ for id_, _ in found]
            )  # fmt: skip


def _at_risk(sections: Sequence[Section]) -> list[tuple[str, str]] | None:
    found = _named(sections, "risks")
    if found is None or found.missing:
        return None
    line = next((one for one in found.lines if one.what == "at_risk"), None)
    return [] if line is None else list(zip(line.ids, line.names, strict=False))


def _without(some: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    known = {id_ for id_, _ in others}
    return [one for one in some if one[0] not in known]


def _figures(before: Sequence[Section], now: Sequence[Section]) -> Iterator[Line]:
    for section, what, figure in _COMPARED:
        earlier, later = _figure(before, section, what, figure), _figure(now, section, what, figure)
        if earlier is not None and later is not None and round(earlier) != round(later):
            yield Line(what=f"{section}_{figure}" if figure != "count" else f"{section}_{what}", source="earlier", counts={"before": round(earlier), "now": round(later)})  # fmt: skip


def _figure(sections: Sequence[Section], name: SectionName, what: str, figure: str) -> float | None:
    """Zero where the section was judged and has no such line."""
    found = _named(sections, name)
    if found is None or found.missing:
        return None
    return next((one.counts[figure] for one in found.lines if one.what == what), 0.0 if figure == "count" else None)


def _named(sections: Sequence[Section], name: SectionName) -> Section | None:
    return next((one for one in sections if one.name == name), None)
