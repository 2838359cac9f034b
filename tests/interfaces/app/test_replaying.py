"""A recorded air handler replayed by the command, whole: complete in history to the row, and answered about as the file has it."""

import csv
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from interfaces.embedded.home import Home
from interfaces.embedded.postgres import Postgres
from tests.conftest import ROOT

MAP = ROOT / "ingestion" / "maps" / "lbnl_mzvav.yaml"
COUNTS = "select source, count(value), count(distinct at) from reading join series on id = series group by source"

ASKED = (
    ("supply air temperature", "AHU: Supply Air Temperature", "8/29/2007 10:00"),
    ("outside air temperature", "AHU: Outdoor Air Temperature", "2/12/2008 14:30"),
    ("mixed air temperature", "AHU: Mixed Air Temperature", "5/15/2009 23:17"),
    ("supply air static pressure", "AHU: Supply Air Duct Static Pressure", "9/5/2008 7:41"),
)


@pytest.fixture(scope="module")
def recording(shared_data: Path) -> Path:
    return shared_data / "lbnl_ahu" / "MZVAV-2-2.csv"


def rows(recording: Path) -> list[dict[str, str]]:
    with recording.open(encoding="utf-8", newline="") as file:
        return [{name.strip(): text for name, text in row.items()} for row in csv.DictReader(file)]


@pytest.mark.slow
async def test_a_recording_is_complete_in_history_and_answers_are_the_files_own(served, recording: Path):
    terminal, _ = served
    replayed = await terminal.run("replay", str(recording), "--map", str(MAP), patience_s=400)
    assert replayed.code == 0, replayed.err
    recorded = rows(recording)
    values = Counter({name: sum(row[name] != "" for row in recorded) for name in recorded[0]})
    assert replayed.out == "37,440 rows with 636,480 values: 636,480 new in history.\n"
    assert len(recorded) == 37_440

    counts = await history_counts(terminal.home)
    assert len(counts) == 17
    assert set(counts.values()) == {(37_440, 37_440)}
    assert sum(count for count, _ in counts.values()) == 636_480
    assert all(values[column] == 37_440 for _, column, _ in ASKED)

    for quantity, column, local in ASKED:
        (expected,) = [row[column] for row in recorded if row["Datetime"] == local]
        time = datetime.strptime(local, "%m/%d/%Y %H:%M")  # noqa: DTZ007 - the plant's own time, as people say it
        asked = await terminal.run(
            "ask", "--json", f"What was the {quantity} of MZVAV-2-2 on {time:%Y-%m-%d} at {time:%H:%M}?"
        )
        reply = asked.json()
        assert told(reply["answer"]) == pytest.approx(float(expected), rel=0.001), (
            quantity,
            local,
        )  # as rounded for people
        assert datetime.fromisoformat(reply["evidence"][-1]["as_of"]).minute == time.minute
        assert reply["invented"] == []


def told(answer: str) -> float:
    found = re.search(r" was (-?[\d.]+)", answer)
    assert found, answer
    return float(found[1])


async def history_counts(home: Path) -> dict[str, tuple[int, int]]:
    """Values and moments of each point, read past the product from the database that ``serve`` runs."""
    folder = Home(home)
    running = folder.running("postgres")
    assert running
    async with await psycopg.AsyncConnection.connect(Postgres(folder).endpoint(running.ports)) as connection:
        cursor = await connection.execute(COUNTS)
        return {source: (values, moments) for source, values, moments in await cursor.fetchall()}
