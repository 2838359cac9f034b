"""Making a load plan, showing it with its reasons, comparing it with a change, proposing it, and checking the files that it is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from graph_schema.errors import InvalidInput
from interfaces.app.planning.load import (
    Compared,
    Planned,
    beside_of,
    books,
    compared,
    load_file,
    planned,
    stores_of,
    tariff_file,
    units_of,
    wish,
)
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from interfaces.web.chat.charts import drawing
from tools.context import Caller, up_to
from tools.load.book import LoadBook
from tools.load.tariff import Tariff, unknown_costs
from tools.results.proposals import Proposed


@operation()
async def show(
    desk: Desk, hours: int, seconds: float, what_if: Sequence[str], chart: str | None, propose: bool, by: str, as_json: bool
) -> None:  # fmt: skip
    plan = await planned(desk.app, hours, seconds)
    changes = [await compared(desk.app, plan, one, seconds) for one in what_if]
    if as_json:
        desk.write(json.dumps(_told(plan, changes), ensure_ascii=False))
    else:
        _show(desk, plan, changes)
    if chart is not None:
        await desk.person.keep(chart, drawing(plan.chart(), plan.gathered.zone).encode())
    if propose:
        await _propose(desk, plan, by, quiet=as_json)


@operation(needs_plant=False)
async def check(desk: Desk) -> None:
    book, tariff = books(desk.settings)
    has_tariff, has_book = tariff_file(desk.settings).exists(), load_file(desk.settings).exists()
    for line in _account(book, tariff, has_tariff, has_book):
        desk.out.print(escape(plain(line)), soft_wrap=True)


def _account(book: LoadBook, tariff: Tariff, has_tariff: bool, has_book: bool) -> Iterable[str]:
    if not has_tariff:
        yield "No tariff is stated: write tariff.yaml; docs/operators/load.md shows one."
    for name, energy in (("Electricity", tariff.electricity), ("Gas", tariff.gas)):
        if energy.price is not None:
            yield f"{name}: {energy.price:g} {tariff.currency} a kWh."
        for one in energy.periods:
            yield f"{name}, {one.name or 'a period'}: {one.price:g} {tariff.currency} a kWh, {one.days} {one.hours}{_months(one.months)}."
    if tariff.electricity.demand is not None:
        yield f"Demand: {tariff.electricity.demand.price_per_kw:g} {tariff.currency} a kW and month."
    for one in tariff.events:
        beyond = f", beyond it {one.penalty_per_kwh:g} {tariff.currency} a kWh" if one.penalty_per_kwh is not None else ""  # fmt: skip
        yield f"Event from {one.start:%Y-%m-%d %H:%M} to {one.end:%H:%M}: at most {one.limit_kw:g} kW{beyond}."
    if tariff.valid.first or tariff.valid.last:
        yield f"Valid from {tariff.valid.first or 'ever'} to {tariff.valid.last or 'further notice'}."
    yield from unknown_costs(tariff, uses_gas=True)
    stated = [unit.asset for system in book.systems for unit in system.units]
    yield f"{len(stated)} units are described in load.yaml." if has_book else "There is no load.yaml: machines are as the plant's model and its history say."  # fmt: skip


def _months(months: Sequence[int]) -> str:
    return "" if len(months) == 12 else f" in months {', '.join(map(str, months))}"


def _show(desk: Desk, plan: Planned, changes: Sequence[Compared]) -> None:
    zone = plan.gathered.zone
    table = Table("when", "plant", "runs", "beside it", "why", box=None, pad_edge=False)
    for one in plan.stretches():
        when = f"{one.begins.astimezone(zone):%a %d %b %H:%M}–{one.ends.astimezone(zone):%H:%M}"
        beside = (beside_of(one) + stores_of(one, plan)).removeprefix("; ")
        table.add_row(*(escape(plain(text)) for text in (when, one.system, units_of(one), beside, one.why)))
    desk.out.print(table)
    for name, runs in plan.gathered.air:
        share = f"{sum(s.hours for s, on in zip(plan.problem.steps, runs, strict=True) if on):g} h by its schedule"
        desk.out.print(escape(plain(f"{name}: {share}.")), soft_wrap=True)
    for line in (*plan.obstacles(), *_summary(plan), *plan.binding(), *plan.gathered.notes):
        desk.out.print(escape(plain(line)), soft_wrap=True)
    for one in changes:
        for line in _change(one, _unit(plan)):
            desk.out.print(escape(plain(line)), soft_wrap=True)


def _unit(plan: Planned) -> str:
    return plan.currency if plan.problem.purchase.is_priced else "kWh"


def _summary(plan: Planned) -> Iterable[str]:
    made, rule = plan.made, plan.rule
    if plan.plan.shortfalls:
        yield "No plan keeps every constraint; this is the one that comes nearest."
    proven = {
        "within gap": "the search is done",
        "within time": "the best found in time",
        "by rule": "nothing better than the rule was found",
    }[plan.plan.state]
    gap = "" if plan.plan.gap is None else f"; at most {100 * plan.plan.gap:.1f}% above the best there can be"
    unit = _unit(plan)
    word = "costs" if plan.problem.purchase.is_priced else "takes"
    yield f"It {word} {made.cost:,.2f} {unit}, the rule {rule.cost:,.2f} {unit}: {_less(made.cost, rule.cost)} ({proven}{gap})."
    yield f"Peak {made.peak_kw:,.0f} kW ({_less(made.peak_kw, rule.peak_kw)}), electricity {made.energy_kwh:,.0f} kWh ({_less(made.energy_kwh, rule.energy_kwh)}), gas {made.gas_kwh:,.0f} kWh."
    co2 = "unknown" if made.co2_kg is None or rule.co2_kg is None else f"{made.co2_kg:,.0f} kg ({_less(made.co2_kg, rule.co2_kg)})"  # fmt: skip
    yield f"CO2: {co2}."
    for system in plan.problem.systems:
        spread = max(one.curve.spread for one in system.units)
        sources = ", ".join(sorted({one.curve.source for one in system.units}))
        yield f"{system.name}: curves {sources}, power known to ±{100 * spread:.0f}%."


def _less(made: float, rule: float) -> str:
    if abs(rule) < 1e-9 or abs(made - rule) < 0.0005 * abs(rule):
        return "as by the rule"
    return f"{100 * abs(1 - made / rule):.1f}% {'less' if made < rule else 'more'} than by the rule"


def _change(one: Compared, unit: str) -> Iterable[str]:
    yield f"What if {one.text}: {one.after - one.before:+,.2f} {unit} (from {one.before:,.2f} to {one.after:,.2f}); between {one.low:+,.2f} and {one.high:+,.2f} if the load is as far off as forecasts were. {one.assumes}"
    yield from one.obstacles


def _told(plan: Planned, changes: Sequence[Compared]) -> dict[str, Any]:
    problem = plan.problem
    return {
        "begins": problem.steps[0].start.isoformat(),
        "hours": sum(one.hours for one in problem.steps),
        "currency": plan.currency if problem.purchase.is_priced else None,
        "state": plan.plan.state,
        "gap": plan.plan.gap,
        "took_s": plan.plan.took_s,
        "plan": _figures(plan, is_rule=False),
        "rule": _figures(plan, is_rule=True),
        "obstacles": plan.obstacles(),
        "binding": plan.binding(),
        "notes": list(plan.gathered.notes),
        "set_points": [
            {
                "system": one.system,
                "begins": one.begins.isoformat(),
                "ends": one.ends.isoformat(),
                "running": list(one.running),
                "beside": dict(one.beside),
                "loads_kw": {name: list(pair) for name, pair in one.loads.items()},
                "stored_kwh": dict(one.flow),
                "why": one.why,
            }
            for one in plan.stretches()
        ],
        "steps": [
            {"at": step.start.isoformat(), "hours": step.hours, "site_kw": plan.made.site[n], "rule_kw": plan.rule.site[n]}
            | {one.id: {"load_kw": one.load[n], "upper_kw": one.upper[n], "delivered_kw": plan.plan.courses[one.id].delivered[n]} for one in problem.systems}
            for n, step in enumerate(problem.steps)
        ],
        "what_if": [
            {"text": one.text, "before": one.before, "after": one.after, "low": one.low, "high": one.high, "assumes": one.assumes, "obstacles": list(one.obstacles)}
            for one in changes
        ],
    }  # fmt: skip


def _figures(plan: Planned, is_rule: bool) -> dict[str, Any]:
    made = plan.rule if is_rule else plan.made
    is_priced = plan.problem.purchase.is_priced
    return {
        "cost": made.cost if is_priced else None,
        "costs": dict(made.costs) if is_priced else None,
        "peak_kw": made.peak_kw,
        "electricity_kwh": made.energy_kwh,
        "gas_kwh": made.gas_kwh,
        "co2_kg": made.co2_kg,
    }


async def _propose(desk: Desk, plan: Planned, by: str, quiet: bool) -> None:
    """One order with the set points as its checklist, for a person to approve and to apply. Nothing is written to equipment."""
    if plan.plan.shortfalls:
        raise InvalidInput("This plan does not keep every constraint, so it is not proposed.")
    context = await desk.app.context(Caller(by, up_to("technician")))
    result = await desk.app.registry.call(*wish(plan), context)
    assert isinstance(result, Proposed)
    if not quiet:
        desk.out.print(escape(plain(f"{result.proposal.id} waits for approval: {result.proposal.what}")), soft_wrap=True)  # fmt: skip
