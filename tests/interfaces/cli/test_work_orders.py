"""Work orders as an operator brings them in: what they count as, which rows were left out and why, and what the night makes of them."""

from datetime import datetime, timedelta

import pytest

from ingestion.history.history import History

PLANT = """
site: {id: works, name: Works, timezone: Europe/Berlin}
assets:
"""
HEADER = "WO,Equipment,Failed,Closed,PM,Code"
COLUMNS = ("number=WO", "asset=Equipment", "failed_at=Failed", "closed_at=Closed", "planned=PM", "code=Code")


def orders(pumps: int, today: datetime) -> str:
    """Every pump fails every 60 days, each on a day of its own, and is inspected in between."""
    rows = [HEADER]
    for n in range(1, pumps + 1):
        for step in range(1, 12):
            failed = today - timedelta(days=60 * step - 5 * n)
            rows.append(f"F{n}-{step},Pump {n},{failed:%d.%m.%Y},{failed:%d.%m.%Y},no,VIB")
            rows.append(f"I{n}-{step},pump {n},,{failed - timedelta(days=20):%d.%m.%Y},yes,MT001")
    return "\n".join([*rows, "X1,Pump 99,,01.02.2026,no,VIB", "X2,Pump 1,,2026-02-01,no,VIB"])


@pytest.mark.slow
async def test_orders_are_brought_in_learnt_from_and_asked_about(served, served_history: History):
    terminal, _ = served
    plant = PLANT + "\n".join(f"  - {{id: p{n}, name: Pump {n}, class: Pump}}" for n in range(1, 5))
    assert (await terminal.run("import", terminal.file("works.yaml", plant))).code == 0
    file = terminal.file("orders.csv", orders(4, datetime.now() - timedelta(days=25)))  # noqa: DTZ005 - a calendar on a wall
    columns = [part for column in COLUMNS for part in ("--column", column)]
    done = await terminal.run("work-orders", "import", file, *columns, "--dates", "%d.%m.%Y", COLUMNS="200")
    assert "88 work orders are new, 0 changed, 0 were known." in done.out, done.err
    assert "They count as: 44 failure VIB, 44 planned work." in done.out
    assert "Left out: 2 rows" in done.out
    assert "line 90: there is no equipment with the id, name or alias “Pump 99”" in done.out
    assert "line 91: closed: “2026-02-01” is no time such as %d.%m.%Y" in done.out
    again = await terminal.run("work-orders", "import", file, *columns, "--dates", "%d.%m.%Y")
    assert "0 work orders are new, 0 changed, 88 were known." in again.out
    listed = (await terminal.run("work-orders", "list", "pump 1", "--json", "--limit", "2")).json()
    assert [(one["number"], one["counts_as"]) for one in listed] == [("F1-1", "failure VIB"), ("I1-1", "planned work")]

    trained = await terminal.run("models", "train", "failure/pump", COLUMNS="200")
    assert "failure/pump" in trained.out, trained.err
    refused = await terminal.run("models", "train", "failure/fan")
    assert (refused.code, "Models can be made of: failure/pump, life/pump" in refused.err) == (1, True)
    told = await terminal.run("forecast", "--wait", COLUMNS="200")
    assert "Of 4 assets it is told how likely they fail, of 0 it cannot be." in told.out, told.err
    early = await terminal.run("models", "hindsight", COLUMNS="200")
    assert "Nothing can be looked back on yet: the time of the first forecasts is over on " in early.out, early.err
    await served_history.fetch(
        "update forecasting.told set at = at - interval '31 days', came = 'came' where asset <> 'p4'"
    )
    record = await terminal.run("models", "hindsight", COLUMNS="200")
    (row,) = [line for line in record.out.splitlines() if line.startswith("│ fails")]
    assert [cell.strip() for cell in row.strip("│").split("│")][2:4] == ["3", "3"]
    assert "100%" in row
    compared = await terminal.run("models", "compare", "failure/pump", COLUMNS="200")
    assert "telling how often assets of that kind fail" in compared.out
    (answer,) = [(await terminal.run("ask", "how likely is pump 1 to fail in the next month", "--json")).json()]
    assert "Pump 1 is " in answer["answer"], answer
    assert "% likely to fail within 30 days" in answer["answer"]
    assert "11 failures in" in answer["answer"]


async def test_a_wrong_column_is_told_before_anything_starts(terminal):
    file = terminal.file("orders.csv", "a,b\n1,2\n")
    wrong = await terminal.run("work-orders", "import", file, "--column", "when=b", COLUMNS="200")
    assert wrong.code == 2
    assert "ours being one of number, asset, opened_at" in wrong.err
