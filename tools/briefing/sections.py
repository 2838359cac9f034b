"""What each section of a briefing says, of what was found. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from ingestion.notes.notes import Note
from tools.briefing.asking import Asked
from tools.briefing.briefing import TOP, Line, Missing, Section, SectionName
from tools.catalogue.data_quality import DataQuality
from tools.catalogue.rank_risks import BY_STATUS
from tools.results.analysis.comfort import ComfortReport
from tools.results.analysis.energy import EnergyUse
from tools.results.jobs.happened import Happened
from tools.results.jobs.orders import OrderTold
from tools.results.risks import RankedRisks, Risk
from tools.results.work.alarm_states import AlarmStates
from tools.results.work.due import ForecastAccuracy, MaintenanceDue
from tools.results.work.incidents import Incidents
from tools.results.work.orders import FoundOrders

Codes = Mapping[str, str]
"""From the name of a failure mode to its code."""
_SOON = timedelta(days=7)
_QUOTED = 2
"""Notes of the night."""


def section(name: SectionName, asked: Asked, person: str, codes: Codes) -> Section:
    """``person`` is who reads it, whose own work waits on them."""
    return _SECTIONS[name](asked, person, codes)


def _made(name: SectionName, parts: Iterator[Line | Missing], more: int = 0) -> Section:
    found = list(parts)
    lines = [one for one in found if isinstance(one, Line)]
    return Section(name=name, lines=lines, missing=[one for one in found if isinstance(one, Missing)], more=more)


def _waiting(asked: Asked, person: str, codes: Codes) -> Section:
    del codes

    def parts() -> Iterator[Line | Missing]:
        approvals, alarms, orders = asked.approvals, asked.get("alarms", AlarmStates), asked.get("orders", FoundOrders)
        if isinstance(alarms, Missing):
            yield alarms
            return
        if isinstance(approvals, Missing):
            yield approvals
        elif found := [one for one in approvals if asked.holds(*one.wish.assets)]:
            names = [one.name for one in found]
            yield Line(
                what="approvals",
                source="approvals",
                counts={"count": len(found)},
                names=names,
                total=len(names),
                ids=names,
            )
        if standing := [one for one in alarms.alarms if asked.holds(*one.assets)]:
            total = alarms.total if asked.inside is None else len(standing)
            yield Line(
                what="alarms", source="alarms", counts={"count": total}, names=[one.name for one in standing], total=total,
                ids=[one.point for one in standing],
            )  # fmt: skip
        if isinstance(orders, FoundOrders):
            yield from _own(orders.orders, person, asked.window.end)

    return _made("waiting", parts())


def _own(orders: Sequence[OrderTold], person: str, now: datetime) -> Iterator[Line]:
    own = [one for one in orders if (one.assignee or "").casefold() == person.casefold()]
    if own:
        counts = {"count": len(own), "overdue": sum(_is_overdue(one, now) for one in own)}
        numbers = [one.number for one in own]
        yield Line(what="own_orders", source="orders", counts=counts, names=numbers, total=len(own), ids=numbers)


def _is_overdue(one: OrderTold, now: datetime) -> bool:
    return one.due_at is not None and one.due_at < now


def _overnight(asked: Asked, person: str, codes: Codes) -> Section:
    del person, codes

    def parts() -> Iterator[Line | Missing]:
        happened, incidents = asked.get("happened", Happened), asked.get("incidents", Incidents)
        if isinstance(happened, Missing):
            yield happened
            return
        since = {"since": happened.window.start}
        if happened.alarms_total:
            counts = {"raised": happened.raised, "cleared": happened.cleared, "active": happened.active}
            yield Line(what="alarms", source="happened", counts={**counts, "count": happened.raised}, moments=since)
        if isinstance(incidents, Incidents):
            yield from _incidents(incidents, asked)
        if happened.went_silent_total:
            names = [one.name for one in happened.went_silent]
            yield Line(
                what="silent", source="happened", counts={"count": happened.went_silent_total}, names=names,
                total=happened.went_silent_total, ids=[one.point for one in happened.went_silent],
            )  # fmt: skip
        if happened.orders_closed or happened.orders_opened:
            counts = {"opened": happened.orders_opened, "closed": happened.orders_closed}
            yield Line(what="orders", source="happened", counts=counts)
        if not isinstance(asked.notes, Missing):
            yield from _notes([one for one in asked.notes if asked.holds(one.asset)])

    return _made("overnight", parts())


def _notes(found: Sequence[Note]) -> Iterator[Line]:
    """The newest, each in the words of who left it."""
    if found:
        yield Line(what="notes", source="notes", counts={"count": len(found)}, ids=[str(one.id) for one in found])
    for one in found[:_QUOTED]:
        yield Line(
            what="note", source="notes", names=[one.author], total=1, text=one.text, moments={"at": one.at}, ids=[str(one.id)]
        )  # fmt: skip


def _incidents(incidents: Incidents, asked: Asked) -> Iterator[Line]:
    found = [
        one
        for one in incidents.incidents
        if asked.inside is None or (one.cause is not None and asked.holds(one.cause.id))
    ]
    if found:
        causes = [one for one in found if one.cause is not None]
        total = incidents.total if asked.inside is None else len(found)
        yield Line(
            what="incidents", also=["causes"] if causes else [], source="incidents", counts={"count": total}, names=[one.cause.name for one in causes if one.cause],
            total=total, ids=[one.id for one in found],
        )  # fmt: skip


def _risks(asked: Asked, person: str, codes: Codes) -> Section:
    del person
    ranked = asked.get("risks", RankedRisks)
    if isinstance(ranked, Missing):
        return _made("risks", iter([ranked]))
    untold = [Missing(why="no_forecast", source="risks")] if BY_STATUS in ranked.notes else []
    if not ranked.total:
        return _made("risks", iter(untold))
    all_of_them = Line(
        what="at_risk", source="risks", counts={"count": ranked.total}, total=ranked.total,
        names=[one.asset.name for one in ranked.risks], ids=[one.asset.id for one in ranked.risks],
    )  # fmt: skip
    first = [_risk(one, codes) for one in ranked.risks[:TOP]]
    return _made("risks", iter([all_of_them, *first, *untold]), max(0, ranked.total - len(first)))


def _risk(one: Risk, codes: Codes) -> Line:
    """Why: what it looks like, how sure it is, how likely and when; what is judged by status alone is beyond its limits now."""
    code = codes.get(one.mode or "")
    also = [
        *(["mode"] if code else []),
        *(["certainty"] if one.certainty else []),
        *(["probability"] if one.probability_percent is not None else []),
        *(["expected"] if one.expected_at else []),
        *(["status"] if one.judged_by != "outlook" else []),
    ]
    terms = {"mode": code, "certainty": one.certainty}
    counts = {"score": one.score, "probability": one.probability_percent}
    return Line(
        what="risk", source="risks", names=[one.asset.name], total=1, ids=[one.asset.id], also=also,
        terms={key: value for key, value in terms.items() if value},
        counts={key: value for key, value in counts.items() if value is not None},
        moments={"expected": one.expected_at} if one.expected_at else {},
    )  # fmt: skip


def _work(asked: Asked, person: str, codes: Codes) -> Section:
    del person, codes

    def parts() -> Iterator[Line | Missing]:
        orders, due = asked.get("orders", FoundOrders), asked.get("due", MaintenanceDue)
        if isinstance(orders, Missing):
            yield orders
            return
        if orders.total:
            yield _orders(orders, asked.window.end)
        late = [one for one in orders.orders if _is_overdue(one, asked.window.end)]
        if late:
            yield _named("overdue", late)
        if blocked := [one for one in orders.orders if one.status == "on_hold"]:
            yield _named("blocked", blocked)
        if isinstance(due, MaintenanceDue) and due.total:
            names = [one.asset.name for one in due.tasks]
            counts = {"count": due.total, "overdue": due.overdue}
            yield Line(what="plans", source="due", counts=counts, names=names, total=due.total, ids=[one.plan for one in due.tasks])  # fmt: skip

    return _made("work", parts())


def _orders(orders: FoundOrders, now: datetime) -> Line:
    soon = sum(one.due_at is not None and now <= one.due_at < now + _SOON for one in orders.orders)
    counts = {"count": orders.open, "overdue": orders.overdue, "soon": soon}
    return Line(what="open", source="orders", counts=counts, ids=[one.number for one in orders.orders])


def _named(what: str, orders: Sequence[OrderTold]) -> Line:
    names = [f"{one.number} ({one.asset.name})" for one in orders]
    return Line(what=what, source="orders", counts={"count": len(orders)}, names=names, total=len(orders), ids=[one.number for one in orders])  # fmt: skip


def _energy(asked: Asked, person: str, codes: Codes) -> Section:
    del person, codes
    found = asked.get("energy", EnergyUse)
    if isinstance(found, Missing):
        return _made("energy", iter([found]))
    if found.total_kwh is None:
        return _made("energy", iter([Missing(why="no_meter", source="energy")]))
    expected = found.expected
    if expected is None or expected.difference_percent is None:
        used = Line(what="used", source="energy", counts={"used": found.total_kwh})
        return _made("energy", iter([used, Missing(why="no_expectation", source="energy")]))
    counts = {
        "used": expected.used_kwh,
        "expected": expected.expected_kwh,
        "difference": expected.difference_percent,
    }
    top = [one.entity.name for one in found.consumers]
    line = Line(
        what="compared",
        source="energy",
        counts=counts,
        names=top,
        total=found.consumers_total,
        also=["most"] if top else [],
    )
    return _made("energy", iter([line]))


def _comfort(asked: Asked, person: str, codes: Codes) -> Section:
    del person, codes
    found = asked.get("comfort", ComfortReport)
    if isinstance(found, Missing):
        return _made("comfort", iter([found]))
    if found.percent is None:
        return _made("comfort", iter([Missing(why="no_sensors", source="comfort")]))
    worst = [one for one in found.zones if one.percent < 100]
    counts = {"percent": found.percent, "zones": found.total, "comfortable": found.comfortable}
    line = Line(
        what="judged", source="comfort", counts=counts, names=[one.zone.name for one in worst], total=found.total - found.comfortable,
        ids=[one.zone.id for one in worst], also=["worst"] if worst else [],
    )  # fmt: skip
    return _made("comfort", iter([line]))


def _health(asked: Asked, person: str, codes: Codes) -> Section:
    del person, codes

    def parts() -> Iterator[Line | Missing]:
        data, accuracy = asked.get("data", DataQuality), asked.get("accuracy", ForecastAccuracy)
        if isinstance(data, Missing):
            yield data
        elif data.percent is not None:
            counts = {
                "percent": data.percent,
                "amiss": data.amiss,
                "judged": data.judged,
                "silent": data.kinds.get("silent", 0),
            }
            names = [one.asset.name if one.asset else one.point.name for one in data.points]
            yield Line(
                what="data", source="data", counts=counts, names=list(dict.fromkeys(names)), total=len(dict.fromkeys(names)),
                ids=[one.point.id for one in data.points], also=["sources"] if data.amiss else [],
            )  # fmt: skip
        else:
            yield Missing(why="no_sensors", source="data")
        yield _models(accuracy)

    return _made("health", parts())


def _models(accuracy: ForecastAccuracy | Missing) -> Line | Missing:
    """Of all models together; the lead is that of the one with most findings that has any."""
    if isinstance(accuracy, Missing):
        return accuracy
    if not accuracy.findings:
        return Missing(why="no_models", source="accuracy")
    right = sum(one.came + one.mended for one in accuracy.models)
    known = right + sum(one.false_alarms + one.stayed_away for one in accuracy.models)
    lead = next((one.lead_days for one in accuracy.models if one.lead_days is not None), None)
    counts = {
        "count": accuracy.findings,
        "false_alarms": accuracy.false_alarms,
        "precision": round(100 * right / known, 1) if known else None,
        "lead": lead,
    }
    also = [*(["precision"] if known else []), *(["lead"] if lead is not None else [])]
    return Line(what="models", source="accuracy", also=also, counts={key: value for key, value in counts.items() if value is not None})  # fmt: skip


_SECTIONS: Mapping[SectionName, Callable[[Asked, str, Codes], Section]] = {
    "waiting": _waiting,
    "overnight": _overnight,
    "risks": _risks,
    "work": _work,
    "energy": _energy,
    "comfort": _comfort,
    "health": _health,
}
