"""What was told of assets is kept, and looked back on when its time is over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from forecasting.failure_forecast import Failing, put_failing
from forecasting.jobs.forecast_verification import Band, hindsight, look_back, note_what_is_told, what_came
from forecasting.outlook import Outlook, put_outlooks
from forecasting.plant_points import Measured
from forecasting.series import Series
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrder, WorkOrders
from ingestion.reading import Reading

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
END = AT + 30 * DAY
SHAKE = Measured("p", "Vibration", "Vibration", "mm/s", "p", None, 4.5, "pump", "Pump", "Pump")


def hours(before: float, after: float, last: float | None = None, *, gap: bool = False) -> Series:
    """Four weeks before and thirty days after, of which the last one may differ."""
    values = np.concatenate([np.full(28 * 24, before), np.full(30 * 24, after)])
    values[-24:] = after if last is None else last
    if gap:
        values[28 * 24 :: 3] = values[28 * 24 + 1 :: 3] = np.nan
    return Series(int((AT - 28 * DAY).timestamp()), 3600, values)


def repair(at: datetime, *, planned: bool = False) -> WorkOrder:
    return WorkOrder(
        "1", "pump", "preventive" if planned else "corrective", at - DAY, None if planned else at, at + HOUR
    )


@pytest.mark.parametrize(
    ("series", "came"),
    [
        (hours(2.0, 3.0), "stayed away"),
        (hours(2.0, 3.0, last=5.0), "came"),
        (hours(5.0, 5.0), "not known"),
        (hours(2.0, 3.0, gap=True), "not known"),
        (hours(2.0, 5.0, gap=True), "came"),
        (hours(np.nan, 3.0), "not known"),
    ],
    ids=["kept", "left", "was beyond it before", "hardly read", "hardly read, but beyond", "not read before"],
)
def test_limits_are_left_by_what_kept_them_before(series, came):
    assert what_came("limits", False, AT, END, [(SHAKE, series)], [], None, END) == came


def test_an_end_of_the_range_is_no_limit():
    valve = replace(SHAKE, unit="%", low=0.0, high=100.0)
    assert what_came("limits", False, AT, END, [(valve, hours(50.0, 101.0))], [], None, END) == "not known"


def test_a_repair_that_nobody_planned_is_what_was_told_and_a_planned_one_hides_it():
    kept = [(SHAKE, hours(2.0, 3.0))]
    assert what_came("limits", True, AT, END, kept, [repair(AT + 9 * DAY)], END, END) == "came"
    assert what_came("limits", True, AT, END, kept, [repair(AT + 9 * DAY, planned=True)], END, END) == "mended"
    assert what_came("limits", False, AT, END, kept, [repair(AT + 9 * DAY, planned=True)], END, END) == "stayed away"
    assert (
        what_came("limits", True, AT, END, kept, [repair(AT - 9 * DAY), repair(END + 9 * DAY)], END, END)
        == "stayed away"
    )


def test_failures_are_only_judged_when_work_orders_are_known_so_far():
    broke = [repair(AT + 3 * DAY)]
    assert what_came("failure", False, AT, END, [], broke, AT + 4 * DAY, END) == "came"
    assert what_came("failure", False, AT, END, [], [], END + HOUR, END) == "stayed away"
    assert what_came("failure", False, AT, END, [], [], AT + 20 * DAY, END) is None
    assert what_came("failure", False, AT, END, [], [], AT + 20 * DAY, END + 61 * DAY) == "not known"
    assert what_came("failure", False, AT, END, [], [], None, END + 61 * DAY) == "not known"


def outlook(asset: str, at: datetime, probability: float | None, state: str = "sound") -> Outlook:
    return Outlook(asset, state, probability, 30, None, None, None, None, None, (), (), "slow change 1", at)


async def plant(graph: GraphStore, ontology: Ontology, ids: Sequence[str]) -> None:
    pumps = [Entity(id_, "Asset", id_, "Pump") for id_ in ids]
    points = [
        Entity(f"{id_}-v", "Point", f"{id_} v", "Vibration", {"unit": "mm/s", "high": 4.5, "source": f"{id_}/v"})
        for id_ in ids
    ]
    owned = [Relation("HAS_POINT", id_, f"{id_}-v") for id_ in ids]
    await load_plant(graph, ontology, Plant("works", (*pumps, *points), tuple(owned)))
    await graph.write("MATCH (p:Point) SET p.value = 2.0")


async def test_what_was_told_is_settled_a_month_later(graph: GraphStore, history: History, ontology: Ontology):
    assert await hindsight(history) == ([], None)
    assert await look_back(graph, history, AT) == 0
    await plant(graph, ontology, ["a", "b", "c"])
    await put_outlooks(
        graph, [outlook("a", AT, 0.6, "flagged"), outlook("b", AT, 0.01), outlook("c", AT, None, "cannot tell")]
    )
    await put_failing(
        graph, [Failing("a", 30, AT, 0.3, 0.1, model="failure/pump 1"), Failing("b", 30, AT, unknown="why")]
    )
    await note_what_is_told(graph, history, AT)
    await note_what_is_told(graph, history, AT + DAY)  # once a week is enough
    bands, first = await hindsight(history)
    assert [(one.what, one.flagged, one.low, one.assets, one.open) for one in bands] == [
        ("failure", False, 0.2, 1, 1),
        ("limits", False, 0.0, 1, 1),
        ("limits", True, 0.5, 1, 1),
    ]
    assert first == END
    await put_outlooks(
        graph, [outlook("b", AT + 2 * DAY, None, "flagged")]
    )  # what begins to be flagged is kept at once
    await note_what_is_told(graph, history, AT + 2 * DAY)

    for id_, late in (("a", 6.0), ("b", 3.0)):
        await history.write(
            Reading(f"{id_}/v", int(at.timestamp() * 1000), late if at > AT + 20 * DAY else 2.0)
            for hour in range(60 * 24)
            if (at := AT - 28 * DAY + hour * HOUR)
        )
    await WorkOrders(history).put([repair(AT + 40 * DAY)])
    assert await look_back(graph, history, END - HOUR) == 0
    assert await look_back(graph, history, END) == 3
    assert await look_back(graph, history, END) == 0
    assert await look_back(graph, history, END + 2 * DAY) == 1
    bands, first = await hindsight(history)
    assert first is None
    assert bands == [
        Band("failure", False, 0.2, 0.5, 1, 0, 1, 0, 0, 0, 0.3),
        Band("limits", False, 0.0, 0.05, 1, 0, 1, 0, 0, 0, 0.01),
        Band("limits", True, 0.5, 1.0, 1, 1, 0, 0, 0, 0, 0.6),
        Band("limits", True, None, None, 1, 0, 1, 0, 0, 0, None),
    ]


async def test_what_nobody_renewed_is_not_told_again(graph: GraphStore, history: History, ontology: Ontology):
    await plant(graph, ontology, ["a"])
    await put_outlooks(graph, [outlook("a", AT - 3 * DAY, 0.6, "flagged")])
    await note_what_is_told(graph, history, AT)
    assert await hindsight(history) == ([], None)
