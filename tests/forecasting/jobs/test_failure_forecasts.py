"""From work orders to how likely assets fail: a plant of a hundred machines through the product, and small ones that are known."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from forecasting.failure_forecast import Failing, read_failing
from forecasting.failures.scores import area
from forecasting.jobs.failure_forecasts import FailuresForetold, foretell_failures, train_failures
from forecasting.registry.store import ModelRegistry
from graph_schema.errors import InvalidInput
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.orders.order_file import COLUMNS, read_orders
from ingestion.orders.order_file import Reading as HowToRead
from ingestion.orders.work_orders import WorkOrder, WorkOrders, read_names
from ingestion.reading import Reading

PARTS = {"comp1": "Motor", "comp2": "Pump", "comp3": "Fan", "comp4": "Compressor"}
CUT = datetime(2020, 9, 1, tzinfo=UTC)
LATER = [CUT, *(datetime(2020, month, 1, tzinfo=UTC) for month in (10, 11, 12))]
EVERYTHING = datetime(2021, 2, 1, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = timedelta(days=1)


class Desk:
    """Where nights are run: one plant, its history and its models."""

    def __init__(self, graph: GraphStore, history: History, ontology: Ontology) -> None:
        self.graph, self.history, self.ontology = graph, history, ontology
        self.registry = ModelRegistry(history)

    async def train(self, now: datetime, **options: object) -> tuple[list[str], Mapping[str, str]]:
        with ThreadPoolExecutor(1) as executor:
            done = await train_failures(
                self.graph, self.history, self.ontology, self.registry, now, executor, **options
            )
        return [f"{one.label} {one.state} {one.kind}" for one in done.versions], done.left_out

    async def foretell(self, now: datetime) -> FailuresForetold:
        with ThreadPoolExecutor(1) as executor:
            return await foretell_failures(self.graph, self.history, self.ontology, self.registry, now, executor, 1)

    async def told(self) -> dict[str, Failing]:
        return {one.asset: one for one in await read_failing(self.graph)}


@pytest.fixture
def desk(graph: GraphStore, history: History, ontology: Ontology) -> Desk:
    return Desk(graph, history, ontology)


# A hundred machines of four parts each, over a year (public)


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


async def machines(desk: Desk, folder: Path) -> None:
    rows = table(folder / "PdM_machines.csv")
    wholes = [Entity(f"m{row['machineID']}", "Asset", f"Machine {row['machineID']}", "Equipment") for row in rows]
    parts = [
        Entity(f"{one.id}-{part}", "Asset", f"{one.name} {part}", class_)
        for one in wholes
        for part, class_ in PARTS.items()
    ]
    hold = [Relation("HAS_PART", part.id.partition("-")[0], part.id) for part in parts]
    await load_plant(desk.graph, desk.ontology, Plant("works", (*wholes, *parts), tuple(hold)))


def exported(folder: Path, until: datetime) -> Iterator[list[str]]:
    """As a maintenance system would tell it at that moment: repairs of what failed, and what was replaced in time."""
    failed = {tuple(row.values()) for row in table(folder / "PdM_failures.csv")}
    for number, row in enumerate(table(folder / "PdM_maint.csv")):
        at, machine, part = row.values()
        if datetime.fromisoformat(at + "Z") <= until:
            unplanned = (at, machine, part) in failed
            code = "BRD" if unplanned else "Replacement"
            yield [
                str(number),
                f"Machine {machine} {part}",
                at,
                at if unplanned else "",
                at,
                "no" if unplanned else "yes",
                code,
                "",
            ]


async def bring_in(desk: Desk, rows: Sequence[list[str]], folder: Path) -> None:
    path = folder / "orders.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    read = read_orders(path, HowToRead(await read_names(desk.graph), ZoneInfo("UTC"), EVERYTHING))
    assert read.rejected == []
    await WorkOrders(desk.history).put(read.orders)


async def test_a_hundred_machines_are_told_apart_in_months_that_nothing_was_learnt_from(
    desk: Desk, shared_data: Path, tmp_path: Path
):
    """Learnt from orders until September; asked on the first of September to December, with the orders until then."""
    folder = shared_data / "azure_pdm"
    await machines(desk, folder)
    truth: dict[str, list[datetime]] = {}
    for row in table(folder / "PdM_failures.csv"):
        truth.setdefault(f"m{row['machineID']}-{row['failure']}", []).append(
            datetime.fromisoformat(row["datetime"] + "Z")
        )
    said: list[float] = []
    plain: list[float] = []
    came: list[bool] = []
    for night in LATER:
        await bring_in(desk, list(exported(folder, night)), tmp_path)
        if night == CUT:
            made, _ = await desk.train(night)
            assert {"failure/motor v1 live survival", "failure/fan v1 live survival"} < set(made)
        done = await desk.foretell(night)
        assert (done.told, done.failures) == (400, ())
        for id_, one in (await desk.told()).items():
            if one.probability is not None and one.usual is not None:
                said.append(one.probability)
                plain.append(one.usual)
                came.append(any(night < at <= night + 30 * DAY for at in truth.get(id_, ())))
    failed, risk = np.array(came), np.array(said)
    assert len(failed) == 1600
    brier, rate = np.mean((risk - failed) ** 2), np.mean((np.array(plain) - failed) ** 2)
    assert brier < 0.93 * rate
    assert area(failed, risk) > 0.75 > area(failed, np.array(plain))
    assert abs(risk.mean() - failed.mean()) < 0.04
    worst = max((await desk.told()).values(), key=lambda one: one.probability or 0)
    assert worst.model is not None
    assert worst.model.endswith("v1")
    assert worst.expected_at is not None
    assert any("since it was as good as new" in one for one in worst.reasons), worst.reasons
    assert (await desk.told())["m1"].unknown == "not enough data: 0 failures of 8 (no kind of equipment is known)"


# Small plants of which it is known how they fail


def order(asset: str, at: datetime, number: int, code: str = "BRD", *, planned: bool = False) -> WorkOrder:
    return WorkOrder(
        f"{asset}/{number}",
        asset,
        "preventive" if planned else "corrective",
        failed_at=None if planned else at,
        closed_at=at,
        code=code,
    )


async def pumps(desk: Desk, count: int, measured: Sequence[str] = ()) -> list[str]:
    ids = [f"p-{n}" for n in range(1, count + 1)]
    assets = [Entity(id_, "Asset", f"Pump {id_[2:]}", "Chilled_Water_Pump", {"installed": "2022-01-01"}) for id_ in ids]
    points = [
        Entity(
            f"{id_}/{name}", "Point", f"{id_} {name}", "Vibration_Sensor", {"quantity": name, "source": f"{id_}/{name}"}
        )
        for id_ in ids
        for name in measured
    ]
    owned = [Relation("HAS_POINT", point.id.partition("/")[0], point.id) for point in points]
    await load_plant(desk.graph, desk.ontology, Plant("works", (*assets, *points), tuple(owned)))
    if points:
        await desk.graph.write("MATCH (p:Point) SET p.value = 0.0")
    return ids


async def test_too_few_failures_are_said_and_never_a_number(desk: Desk):
    ids = await pumps(desk, 4)
    assert (await desk.foretell(NIGHT)).why == "There are no work orders of failures to learn from."
    assert await desk.told() == {}
    await WorkOrders(desk.history).put([order("p-1", NIGHT - days * DAY, days) for days in (20, 200)])
    assert await desk.train(NIGHT) == ([], {})
    done = await desk.foretell(NIGHT)
    assert (done.told, done.cannot_tell) == (0, 4)
    told = await desk.told()
    assert set(told) == set(ids)
    # What the first order tells is when somebody began to keep them.
    assert {(one.probability, one.model, one.unknown) for one in told.values()} == {
        (None, None, "not enough data: 1 failures of 8 (HVAC equipment)")
    }
    with pytest.raises(InvalidInput, match="no kind of equipment has 8 failures on record"):
        await desk.train(NIGHT, only=["failure/pump"])


async def test_orders_that_come_later_make_a_version_that_has_to_be_better(desk: Desk):
    """Half of the pumps fail every 50 days, the others not at all."""
    ids = await pumps(desk, 12)
    orders = [
        order(id_, NIGHT - 900 * DAY + (50 * step + n) * DAY, step)
        for n, id_ in enumerate(ids)
        if n % 2
        for step in range(18)
    ]
    early = NIGHT - 400 * DAY
    await WorkOrders(desk.history).put(orders)
    assert await desk.train(early) == (
        ["failure/chilled_water_pump v1 live survival"],
        {"life/chilled_water_pump": LIFELESS},
    )
    assert await desk.train(early) == ([], {"life/chilled_water_pump": LIFELESS}), "nothing new is known"
    (again,), _ = await desk.train(NIGHT)
    assert again.startswith("failure/chilled_water_pump v2 ")
    (first, second) = sorted(await desk.registry.versions("failure/chilled_water_pump"), key=lambda one: one.version)
    assert second.metrics["live version"] == 1
    better = second.metrics["loss"] < second.metrics["loss of the live model"]
    assert (first.state, second.state) == (("shadow", "live") if better else ("live", "shadow"))
    assert first.metrics["loss"] < 0.9
    await desk.foretell(NIGHT)
    told = await desk.told()
    weak, sound = told["p-2"], told["p-1"]
    assert weak.probability is not None
    assert sound.probability is not None
    assert weak.probability > 3 * sound.probability
    assert weak.reasons[0].startswith("18 failures in 2.5 years, the last"), weak.reasons
    assert "has not failed in 2.5 years of work orders" in sound.reasons[0]
    assert any("more often than others" in one for one in weak.reasons), weak.reasons
    before = await desk.foretell(NIGHT)
    assert before.told == 12
    await WorkOrders(desk.history).put([order("p-1", NIGHT - DAY, 1)])
    await desk.foretell(NIGHT)
    assert (await desk.told())["p-1"].reasons[0].startswith("1 failure"), "new orders make a new run"


LIFELESS = "not enough data: 0 failures of 8 (with thirty days of readings since the renewal before)"


@pytest.mark.slow
async def test_telemetry_that_foretells_failures_is_learnt_and_named(desk: Desk):
    """Vibration rises over the last forty days before each failure; when that is, is left to chance."""
    rng = np.random.default_rng(4)
    ids = await pumps(desk, 10, ["vibration", "water_flow"])
    start = NIGHT - 700 * DAY
    orders: list[WorkOrder] = [order("p-1", start, 0, "INSPECTION")]
    levels: dict[str, np.ndarray] = {}
    for id_ in ids:
        vibration = rng.normal(2.0, 0.1, 700)
        day, number = float(rng.uniform(40, 200)), 1
        while day < 690:
            last = int(day)
            rise = np.arange(min(40, last))[::-1]
            vibration[last - len(rise) : last] += 3.0 * (40 - rise) / 40
            orders.append(order(id_, start + last * DAY, number))
            day, number = day + float(rng.uniform(70, 260)), number + 1
        levels[id_] = vibration
    levels["p-3"][-30:] += np.linspace(0.5, 2.5, 30)
    await WorkOrders(desk.history).put(orders)
    for id_ in ids:
        flow = rng.normal(20.0, 0.5, 700)
        await desk.history.write(
            Reading(f"{id_}/{name}", round((start + (day + 0.5) * DAY).timestamp() * 1000), float(values[day]))
            for name, values in (("vibration", levels[id_]), ("water_flow", flow))
            for day in range(700)
        )
    made, left_out = await desk.train(NIGHT)
    assert left_out == {}
    assert made == ["failure/chilled_water_pump v1 live boosting", "life/chilled_water_pump v1 live remaining life"]
    versions = {one.name: one.metrics for one in await desk.registry.versions()}
    assert (
        versions["failure/chilled_water_pump"]["loss"]
        < 0.6
        < versions["failure/chilled_water_pump"]["loss of survival"]
    )
    assert versions["life/chilled_water_pump"]["loss"] < 0.9
    await desk.foretell(NIGHT)
    told = await desk.told()
    worn = told["p-3"]
    quiet = [one for id_, one in told.items() if id_ != "p-3" and levels[id_][-10:].mean() < 2.3]
    assert len(quiet) > 4
    assert worn.probability is not None
    assert all(one.probability is not None and one.probability < worn.probability / 2 for one in quiet)
    assert any(one.startswith("vibration ") for one in worn.reasons[2:]), worn.reasons
    assert worn.life_model == "life/chilled_water_pump v1"
    assert worn.life_days is not None
    assert worn.life_low is not None
    assert worn.life_high is not None
    assert worn.life_low <= worn.life_days < 40 <= worn.life_high + 30
    assert all(one.life_days is None or one.life_days > worn.life_days for one in quiet)
    assert any("vibration" in one for one in worn.life_reasons), worn.life_reasons
