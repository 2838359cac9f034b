"""Nothing is served beyond this machine while nobody could be asked who they are, also where the home has a database already."""

from typing import Any

import pytest

from interfaces.settings import Settings, WrongSetting
from tests.interfaces.http.auth.conftest import ANNS, SHARED, House

BEYOND: tuple[dict[str, Any], ...] = (
    {"host": "0.0.0.0"},
    {"host": "::"},
    {"host": "192.168.1.7"},
    {"host": "plant.example"},
    {"public_url": "https://plant.example"},
)


def stated(**settings: Any) -> Settings:
    return Settings(_env_file=None, **settings)


@pytest.mark.parametrize("settings", BEYOND, ids=str)
async def test_beyond_this_machine_people_have_to_log_in(house: House, settings: dict[str, Any]):
    with pytest.raises(WrongSetting, match=r"would open the plant to the network without a password\. Add users"):
        await house.identity().check_exposed(stated(**settings))
    await house.identity(password=SHARED).check_exposed(stated(**settings))
    await house.identity().people.add("ann", ANNS, {"*": "viewer"}, "root")
    await house.identity().check_exposed(stated(**settings))


@pytest.mark.parametrize("settings", [{"host": "127.0.0.1"}, {"host": "::1"}, {"public_url": "http://localhost:8420"}])
async def test_at_this_machine_nobody_has_to(house: House, settings: dict[str, Any]):
    await house.identity().check_exposed(stated(**settings))
