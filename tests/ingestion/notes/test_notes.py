"""Notes at assets."""

from datetime import UTC, datetime, timedelta

import pytest

from graph_schema.errors import InvalidInput
from ingestion.history.history import History
from ingestion.notes.notes import LONGEST, Notes

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


async def test_the_newest_come_first_and_only_of_the_assets_asked_for(history: History) -> None:
    notes = Notes(history)
    await notes.add("a1", "ada", NOW - timedelta(hours=2), "  Belt squeaks.\n")
    await notes.add("a1", "bob", NOW - timedelta(hours=1), "Belt replaced.")
    await notes.add("a2", "bob", NOW, "Filter changed.")
    await notes.add("a1", "eve", NOW + timedelta(hours=1), "From the future.")
    found, total = await notes.of(["a1"], NOW, 10)
    assert [(one.author, one.text) for one in found] == [("bob", "Belt replaced."), ("ada", "Belt squeaks.")]
    assert total == 2
    first, total = await notes.of(["a1", "a2"], NOW, 1)
    assert ([one.text for one in first], total) == (["Filter changed."], 3)
    assert await notes.of(["a3"], NOW, 10) == ([], 0)


@pytest.mark.parametrize(
    ("text", "sentence"), [(" \n", "needs a text"), ("x" * (LONGEST + 1), "at most 2,000"), ("a\0", "cannot be stored")]
)
async def test_what_is_no_note_is_refused(history: History, text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        await Notes(history).add("a1", "ada", NOW, text)


async def test_the_longest_note_is_kept_whole(history: History) -> None:
    kept = await Notes(history).add("a1", "ada", NOW, "ä" * LONGEST)
    assert len(kept.text) == LONGEST
