"""A statement with its parameters, and the giver of fresh names while it is put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """``text`` holds nothing that came from a caller: every value is in ``parameters``."""

    text: str
    parameters: Mapping[str, Any]


@dataclass(slots=True)
class Names:
    """Parameters (``$p0``) and variables (``n1``) of one statement."""

    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    _variables: int = 0

    def parameter(self, value: Any) -> str:
        """The parameter that holds the value; an equal value of the same type shares one."""
        for name, known in self.parameters.items():
            if type(known) is type(value) and known == value:
                return f"${name}"
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def variable(self, stem: str) -> str:
        self._variables += 1
        return f"{stem}{self._variables}"
