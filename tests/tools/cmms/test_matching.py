"""Assets of a maintenance system and ours: by a table, by id, number or name."""

from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.store.graph import GraphStore
from ingestion.reading import wall_clock
from tools.cmms.matching import AssetBook, Called, matched, read_table
from tools.cmms.port import VendorAsset

OURS = [
    Called("ahu-1", "AHU-1", ["Big Blue"]),
    Called("ahu-2", "AHU-2", ()),
    Called("p-1", "Pump", ()),
    Called("p-2", "Pump", ()),
]


def test_an_id_a_number_a_name_and_an_alias_match():
    found = matched(OURS, [VendorAsset("ahu-1", "x"), VendorAsset("7", "y", "AHU-2")], {})
    assert [(one.asset, one.how) for one in found.matches] == [("ahu-1", "id"), ("ahu-2", "number")]
    assert [(one.asset, one.how) for one in matched(OURS, [VendorAsset("9", "big blue")], {}).matches] == [
        ("ahu-1", "name")
    ]
    assert found.ours_unmatched == ["p-1", "p-2"]
    assert (found.asset_of("7"), found.asset_of("8"), found.vendor_id_of("ahu-2")) == ("ahu-2", None, "7")


def test_what_could_be_several_is_none_and_says_why():
    found = matched(OURS, [VendorAsset("1", "Pump"), VendorAsset("2", "Chiller")], {})
    assert found.matches == []
    assert [why for _, why in found.unmatched] == ["“Pump” could be p-1 or p-2", "no asset has its id, number or name"]


def test_several_of_theirs_for_one_of_ours_are_none_unless_the_table_says():
    theirs = [VendorAsset("1", "AHU-1"), VendorAsset("2", "AHU-1")]
    assert matched(OURS, theirs, {}).matches == []
    (match,) = matched(OURS, theirs, {"2": "ahu-1"}).matches
    assert (match.theirs.id, match.how) == ("2", "table")


def test_a_table_is_read_and_its_mistakes_named(tmp_path: Path):
    table = tmp_path / "assets.csv"
    table.write_text("asset;vendor_asset\nAHU-1;A-12\np-1;Feed pump\n")
    assert read_table(table, OURS) == {"A-12": "ahu-1", "Feed pump": "p-1"}
    for text, why in (
        ("asset,vendor_asset\nAHU-9,1\n", "line 2.*AHU-9"),
        ("asset,other\nAHU-1,1\n", "vendor_asset is empty or missing"),
        ("asset,vendor_asset\nAHU-1,1\nAHU-2,1\n", "twice"),
    ):
        table.write_text(text)
        with pytest.raises(InvalidInput, match=why):
            read_table(table, OURS)


async def test_our_assets_are_those_of_the_graph(graph: GraphStore):
    await graph.write("CREATE (:Asset {id: 'ahu-7', name: 'AHU-7', aliases: ['Seven']})")
    (one,) = await AssetBook(graph, None, wall_clock).ours()
    assert (one.id, one.name, list(one.aliases)) == ("ahu-7", "AHU-7", ["Seven"])
