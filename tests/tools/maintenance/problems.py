"""Small problems for tests: one place, one crew of two days from 8 to 16, as far as nothing else is said."""

from datetime import date
from typing import Any

from tools.maintenance.model import Crew, Job, Place, Problem, Shift

DAYS = 3


def job(id_: str = "job", **more: Any) -> Job:
    told: dict[str, Any] = {
        "place": "here", "skills": frozenset({"mechanical"}), "minutes": 60, "failure": (0, 10_000, 20_000, 100_000), "downtime": (0,) * DAYS,
    }  # fmt: skip
    return Job(id_, **{**told, **more})


def crew(id_: str = "crew", **more: Any) -> Crew:
    told: dict[str, Any] = {
        "skills": frozenset({"mechanical"}),
        "shifts": dict.fromkeys(range(DAYS), Shift(480, 960)),
        "rate": 100,
    }
    return Crew(id_, **{**told, **more})


def problem(*jobs: Job, **more: Any) -> Problem:
    told: dict[str, Any] = {"crews": (crew(),), "places": (Place("here", "near"), Place("there", "far"))}
    return Problem(date(2026, 1, 5), DAYS, jobs, **{**told, **more})
