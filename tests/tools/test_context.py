"""Who asks."""

from typing import Any

import pytest

from graph_schema.errors import InvalidInput
from tools.context import Caller, ToolContext

STORE: Any = None


def asked_by(caller: Caller) -> ToolContext:
    return ToolContext(STORE, STORE, STORE, STORE, STORE, caller, "America/Los_Angeles")


def test_times_are_the_callers_own_and_else_the_plants() -> None:
    assert asked_by(Caller("ann")).timezone == "America/Los_Angeles"
    assert asked_by(Caller("ann", timezone="Europe/Berlin")).timezone == "Europe/Berlin"


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd"])
def test_a_time_zone_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="There is no time zone"):
        Caller("ann", timezone=name)
