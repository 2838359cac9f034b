"""History and the model are downloads: whole, of what was asked for, and told why where not."""

import csv
import io
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from interfaces.http.api.resources.exports import _AT_ONCE
from tests.interfaces.http.conftest import NOW

HISTORY = "/api/v1/exports/history"
WINDOW = {"start": (NOW - timedelta(hours=3)).isoformat(), "end": NOW.isoformat()}


async def rows(plant, **query) -> list[dict[str, str]]:
    answer = await plant.http.get(HISTORY, params={**WINDOW, **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="history.csv"'
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_it_has_the_readings_of_what_was_asked_for(plant):
    found = await rows(plant, asset="AHU-1")
    assert {row["asset_name"] for row in found} == {"AHU-1"}
    ids = sorted({row["point"] for row in found})
    page = await plant.http.get("/api/v1/readings", params={"point": ids, **WINDOW, "limit": 10_000})
    listed = [(one["point"], one["value"]) for one in page.json()["items"]]
    assert sorted((row["point"], float(row["value"])) for row in found if row["value"]) == sorted(
        (point, value) for point, value in listed if value is not None
    )
    of_class = await rows(plant, asset="AHU-1", **{"class": "Supply_Air_Temperature_Sensor"})
    assert {row["point"] for row in of_class} < set(ids)
    assert all(WINDOW["start"] <= row["at"] < WINDOW["end"] for row in found)


async def test_hours_are_means(plant):
    hours = await rows(plant, asset="AHU-1", hourly="true")
    assert {"hour", "mean", "samples"} <= hours[0].keys()
    assert all(float(one["min"]) <= float(one["mean"]) <= float(one["max"]) for one in hours if one["mean"])


@pytest.mark.parametrize(
    ("query", "status", "why"),
    [
        ({"asset": "AHU-99"}, 404, "AHU-99"),
        ({"class": "Flux_Capacitor"}, 404, "Flux_Capacitor"),
        ({"start": WINDOW["end"], "end": WINDOW["start"]}, 422, "after the start"),
        ({"format": "xlsx"}, 422, "format"),
    ],
)
async def test_what_is_not_there_is_told(plant, query: dict[str, str], status: int, why: str):
    answer = await plant.http.get(HISTORY, params=query)
    assert answer.status_code == status
    assert why in answer.json()["detail"]


async def test_parquet_has_the_same_rows(plant):
    answer = await plant.http.get(HISTORY, params={**WINDOW, "asset": "AHU-1", "format": "parquet"})
    if find_spec("pyarrow") is None:
        assert (answer.status_code, "plantroom[arrow]" in answer.json()["detail"]) == (422, True)
    else:
        from pyarrow import parquet

        table = parquet.read_table(io.BytesIO(answer.content))
        assert table.num_rows == len(await rows(plant, asset="AHU-1")) > 0


async def test_a_download_given_up_makes_room_for_the_next(plant):
    for _ in range(_AT_ONCE + 1):
        async with plant.http.stream("GET", HISTORY) as answer:
            assert answer.status_code == 200
    assert await rows(plant, asset="AHU-1")


async def test_the_model_is_the_plant(plant, ontology: Ontology, tmp_path: Path):
    answer = await plant.http.get("/api/v1/exports/model")
    assert answer.status_code == 200
    (tmp_path / "plant.ttl").write_text(answer.text, "utf-8")
    read = {one.id for one in read_plant(tmp_path / "plant.ttl", ontology).entities if one.kind == "Asset"}
    listed = (await plant.http.get("/api/v1/assets", params={"limit": 500})).json()["items"]
    assert read == {one["id"] for one in listed}
    again = await plant.http.get("/api/v1/exports/model", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (await plant.http.get("/api/v1/exports/model", params={"plant": "Nowhere"})).status_code == 404
