"""What a question was understood to ask, before it becomes tool calls."""

from dataclasses import dataclass
from typing import Literal

from agent.offline.times import TimeSpan
from agent.planning.assets import Assets as Things
from agent.planning.assets import Test
from agent.vocabulary.grounding import Candidate
from agent.vocabulary.quantities import Quantity
from graph_schema.question import Aggregate, AssetQuery, GroupBy, Order

LookedUp = Literal[
    "count", "list", "check", "which", "value", "compare", "rank", "where", "describe", "points", "loses_service", "upstream",
    "downstream", "path", "route", "counts", "seen", "whole", "define", "limits", "excess", "status", "state", "wrong", "foretold", "expected", "risk", "quality", "highlight",
]  # fmt: skip
"""What needs calls: ``answers/acts.py`` says which, and how their results are told."""
Act = Literal[LookedUp, "greet", "thanks", "help", "refuse", "unclear"]


@dataclass(frozen=True, slots=True)
class RelatedThings:
    """“the most VAVs”: what is counted for each thing."""

    relation: Literal["feeds", "fed_by", "parts", "points", "contains"]
    query: AssetQuery
    label: str
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a question cannot be answered as it stands."""

    kind: Literal["unknown_name", "ambiguous", "no_referent", "not_understood", "topic", "incomplete"]
    text: str
    choices: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    act: Act
    things: Things | None = None
    others: tuple[Things, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    aggregate: Aggregate | None = None
    also: tuple[Aggregate, ...] = ()
    """Further statistics of the same quantity: “minimum and maximum”."""
    times: tuple[TimeSpan, ...] = ()
    tests: tuple[Test, ...] = ()
    group_by: GroupBy | None = None
    across: Literal["mean", "min", "max", "sum"] | None = None
    order: Order | None = None
    limit: int | None = None
    related: RelatedThings | None = None
    related_test: Test | None = None
    """“more than 50 VAVs”: which counts are asked for."""
    of_class: str | None = None
    whole: bool = False
    state: str | None = None
    duration: bool = False
    yes_no: bool = False
    when: bool = False
    universal: bool = False
    """“do all VAVs have a flow sensor”: those that have none decide."""
    both: bool = False
    """“are both boilers on”: yes only if all are."""
    each: bool = False
    trend: bool = False
    kept: bool = False
    """“does it still get air”: yes means that it keeps its supply."""
    unit: str | None = None
    """The unit the answer is wanted in."""
    counted: bool = False
    direct: bool = False
    difference: bool = False
    """“the difference between …”: of two values that are given side by side."""
    best_bucket: bool = False
    """“on which day”: the one hour or day with the extreme."""
    problems: tuple[Problem, ...] = ()
