"""What is said of an asset: of a sound plant nothing is foretold, and where it cannot be told that is said."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from forecasting.assessment import Subject, Watched, assess
from forecasting.jobs.detector_inputs import HISTORY_DAYS
from forecasting.outlook import Outlook
from forecasting.plant_points import Measured
from forecasting.series import Series, gridded
from graph_schema.importers.plant_file import read_plant_file
from graph_schema.ontology.ontology import Ontology
from graph_schema.ontology.twin import FailureMode
from ingestion.simulator.demo import demo_plant_file
from ingestion.simulator.faults import Fault
from ingestion.simulator.simulator import simulate_history

NIGHT = datetime(2026, 6, 29, 2, tzinfo=UTC)
START_S = int(NIGHT.timestamp()) - 28 * 86_400


def assessed(ontology: Ontology, night: datetime, faults: list[Fault]) -> dict[str, Outlook]:
    """The outlook of everything in the simulated plant, by id."""
    plant = read_plant_file(demo_plant_file(), ontology)
    read: defaultdict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for batch in simulate_history(plant, night - timedelta(days=HISTORY_DAYS), night, 3600, faults=faults):
        for one in batch:
            if one.value is not None:
                read[one.source][0].append(one.at / 1000)
                read[one.source][1].append(one.value)
    assets = {entity.id: entity for entity in plant.entities}
    owned: defaultdict[str, list[tuple[Measured, Series]]] = defaultdict(list)
    drivers: tuple[Series, ...] = ()
    for relation in plant.relations:
        point = assets.get(relation.end)
        source = point.properties.get("source") if point and relation.kind == "HAS_POINT" else None
        if point is None or source not in read:
            continue
        values, owner = point.properties, assets[relation.start]
        series = gridded(*read[str(source)], 3600)
        low, high = (values.get(side) for side in ("low", "high"))
        measured = Measured(
            point.id, point.name, str(values["quantity"]), str(values.get("unit") or ""), str(source),
            float(low) if isinstance(low, int | float) else None, float(high) if isinstance(high, int | float) else None,
            owner.id, owner.name, owner.class_,
        )  # fmt: skip
        owned[owner.id].append((measured, series))
        if measured.quantity == "outside_air_temperature":
            drivers = (series,)
    assert drivers
    return {
        id_: assess(Subject(id_, tuple(Watched(*point, drivers) for point in points)), night)
        for id_, points in owned.items()
    }


@pytest.mark.parametrize("night", [NIGHT, datetime(2026, 2, 2, 2, tzinfo=UTC), datetime(2026, 10, 5, 2, tzinfo=UTC)])
def test_of_a_sound_plant_nothing_is_foretold(ontology: Ontology, night: datetime):
    outlooks = assessed(ontology, night, [])
    assert [one.reasons for one in outlooks.values() if one.state == "flagged"] == []
    assert sum(one.state == "sound" for one in outlooks.values()) > 50


def test_several_kinds_of_wear_are_seen_at_once_and_nothing_else(ontology: Ontology):
    faults = [
        Fault("bearing_wear", "chwp-2", NIGHT - timedelta(days=10)),
        Fault("exchanger_fouling", "hx-1", NIGHT - timedelta(days=9)),
        Fault("air_leak", "compressor-1", NIGHT - timedelta(days=2)),
    ]
    flagged = {id_ for id_, one in assessed(ontology, NIGHT, faults).items() if one.state == "flagged"}
    assert {"chwp-2", "hx-1"} <= flagged <= {"chwp-2", "hx-1", "compressor-1"}


def measured(**changes: object) -> Measured:
    known = {
        "id": "p-v", "name": "Pump 1 vibration", "quantity": "vibration", "unit": "mm/s", "source": "p/v", "low": None,
        "high": 4.5, "owner": "p", "owner_name": "Pump 1", "owner_class": "Pump",
    }  # fmt: skip
    return Measured(**{**known, **changes})  # type: ignore[arg-type]


def rising(days: int = 28, start: float = 2.0, per_day: float = 0.2, unit: float = 1.0) -> Series:
    rng = np.random.default_rng(2)
    level = start + per_day * np.maximum(0, np.arange(days) - days + 11)
    return Series(START_S, 3600, unit * (np.repeat(level, 24) + 0.02 * rng.normal(size=24 * days)))


def test_reasons_say_level_rate_and_limit_and_the_mode_that_fits_best():
    bearing = FailureMode("VIB", "Worn bearing", ("vibration", "bearing_temperature"), "Change it.")
    leak = FailureMode("ELU", "Leak", ("water_flow",), "Mend it.")
    modes = ((leak, frozenset[str]()), (bearing, frozenset({"vibration"})))
    outlook = assess(Subject("p", (Watched(measured(), rising()),), modes), NIGHT)
    assert (outlook.state, outlook.mode, outlook.advice, outlook.points) == (
        "flagged",
        "Worn bearing",
        "Change it.",
        ("p-v",),
    )
    (reason,) = outlook.reasons
    assert reason.startswith("Pump 1 vibration is at 4.0")
    assert "rises by 0.201 mm/s a day for 10 days" in reason
    assert "it passes its upper limit of 4.5 mm/s in about 3 days" in reason


def test_what_is_too_short_or_has_no_limit_is_not_judged():
    short = assess(Subject("p", (Watched(measured(), rising(9)),)), NIGHT)
    assert (short.state, short.probability) == ("cannot tell", None)
    assert short.reasons == ("not enough data: 9 days of 14 (days of which at least half was read)",)
    free = assess(Subject("p", (Watched(measured(high=None), rising()),)), NIGHT)
    assert free.reasons == ("no point has a limit and 14 days of readings",)


def test_a_position_does_not_pass_its_own_ends():
    valve = measured(unit="%", high=100.0, low=0.0)
    assert assess(Subject("v", (Watched(valve, rising(start=60, per_day=3)),)), NIGHT).state == "cannot tell"
