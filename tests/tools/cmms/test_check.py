"""What stands in the way of a maintenance system, in sentences that say what to do."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from pydantic import SecretStr

from graph_schema.store.graph import GraphStore
from tests.tools.cmms.conftest import NOW, Place
from tests.tools.cmms.sync.conftest import PLANT
from tools.cmms.access import Access
from tools.cmms.check import check
from tools.cmms.matching import AssetBook, Called


class OneAsset(AssetBook):
    async def ours(self) -> Sequence[Called]:
        return [Called("ahu-1", "AHU-1", ()), Called("ahu-2", "AHU-2", ())]


@pytest.fixture(params=["atlas", "maximo", "maintainx", "upkeep", "fiix"])
def vendor(request: pytest.FixtureRequest) -> str:
    return request.param


async def checked(access: Access, **more: Any) -> dict[str, list[str]]:
    """Sentences by what they are."""
    book = OneAsset(cast(GraphStore, None), None, lambda: NOW)
    found: dict[str, list[str]] = {"good": [], "wrong": [], "note": []}
    async for one in check(access, book, secret=more.pop("secret", False), **more):
        found[one.state].append(one.sentence)
    return found


def changed(place: Place, **changes: Any) -> Access:
    return replace(place.access, **changes)


async def test_all_is_well(place: Place):
    found = await checked(place.access, secret=True)
    assert found["wrong"] == []
    assert "1 of its assets is ours." in found["good"]
    assert any("ahu-2" in one for one in found["note"])


async def test_a_wrong_key(place: Place):
    found = await checked(changed(place, key=SecretStr("wrong-key")))
    assert ["PLANTROOM_CMMS_KEY" in one for one in found["wrong"]] == [True]
    assert "wrong-key" not in str(found)


async def test_a_missing_right(place: Place):
    place.server.forbidden = True
    found = await checked(place.access)
    assert any("let this key" in one for one in found["wrong"])


async def test_a_wrong_address(place: Place):
    place.server.faults.page = True
    found = await checked(place.access)
    assert any("PLANTROOM_CMMS_URL" in one for one in found["wrong"])


async def test_no_asset_of_ours(place: Place):
    place.server.assets.clear()
    found = await checked(place.access)
    assert any("PLANTROOM_CMMS_ASSETS" in one for one in found["wrong"])


@pytest.mark.parametrize("vendor", ["atlas"])
async def test_a_word_that_nobody_knows(vendor: str, place: Place):
    place.server.clock.now = NOW
    place.server.add(title="x", status="WAITING_FOR_VENDOR")
    found = await checked(place.access)
    assert any("WAITING_FOR_VENDOR" in one for one in found["wrong"])


@pytest.mark.parametrize("vendor", ["atlas"])
async def test_the_right_to_write_is_tried(vendor: str, place: Place):
    found = await checked(place.access, trial=PLANT)
    assert any("is COMPLETE there" in one for one in found["good"])
    place.server.licensed = False
    found = await checked(place.access, trial=PLANT)
    assert any("license" in one for one in found["wrong"])


async def test_a_vendor_that_there_is_not():
    found = await checked(Access("sap", "http://x", SecretStr("k")))
    assert "There are: atlas" in found["wrong"][0]
    found = await checked(Access("rest", "http://x", SecretStr("k")))
    assert "PLANTROOM_CMMS_FILE" in found["wrong"][0]


async def test_no_key():
    assert "set PLANTROOM_CMMS_KEY" in (await checked(Access("atlas", "http://x")))["wrong"][0]
