"""Whether a plan keeps every constraint: walked step by step from what it says, by nothing that the program or the rule uses."""

from __future__ import annotations

from collections.abc import Iterator

from tools.load.model import Course, Plan, Problem, Store, System

NEAR_KW = 0.05
"""So close counts as kept, in kW or kWh."""


def violations(problem: Problem, plan: Plan) -> list[str]:
    """In sentences; empty where all is kept. What the plan itself names as a shortfall is not said again."""
    excused = {(one.limit, one.system, one.step) for one in plan.shortfalls}
    found = [pair for system in problem.systems for pair in _system(problem, system, plan.courses[system.id])]
    found += list(_events(problem, plan))
    lacking = [(system, step) for limit, system, step in excused if limit in ("comfort", "content")]
    spilt = {(what, *one) for what in ("load", "reserve") for one in lacking}
    return [text for key, text in found if key not in excused | spilt]


_Found = tuple[tuple[str, str, int], str]


def _system(problem: Problem, system: System, course: Course) -> Iterator[_Found]:
    flows = {one.id: _flows(problem, one, course) for one in system.stores}
    before: float | None = None
    for step, length in enumerate(problem.steps):
        on = course.running[step]
        if strangers := on - {one.id for one in system.units}:
            yield ("unit", system.id, step), f"{', '.join(sorted(strangers))} is no unit of {system.id}."
        for one in system.units:
            if one.id in on and step in one.out:
                yield ("out", system.id, step), f"{one.id} runs in step {step}, when it is out of service."
        capacity = sum(one.capacity for one in system.units if one.id in on)
        gives = course.delivered[step]
        if gives > capacity + NEAR_KW or gives < -NEAR_KW:
            yield (
                ("capacity", system.id, step),
                f"{system.id} delivers {gives:.1f} kW of {capacity:.1f} in step {step}.",
            )
        taken = sum(row[step] for row in flows.values())
        if abs(gives - taken - system.load[step]) > NEAR_KW:
            yield ("load", system.id, step), f"{system.id} gives {gives - taken:.2f} kW for a load of {system.load[step]:.2f} in step {step}."  # fmt: skip
        ready = capacity + sum(_ready(problem, one, course, step) for one in system.stores)
        if ready < system.upper[step] - NEAR_KW:
            yield ("reserve", system.id, step), f"{system.id} could give {ready:.1f} kW of {system.upper[step]:.1f} in step {step}."  # fmt: skip
        if system.ramp_kw_per_h is not None and before is not None:
            apart = (problem.steps[step - 1].hours + length.hours) / 2
            if abs(gives - before) > system.ramp_kw_per_h * apart + NEAR_KW:
                yield (
                    ("ramp", system.id, step),
                    f"{system.id} changes by {abs(gives - before):.1f} kW into step {step}.",
                )
        for one in system.stores:
            yield from _content(system, one, course, flows[one.id], step)
        for one in system.shared:
            many = course.beside[one.id][step]
            if many > len(one.names) or (on and many < 1):
                yield ("shared", system.id, step), f"{many} of {one.id} run in step {step}."
        before = gives
    for one in system.units:
        yield from _times(problem, system, one.id, course)


def _flows(problem: Problem, store: Store, course: Course) -> list[float]:
    """What goes into it in each step, in kW, from what it holds after it."""
    held, row = store.start, list[float]()
    for length, after in zip(problem.steps, course.content[store.id], strict=True):
        row.append((after - held * store.keep**length.hours) / length.hours)
        held = after
    return row


def _ready(problem: Problem, store: Store, course: Course, step: int) -> float:
    """kW that it could give for an hour at least."""
    held = store.start if step == 0 else course.content[store.id][step - 1]
    hours = problem.steps[step].hours
    return max(0.0, min(store.rate[step], (held * store.keep**hours - store.low[step]) / max(hours, 1.0)))


def _content(system: System, store: Store, course: Course, flows: list[float], step: int) -> Iterator[_Found]:
    limit = "content" if store.kind == "tank" else "comfort"
    held = course.content[store.id][step]
    if not store.low[step] - NEAR_KW <= held <= store.high[step] + NEAR_KW:
        yield (limit, system.id, step), f"{store.id} holds {held:.2f} kWh after step {step}, beyond {store.low[step]:.2f} to {store.high[step]:.2f}."  # fmt: skip
    if abs(flows[step]) > store.rate[step] + NEAR_KW:
        yield (limit, system.id, step), f"{flows[step]:.1f} kW flow into {store.id} in step {step}."


def _times(problem: Problem, system: System, unit_id: str, course: Course) -> Iterator[_Found]:
    """Each run and each rest lasts as long as it has to, as far as the plan reaches. What is put out of service may be cut short."""
    unit = next(one for one in system.units if one.id == unit_id)
    state, lasted = unit.is_on, unit.held_h
    for step, length in enumerate(problem.steps):
        on = unit_id in course.running[step]
        if on != state:
            least = unit.min_run_h if state else unit.min_rest_h
            if lasted < least - 1e-6 and not (step in unit.out or (lasted >= unit.held_h and unit.out)):
                what = "ran" if state else "rested"
                yield (
                    ("run", system.id, step),
                    f"{unit_id} {what} for {lasted:.2f} h of {least:.2f} before step {step}.",
                )
            state, lasted = on, 0.0
        lasted += length.hours


def _events(problem: Problem, plan: Plan) -> Iterator[_Found]:
    for step in range(len(problem.steps)):
        limit = problem.purchase.limit[step]
        if limit is None or problem.purchase.penalty[step] is not None:
            continue
        taken = problem.base[step]
        for system in problem.systems:
            taken += _electricity(system, plan.courses[system.id], step)
        if taken > limit + max(NEAR_KW, 0.02 * abs(limit)):
            yield ("event", "", step), f"The site takes {taken:.1f} kW of {limit:.1f} in step {step}."


def _electricity(system: System, course: Course, step: int) -> float:
    on = [one for one in system.units if one.id in course.running[step]]
    gives = course.delivered[step]
    found = 0.0
    for one in on if system.carrier == "electricity" else ():
        carried = max(one.least, gives * one.capacity / sum(other.capacity for other in on))
        curve = one.curve
        outside = sorted((curve.seen_c[0], system.outside[step], curve.seen_c[1]))[1]
        slope = curve.b + curve.d * (outside - curve.reference_c)
        found += max(0.0, curve.a + slope * carried + curve.c * carried**2)
    for one in system.shared if on else ():
        many = course.beside[one.id][step]
        found += many * one.rated_kw * min(1.0, max(one.least_speed, gives / (many * one.capacity))) ** 3
    return found
