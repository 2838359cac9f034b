"""Making a plan, showing it with its reasons, proposing its orders, and checking the files that it is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from graph_schema.errors import InvalidInput
from interfaces.app.planning.schedule import Planned, books, costs_file, planned, wishes
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from tools.context import Caller, up_to
from tools.maintenance.costs import CostBook
from tools.maintenance.crews import CrewBook
from tools.maintenance.explain import money
from tools.results.proposals import Proposed


@operation()
async def show(desk: Desk, days: int, seconds: float, ics: str | None, propose: bool, by: str, as_json: bool) -> None:
    plan = await planned(desk.app, days, seconds)
    if as_json:
        desk.write(json.dumps(_told(plan), ensure_ascii=False))
    else:
        _show(desk, plan)
    if ics is not None:
        for crew in plan.gathered.problem.crews:
            name = "".join(sign if sign.isalnum() else "-" for sign in crew.id)
            await desk.person.keep(str(Path(ics) / f"{name}.ics"), plan.calendar(crew.id, desk.app.clock()))
    if propose:
        await _propose(desk, plan, by, quiet=as_json)


@operation(needs_plant=False)
async def check(desk: Desk) -> None:
    crews, costs = books(desk.settings)
    for line in _account(crews, costs, costs_file(desk.settings).exists()):
        desk.out.print(escape(plain(line)), soft_wrap=True)


def _account(crews: CrewBook, costs: CostBook, has_costs: bool) -> Iterable[str]:
    for one in crews.crews:
        shifts = "; ".join(f"{shift.days} {shift.hours}" for shift in one.shifts)
        away = "".join(f"; away {span.first} to {span.last}" for span in one.away)
        yield f"{one.name}: {', '.join(one.skills) or 'no skills'}; {shifts}{away}"
    can = {skill for one in crews.crews for skill in one.skills}
    for skill in sorted({one.skill for one in crews.skills} - can):
        yield f"No crew can do what needs {skill}."
    yield (
        f"{len(costs.assets)} costs of assets are stated, in {costs.currency}." if has_costs else "No costs are stated."
    )


def _show(desk: Desk, plan: Planned) -> None:
    problem, reasons = plan.gathered.problem, plan.reasons()
    if not problem.jobs:
        desk.out.print("There is nothing to plan: no open order, nothing due, nothing likely to fail.")
        return
    table = Table("when", "crew", "asset", "job", "why there", box=None, pad_edge=False)
    for one in plan.schedule.placements:
        job = problem.job_of[one.job]
        when = f"{plan.begins(one):%a %d %b %H:%M}–{plan.ends(one):%H:%M}"
        cells = (when, one.crew, plan.gathered.names[job.asset], _job(job.order, job.text), reasons[job.id].sentence)
        table.add_row(*(escape(plain(text)) for text in cells))
    desk.out.print(table)
    for gone in plan.left_out():
        job = problem.job_of[gone.job]
        said = f"Left out: {_job(job.order, job.text)}, {plan.gathered.names[job.asset]}: {gone.sentence}. What would free it: {gone.frees}."
        desk.out.print(escape(plain(said)), soft_wrap=True)
    desk.out.print(escape(_cost(plan)), soft_wrap=True)
    for note in plan.gathered.notes:
        desk.out.print(escape(plain(note)), soft_wrap=True)


def _job(order: str | None, text: str) -> str:
    return f"{order} {text}" if order else text


def _cost(plan: Planned) -> str:
    cost, gap = plan.schedule.cost, plan.schedule.gap
    proven = {
        "optimal": "no plan is cheaper",
        "within time": "the best found in time"
        if gap is None
        else f"at most {100 * gap:.1f}% above the best there can be",
        "by rule": "by rule",
    }[plan.schedule.state]
    parts = ", ".join(
        f"{money(amount, plan.currency)} {name}"
        for name, amount in (("failures and lateness", cost.failure), ("downtime", cost.downtime), ("labour", cost.labour), ("moves", cost.churn))
    )  # fmt: skip
    return f"It costs {money(cost.total, plan.currency)} ({parts}); {proven}."


def _told(plan: Planned) -> dict[str, Any]:
    problem, reasons = plan.gathered.problem, plan.reasons()
    cost, schedule = plan.schedule.cost, plan.schedule
    return {
        "days": problem.days,
        "currency": plan.currency,
        "cost": {name: getattr(cost, name) / 100 for name in ("failure", "downtime", "labour", "churn", "total")},
        "bound": None if schedule.bound is None else schedule.bound / 100,
        "gap": schedule.gap,
        "state": schedule.state,
        "took_s": schedule.took_s,
        "jobs": [
            {
                "job": one.job,
                "order": problem.job_of[one.job].order,
                "asset": problem.job_of[one.job].asset,
                "text": problem.job_of[one.job].text,
                "crew": one.crew,
                "begins": plan.begins(one).isoformat(),
                "ends": plan.ends(one).isoformat(),
                "setup_min": one.setup_min,
                "why": reasons[one.job].sentence,
            }
            for one in schedule.placements
        ],
        "left_out": [
            {"job": one.job, "why": one.sentence, "frees": one.frees, "promised": one.hinders}
            for one in plan.left_out()
        ],
        "notes": list(plan.gathered.notes),
    }


async def _propose(desk: Desk, plan: Planned, by: str, quiet: bool) -> None:
    """One proposal for each order, so that each can be approved or rejected by itself."""
    context = await desk.app.context(Caller(by, up_to("technician")))
    for tool, arguments in wishes(plan):
        try:
            result = await desk.app.registry.call(tool, arguments, context)
        except InvalidInput as refused:
            desk.out.print(escape(plain(f"Not proposed: {refused}")), soft_wrap=True)
            continue
        assert isinstance(result, Proposed)
        if not quiet:
            told = result.proposal
            desk.out.print(escape(plain(f"{told.id} waits for approval: {told.what}")), soft_wrap=True)
