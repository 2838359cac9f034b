"""Sentences in, frames and calls out, over plants in memory."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agent.planning.memory import kept, remembered
from agent.planning.understanding import Understanding, Understood

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
Talk = Callable[..., list[Understood]]


@pytest.fixture(scope="session")
def talk(understanding: Understanding) -> Talk:
    """A conversation of a person, each question in the light of the one before, as the checkpoint keeps it."""

    def ask(*turns: str, own: str = "en") -> list[Understood]:
        said: list[Understood] = []
        before = None
        for turn in turns:
            found = understanding.understand(turn, own, NOW, (), before)
            assert found is not None, turn
            said.append(found)
            keep = found.open_question if found.problem is not None else None if found.is_aside else found.asked
            before = remembered(kept(keep)) if keep is not None else before
        return said

    return ask
