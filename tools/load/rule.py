"""What a plant does by itself: one unit more when those that run are nearly full, one fewer when the rest would have room to spare. Stores stay as they are."""

from __future__ import annotations

from collections.abc import Sequence

from tools.load.model import Course, Problem, System, Unit

UP, DOWN = 0.88, 0.65
"""Shares of the capacity at which a unit joins and at which one is let go."""


def by_rule(problem: Problem) -> dict[str, Course]:
    return {one.id: _course(problem, one) for one in problem.systems}


def _course(problem: Problem, system: System) -> Course:
    on = {one.id for one in system.units if one.is_on}
    held = {one.id: one.held_h for one in system.units}
    running, delivered = list[frozenset[str]](), list[float]()
    for step, length in enumerate(problem.steps):
        there = [one for one in system.units if step not in one.out]
        wanted = _staged(system, there, on & {one.id for one in there}, held, system.load[step])
        for one in system.units:
            held[one.id] = (held[one.id] if (one.id in on) == (one.id in wanted) else 0.0) + length.hours
        on = wanted
        running.append(frozenset(on))
        delivered.append(min(system.load[step], sum(one.capacity for one in there if one.id in on)))
    beside = {
        one.id: tuple(min(len(one.names), max(len(some), one.enough(load))) if some else 0 for some, load in zip(running, delivered, strict=True))
        for one in system.shared
    }  # fmt: skip
    return Course(tuple(running), tuple(delivered), beside, {one.id: _left_alone(problem, system, one.id) for one in system.stores})  # fmt: skip


def _staged(system: System, there: Sequence[Unit], on: set[str], held: dict[str, float], load: float) -> set[str]:
    """Units join in the order in which they stand, and the last that may go leaves first."""
    wanted = set(on)
    while load > (UP if wanted else 0.0) * _capacity(there, wanted):
        waiting = [one for one in there if one.id not in wanted]
        rested = [one for one in waiting if held[one.id] >= one.min_rest_h] or waiting
        if not rested:
            break
        wanted.add(rested[0].id)
    for one in reversed(system.units):
        ran_enough = one.id not in on or held[one.id] >= one.min_run_h
        least = 0 if load <= 0 else 1
        if one.id in wanted and len(wanted) > least and ran_enough and load <= DOWN * _capacity(there, wanted - {one.id}):  # fmt: skip
            wanted.discard(one.id)
    return wanted


def _capacity(units: Sequence[Unit], ids: set[str]) -> float:
    return sum(one.capacity for one in units if one.id in ids)


def _left_alone(problem: Problem, system: System, store: str) -> tuple[float, ...]:
    """What it holds when nothing goes in or out."""
    found = next(one for one in system.stores if one.id == store)
    content, row = found.start, list[float]()
    for one in problem.steps:
        content *= found.keep**one.hours
        row.append(content)
    return tuple(row)
