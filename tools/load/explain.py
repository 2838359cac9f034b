"""What a plan says to the person who runs the plant: set points by stretches of time, why, what binds, and what is in the way where it cannot be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tools.load.account import Account, own_power, unit_loads
from tools.load.model import Course, Limit, Plan, Problem, Shortfall, System

_STILL_KW = 1.0
"""A store into which less flows is left as it is."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """How a system runs from ``first`` to ``last`` (steps, both included). ``loads`` are the least and the most of each unit by name, ``flow`` is what goes into stores, in kWh."""

    system: str
    first: int
    last: int
    begins: datetime
    ends: datetime
    running: tuple[str, ...]
    beside: Mapping[str, int]
    loads: Mapping[str, tuple[float, float]]
    delivered: float
    flow: Mapping[str, float]
    why: str


def stretches(problem: Problem, plan: Plan) -> list[Stretch]:
    found = [one for system in problem.systems for one in _stretches(problem, system, plan)]
    return sorted(found, key=lambda one: (one.first, one.system))


def _stretches(problem: Problem, system: System, plan: Plan) -> list[Stretch]:
    course = plan.courses[system.id]
    flows = {one.id: _flows(problem, one.start, one.keep, course.content[one.id]) for one in system.stores}
    signs = [
        (on, tuple(course.beside[one.id][step] for one in system.shared), tuple(_sign(row[step]) for row in flows.values()))
        for step, on in enumerate(course.running)
    ]  # fmt: skip
    edges = [step for step in range(len(signs)) if step == 0 or signs[step] != signs[step - 1]]
    return [
        _stretch(problem, system, plan, flows, first, after - 1)
        for first, after in zip(edges, [*edges[1:], len(signs)], strict=True)
    ]


def _stretch(
    problem: Problem, system: System, plan: Plan, flows: Mapping[str, list[float]], first: int, last: int
) -> Stretch:
    course, span = plan.courses[system.id], range(first, last + 1)
    on = course.running[first]
    carried = [unit_loads(system, on, course.delivered[step]) for step in span] if on else []
    hours = sum(problem.steps[step].hours for step in span)
    end = problem.steps[last].start + timedelta(hours=problem.steps[last].hours)
    return Stretch(
        system.id, first, last, problem.steps[first].start, end,
        tuple(one.name for one in system.units if one.id in on),
        {one.id: course.beside[one.id][first] for one in system.shared},
        {one.name: (min(row[one.id] for row in carried), max(row[one.id] for row in carried)) for one in system.units if one.id in on},
        sum(course.delivered[step] * problem.steps[step].hours for step in span) / hours,
        {name: sum(row[step] * problem.steps[step].hours for step in span) for name, row in flows.items()},
        _why(problem, system, course, first, last),
    )  # fmt: skip


def _flows(problem: Problem, start: float, keep: float, content: tuple[float, ...]) -> list[float]:
    row, held = list[float](), start
    for one, after in zip(problem.steps, content, strict=True):
        row.append((after - held * keep**one.hours) / one.hours)
        held = after
    return row


def _sign(kw: float) -> int:
    return 0 if abs(kw) < _STILL_KW else (1 if kw > 0 else -1)


def _why(problem: Problem, system: System, course: Course, first: int, last: int) -> str:
    """What else could have run then, and why it does not: by the units that run now and did not before, or the other way round."""
    on = course.running[first]
    before = course.running[first - 1] if first else frozenset(one.id for one in system.units if one.is_on)
    out = [one.name for one in system.units if first in one.out and one.id not in on]
    reasons = [f"{', '.join(out)} out of service"] if out else []
    needed = max(max(system.upper[step], system.load[step]) for step in range(first, last + 1))
    if on > before and _capacity(system, before) < needed:
        reasons.append(f"the load may reach {needed:.0f} kW, and without {_names(system, on - before)} there are {_capacity(system, before):.0f}")  # fmt: skip
    elif on != before and before and _capacity(system, before) >= course.delivered[first]:
        kw = [own_power(system, first, some, course.delivered[first]) for some in (on, before)] if on else []
        if kw and kw[0] < kw[1] - 0.05:
            reasons.append(f"takes {kw[0]:.0f} kW for this load, {_names(system, before)} would take {kw[1]:.0f}")
        elif kw:
            reasons.append("cheaper over the plan with what follows (starts, least times, stores)")
        else:
            reasons.append("stores carry the load, or there is none")
    reasons += _why_stores(problem, system, course, first, last)
    return "; ".join(reasons) or ("runs already" if on else "no load")


def _why_stores(problem: Problem, system: System, course: Course, first: int, last: int) -> list[str]:
    found = list[str]()
    prices = problem.purchase.electricity if system.carrier == "electricity" else problem.purchase.gas
    here = sum(prices[first : last + 1]) / (last - first + 1)
    mean = sum(prices) / len(prices)
    for one in system.stores:
        flow = sum(_flows(problem, one.start, one.keep, course.content[one.id])[first : last + 1])
        if _sign(flow) == 0:
            continue
        word = "cheaper" if here < mean else "dearer" if here > mean else "as dear"
        because = f"energy is {word} now than on average" if word != "as dear" else "it lowers the peak or the power"
        found.append(f"{one.name} {'fills' if flow > 0 else 'gives'}: {because}")
    return found


def _capacity(system: System, units: frozenset[str]) -> float:
    return sum(one.capacity for one in system.units if one.id in units)


def _names(system: System, units: frozenset[str]) -> str:
    return ", ".join(one.name for one in system.units if one.id in units)


def binding(problem: Problem, plan: Plan, made: Account, zone: ZoneInfo) -> list[str]:
    """What the plan runs up against."""
    found = list[str]()
    top = max(range(len(made.site)), key=made.site.__getitem__)
    purchase = problem.purchase
    if purchase.demand_price > 0:
        counted = max((kw for kw, counts in zip(made.site, purchase.demand_counts, strict=True) if counts), default=0.0)
        if counted > purchase.reached_kw:
            found.append(f"The demand charge: {counted:.0f} kW are {counted - purchase.reached_kw:.0f} kW more than this month had.")  # fmt: skip
        else:
            found.append(f"The demand charge is not raised: this month has had {purchase.reached_kw:.0f} kW already.")
    found.append(f"The peak is {made.site[top]:.0f} kW at {_at(problem, top, zone)}.")
    for system in problem.systems:
        course = plan.courses[system.id]
        tight = [
            step
            for step, on in enumerate(course.running)
            if on and max(system.upper[step], system.load[step]) > 0.97 * _capacity(system, on)
        ]
        if tight:
            found.append(f"{system.name}: what runs is just enough for the upper load at {_at(problem, tight[0], zone)}{' and later' if len(tight) > 1 else ''}.")  # fmt: skip
    return found


_TOLD: Mapping[Limit, tuple[str, str]] = {
    "load": ("{amount:.0f} kW of the {system} load cannot be delivered", "a unit back in service, a smaller load, or a building that may drift further (building.behind_k)"),
    "reserve": ("the {system} load may be {amount:.0f} kW more than is ready", "a unit back in service, or a lower quantile in load.yaml"),
    "comfort": ("the building leaves its comfort bounds by {amount:.1f} kWh", "wider bounds (building.behind_k), or more capacity in the hours before"),
    "content": ("the {store} cannot keep its bounds, by {amount:.1f} kWh", "another content at the end, or a higher rate_kw"),
    "event": ("the site takes {amount:.0f} kW more than an event allows", "a penalty_per_kwh in tariff.yaml, wider comfort bounds, or less of the other load"),
    "ramp": ("the {system} plant changes {amount:.0f} kW faster than ramp_kw_per_h allows", "a higher ramp_kw_per_h, or a store"),
    "run": ("a unit of {system} cannot keep its least run or rest", "a shorter min_run_h or min_rest_h"),
}  # fmt: skip


def obstacles(problem: Problem, plan: Plan, zone: ZoneInfo) -> list[str]:
    """Of what cannot be kept: each constraint with when it is worst, and what would free it."""
    worst: dict[tuple[Limit, str], Shortfall] = {}
    counts: dict[tuple[Limit, str], int] = {}
    for one in plan.shortfalls:
        key = (one.limit, one.system)
        counts[key] = counts.get(key, 0) + 1
        worst[key] = max(worst.get(key, one), one, key=lambda some: some.amount)
    found = list[str]()
    for key, one in worst.items():
        what, frees = _TOLD[one.limit]
        said = what.format(amount=one.amount, system=one.system, store=one.store or "store")
        more = f", and in {counts[key] - 1} other steps" if counts[key] > 1 else ""
        found.append(f"At {_at(problem, one.step, zone)} {said}{more}. What would free it: {frees}.")
    return found


def _at(problem: Problem, step: int, zone: ZoneInfo) -> str:
    return f"{problem.steps[step].start.astimezone(zone):%a %d %b %H:%M}"
