"""The importers' account of what they skipped or guessed, one sentence for all things it happened to."""

from collections.abc import Iterable
from typing import Literal

from graph_schema.model import Finding

_SHOWN = 5

Level = Literal["skipped", "guessed"]


class Account:
    """Collects findings; equal reasons become one finding with several subjects."""

    def __init__(self) -> None:
        self._subjects: dict[tuple[Level, str], dict[str, None]] = {}

    def skipped(self, subject: str, reason: str) -> None:
        self._subjects.setdefault(("skipped", reason), {})[subject] = None

    def guessed(self, subject: str, reason: str) -> None:
        self._subjects.setdefault(("guessed", reason), {})[subject] = None

    def findings(self) -> tuple[Finding, ...]:
        return tuple(Finding(_listed(subjects), reason, level) for (level, reason), subjects in self._subjects.items())


def _listed(subjects: Iterable[str]) -> str:
    names = list(subjects)
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
